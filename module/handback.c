// SPDX-License-Identifier: GPL-2.0
/*
 * Giving the memory of written folios back.
 *
 * kswapd isolates folios in batches and puts back those that it found locked
 * only when it is through with all; until then nobody else can free them.
 * Written folios therefore wait here, in the order in which they were written.
 * No reference is held meanwhile: kswapd looks at its batch a second time
 * (MGLRU) or meets the folio again, and then frees it itself.
 */
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "kcompressd.h"
#include "kcompressd_trace.h"

/* As many as kswapd isolates at a time (SWAP_CLUSTER_MAX). */
#define KCD_HANDBACK_BATCH 32
/* Who holds a folio for longer than this is not kswapd with its batch. */
#define KCD_HANDBACK_WAIT_NS (100 * NSEC_PER_MSEC)

static struct kcd_written *kcd_handback_slot(const struct kcd_node *node,
					     unsigned int index)
{
	return &node->written[index % KCD_WRITTEN_SLOTS];
}

/**
 * kcd_handback_count() - the outcome for a written folio is known
 * @node: its node; the lock is held
 * @written: the folio, not to be looked at any more
 * @outcome: what became of it
 * @now: time, or 0 if it never waited here
 */
void kcd_handback_count(struct kcd_node *node, const struct kcd_written *written,
			enum kcd_outcome outcome, u64 now)
{
	/* Clocks of two CPUs: never below 0. */
	u64 age = now ? max_t(s64, now - written->written_ns, 0) : 0;

	lockdep_assert_held(&node->lock);
	node->stat.outcome[outcome]++;
	if (outcome == KCD_FREED || outcome == KCD_GONE || outcome == KCD_ASYNC)
		node->done_pages += written->pages;
	if (outcome == KCD_FREED)
		kcd_queue_count_time(&node->stat.free, age);
	trace_kcompressd_handback(node->nid, folio_pfn(written->folio),
				  ilog2(written->pages), outcome, age);
}

/**
 * kcd_handback_add() - remember a written folio until it can be freed
 * @node: its node; the lock is held
 * @written: the folio
 *
 * There is always a slot: what waits plus what is remembered is bounded in
 * pages (kcd_policy_limits()) by less than there are slots.
 */
void kcd_handback_add(struct kcd_node *node, const struct kcd_written *written)
{
	lockdep_assert_held(&node->lock);
	WARN_ON_ONCE(kcd_handback_len(node) == KCD_WRITTEN_SLOTS);
	*kcd_handback_slot(node, node->written_tail++) = *written;
	node->unfreed_pages += written->pages;
}

/**
 * kcd_handback_len() - written folios that nobody is looking at
 * @node: the node; the lock is held
 *
 * Return: folios.
 */
unsigned int kcd_handback_len(const struct kcd_node *node)
{
	return node->written_tail - node->written_head;
}

/*
 * Worth looking at: back on the LRU, or freed or swapped in meanwhile, or held
 * by somebody for too long. Reads a folio that may be another one by now;
 * kcd_handback_isolate() makes sure.
 */
static bool kcd_handback_ready(const struct kcd_written *written, u64 now)
{
	return kcd_kernel_peek_lru(written->folio) ||
	       kcd_kernel_peek_swap(written->folio) != written->swap.val ||
	       (s64)(now - written->written_ns) > (s64)KCD_HANDBACK_WAIT_NS;
}

/* Unevictable folios must not be given to the kernel; off its list none becomes one. */
static bool kcd_handback_take(struct folio *folio)
{
	if (!kcd_kernel_isolate(folio))
		return false;
	if (!folio_test_unevictable(folio))
		return true;
	kcd_kernel_putback(folio);
	return false;
}

/*
 * Take the folio off the LRU if it is still the one that was written and
 * nobody has use for it. It comes as a bare pointer: what is another folio by
 * now is not even touched (a tail page of hugetlb may be mapped read-only),
 * and what could be pinned stays what it is, so it is looked at again.
 * Returns KCD_WRITTEN if it was isolated.
 */
static enum kcd_outcome kcd_handback_isolate(const struct kcd_written *written)
{
	struct folio *folio = written->folio;
	enum kcd_outcome outcome;

	if (kcd_kernel_peek_swap(folio) != written->swap.val ||
	    /* Who has it on a list writes there too, but never an odd pointer. */
	    data_race(PageTail(&folio->page)) || !folio_try_get(folio))
		return KCD_GONE;
	if (!folio_test_swapcache(folio) ||
	    kcd_kernel_swap_entry(folio).val != written->swap.val)
		outcome = KCD_GONE;
	else if (folio_mapped(folio) || folio_test_dirty(folio))
		outcome = KCD_REUSED;
	else if (folio_test_writeback(folio))
		outcome = KCD_ASYNC;
	else if (folio_test_unevictable(folio) || folio_test_mlocked(folio))
		outcome = KCD_KEPT;
	else
		outcome = kcd_handback_take(folio) ? KCD_WRITTEN : KCD_KEPT;
	folio_put(folio);
	return outcome;
}

