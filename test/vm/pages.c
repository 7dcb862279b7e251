// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel tells of each page: which wait in a FIFO, whose they are, and which
 * nobody has any more.
 */
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <unistd.h>

#include "suite.h"

#define BIT(nr) (1ull << (nr))

/* Of a page: as kswapd leaves a folio to wait, and hardly anybody else any page. */
static bool looks_waiting(uint64_t flags)
{
	const uint64_t set = BIT(KPF_LOCKED) | BIT(KPF_UPTODATE) | BIT(KPF_ANON) |
			     BIT(KPF_SWAPCACHE);
	const uint64_t clear = BIT(KPF_WRITEBACK) | BIT(KPF_DIRTY) | BIT(KPF_MMAP) |
			       BIT(KPF_COMPOUND_TAIL);

	return (flags & (set | clear)) == set;
}

static int open_pages(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0, "the kernel does not show %s", path);
	return fd;
}

/*
 * A task's page that is in no page table. What slabs keep where the mark of these pages
 * is may look like it.
 */
static bool looks_left(uint64_t flags)
{
	const uint64_t set = BIT(KPF_ANON) | BIT(KPF_SWAPBACKED);
	/* What has failed stays with nobody. */
	const uint64_t clear = BIT(KPF_MMAP) | BIT(KPF_SLAB) | BIT(KPF_HWPOISON);

	return (flags & (set | clear)) == set;
}

int pages_left(unsigned int *held)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC), left = 0;
	static uint64_t page[16384];
	off_t at = 0;
	ssize_t i, nr;

	*held = 0;
	if (fd < 0)
		return -1;
	while ((nr = pread(fd, page, sizeof(page), at)) > 0) {
		for (i = 0; i < nr / (ssize_t)sizeof(*page); i++) {
			if (!looks_left(page[i]))
				continue;
			left++;
			*held += !!(page[i] & (BIT(KPF_LOCKED) | BIT(KPF_SWAPCACHE)));
		}
		at += nr;
	}
	close(fd);
	return left;
}

uint64_t page_pfn(const void *page)
{
	int fd = open_pages("/proc/self/pagemap");
	uint64_t entry = 0;

	CHECK(pread(fd, &entry, sizeof(entry), (uintptr_t)page / G_PAGE * sizeof(entry)) ==
	      sizeof(entry), "cannot read pagemap");
	CHECK(entry & PAGEMAP_PRESENT, "a page is not in the page tables");
	close(fd);
	return entry & PAGEMAP_PFN;
}

/* What a folio's first page has holds for all of it; 0 of what is not there. */
static uint64_t flags_of(uint64_t pfn)
{
	/* Asked for many, one after the other. */
	static int fd = -1;
	uint64_t flags;

	if (fd < 0)
		fd = open_pages("/proc/kpageflags");
	do {
		if (pread(fd, &flags, sizeof(flags), pfn * sizeof(flags)) !=
		    sizeof(flags))
			return 0;
	} while (flags & BIT(KPF_COMPOUND_TAIL) && pfn--);
	return flags;
}

bool page_waits(uint64_t pfn)
{
	return looks_waiting(flags_of(pfn));
}

bool page_listed(uint64_t pfn)
{
	return flags_of(pfn) & BIT(KPF_LRU);
}

unsigned int waiting_of_group(ino_t group, uint64_t *pfn)
{
	int flags = open_pages("/proc/kpageflags");
	int owners = open_pages("/proc/kpagecgroup");
	static uint64_t page[4096];
	unsigned int waiting = 0;
	uint64_t owner;
	off_t at = 0;
	ssize_t i, nr;

	while ((nr = pread(flags, page, sizeof(page), at)) > 0) {
		for (i = 0; i < nr / (ssize_t)sizeof(*page); i++) {
			if (!looks_waiting(page[i]) ||
			    pread(owners, &owner, sizeof(owner),
				  at + i * sizeof(owner)) != sizeof(owner) ||
			    owner != group)
				continue;
			waiting++;
			if (pfn)
				*pfn = at / sizeof(*page) + i;
		}
		at += nr;
	}
	close(flags);
	close(owners);
	return waiting;
}
