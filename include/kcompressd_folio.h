/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Folios for kernels that only know pages: a folio is a page that is not a
 * tail page. What the module uses of them, and no more; the meaning is that of
 * include/linux/mm.h and page-flags.h of later kernels.
 */
#ifndef KCOMPRESSD_FOLIO_H
#define KCOMPRESSD_FOLIO_H

#include <linux/build_bug.h>
#include <linux/highmem.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

struct folio {
	union {
		struct {
			unsigned long flags;
			struct list_head lru;
		};
		struct page page;
	};
};

static_assert(offsetof(struct folio, flags) == offsetof(struct page, flags));
static_assert(offsetof(struct folio, lru) == offsetof(struct page, lru));

static inline struct folio *page_folio(struct page *page)
{
	return (struct folio *)compound_head(page);
}

static inline unsigned long folio_pfn(struct folio *folio)
{
	return page_to_pfn(&folio->page);
}

static inline int folio_nid(const struct folio *folio)
{
	return page_to_nid(&folio->page);
}

static inline unsigned int folio_order(struct folio *folio)
{
	return compound_order(&folio->page);
}

static inline long folio_nr_pages(struct folio *folio)
{
	return compound_nr(&folio->page);
}

static inline struct page *folio_page(struct folio *folio, unsigned long nr)
{
	return &folio->page + nr;
}

static inline bool folio_try_get(struct folio *folio)
{
	return get_page_unless_zero(&folio->page);
}

static inline void folio_get(struct folio *folio)
{
	get_page(&folio->page);
}

static inline void folio_put(struct folio *folio)
{
	put_page(&folio->page);
}

static inline void folio_unlock(struct folio *folio)
{
	unlock_page(&folio->page);
}

static inline struct mem_cgroup *folio_memcg(struct folio *folio)
{
	return page_memcg(&folio->page);
}

static inline bool folio_mapped(struct folio *folio)
{
	return page_mapped(&folio->page);
}

static inline bool folio_test_anon(struct folio *folio)
{
	return PageAnon(&folio->page);
}

static inline bool folio_test_dirty(struct folio *folio)
{
	return PageDirty(&folio->page);
}

static inline bool folio_test_large(struct folio *folio)
{
	return PageHead(&folio->page);
}

static inline bool folio_test_locked(struct folio *folio)
{
	return PageLocked(&folio->page);
}

static inline bool folio_test_mlocked(struct folio *folio)
{
	return PageMlocked(&folio->page);
}

static inline bool folio_test_swapcache(struct folio *folio)
{
	return PageSwapCache(&folio->page);
}

static inline bool folio_test_unevictable(struct folio *folio)
{
	return PageUnevictable(&folio->page);
}

static inline bool folio_test_writeback(struct folio *folio)
{
	return PageWriteback(&folio->page);
}

static inline void folio_mark_dirty(struct folio *folio)
{
	set_page_dirty(&folio->page);
}

static inline void folio_set_reclaim(struct folio *folio)
{
	SetPageReclaim(&folio->page);
}

static inline void folio_clear_reclaim(struct folio *folio)
{
	ClearPageReclaim(&folio->page);
}

static inline void folio_add_lru(struct folio *folio)
{
	lru_cache_add(&folio->page);
}

/* Without CONFIG_HIGHMEM, which no 64-bit kernel has. */
static inline void *kmap_local_folio(struct folio *folio, size_t offset)
{
	return page_address(&folio->page) + offset;
}

#endif /* KCOMPRESSD_FOLIO_H */