static unsigned int kcd_handback_collect(struct kcd_node *node,
					 struct kcd_written *batch)
{
	unsigned int nr = 0;
	u64 now;

	spin_lock(&node->lock);
	/* Not earlier: entries may have come since. */
	now = ktime_get_mono_fast_ns();
	while (nr < KCD_HANDBACK_BATCH && kcd_handback_len(node)) {
		batch[nr] = *kcd_handback_slot(node, node->written_head);
		if (!kcd_handback_ready(&batch[nr], now))
			break;
		node->written_head++;
		nr++;
	}
	node->checking += nr;
	spin_unlock(&node->lock);
	return nr;
}

/*
 * kswapd has told each memcg what it scanned there, but not what is freed here. While
 * isolated a folio stays with its memcg, or goes to the parent.
 */
static void kcd_handback_tell_memcgs(const struct list_head *folios)
{
	struct mem_cgroup *memcg, *last = NULL;
	unsigned long pages = 0;
	struct folio *folio;

	rcu_read_lock();
	list_for_each_entry(folio, folios, lru) {
		memcg = folio_memcg(folio);
		if (memcg != last) {
			kcd_kernel_tell_memcg(last, pages);
			last = memcg;
			pages = 0;
		}
		pages += folio_nr_pages(folio);
	}
	kcd_kernel_tell_memcg(last, pages);
	rcu_read_unlock();
}

/*
 * The kernel says only how many pages it has freed. What is still in its slot
 * was not; if that is not all, others were put back and have left it since.
 */
static enum kcd_outcome kcd_handback_tell(const struct kcd_written *written,
					  bool all, unsigned long *freed)
{
	if (!all && kcd_kernel_peek_swap(written->folio) == written->swap.val)
		return KCD_KEPT;
	if (*freed < written->pages)
		return KCD_REUSED;
	*freed -= written->pages;
	return KCD_FREED;
}

/**
 * kcd_handback_run() - free written folios that kswapd has let go of
 * @node: the node
 *
 * They are freed by the kernel's own reclaim_pages(), which stores the
 * workingset shadow and puts back what it cannot free. kswapd is credited
 * with the pages: at once in the vmstat events, and in its own count of
 * progress when it next comes through the hook.
 *
 * Context: a writer or the late work; PF_MEMALLOC is set; may sleep.
 * Return: true if there was something to do.
 */
bool kcd_handback_run(struct kcd_node *node)
{
	struct kcd_written batch[KCD_HANDBACK_BATCH];
	enum kcd_outcome outcome[KCD_HANDBACK_BATCH];
	unsigned int i, nr = kcd_handback_collect(node, batch);
	unsigned long pages = 0, isolated = 0, freed;
	LIST_HEAD(folios);
	u64 now;

	if (!nr)
		return false;

	for (i = 0; i < nr; i++) {
		outcome[i] = kcd_handback_isolate(&batch[i]);
		if (outcome[i] == KCD_WRITTEN) {
			list_add(&batch[i].folio->lru, &folios);
			isolated += batch[i].pages;
		}
	}
	if (!list_empty(&folios)) {
		/* Before they are gone; almost all are freed. */
		kcd_handback_tell_memcgs(&folios);
		pages = kcd_kernel_reclaim(&folios);
	}
	if (pages) {
		atomic_long_add(pages, &node->credit);
		kcd_kernel_count_steal(node->nid, pages);
	}

	freed = pages;
	now = ktime_get_mono_fast_ns();
	spin_lock(&node->lock);
	for (i = 0; i < nr; i++) {
		if (outcome[i] == KCD_WRITTEN)
			outcome[i] = kcd_handback_tell(&batch[i],
						       pages == isolated, &freed);
		kcd_handback_count(node, &batch[i], outcome[i], now);
		node->unfreed_pages -= batch[i].pages;
	}
	node->stat.freed_pages += pages;
	node->checking -= nr;
	spin_unlock(&node->lock);
	return true;
}

/**
 * kcd_handback_forget() - let go of all written folios of a node
 * @node: the node, whose memory goes, or may go and nobody will hear of it
 *
 * When it returns nobody looks at the memory any more that the pointers point to.
 *
 * Context: process context, may sleep; nothing is being written, and nothing
 * comes meanwhile.
 */
void kcd_handback_forget(struct kcd_node *node)
{
	u64 now = ktime_get_mono_fast_ns();

	spin_lock(&node->lock);
	while (kcd_handback_len(node)) {
		struct kcd_written *written =
			kcd_handback_slot(node, node->written_head++);

		node->unfreed_pages -= written->pages;
		kcd_handback_count(node, written, KCD_FORGOTTEN, now);
	}
	while (node->checking) {
		spin_unlock(&node->lock);
		schedule_timeout_uninterruptible(1);
		spin_lock(&node->lock);
	}
	spin_unlock(&node->lock);
}
