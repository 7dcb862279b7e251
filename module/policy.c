// SPDX-License-Identifier: GPL-2.0
/* Which folios may wait, and how many. */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/cpumask.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/printk.h>
#include <linux/topology.h>

#include "kcompressd.h"

/*
 * All words equal, and 0 if they have to be? Such a page is kept without being
 * compressed. The last word first: most other pages differ there.
 */
static bool kcd_policy_same_filled(struct folio *folio, bool zero)
{
	const unsigned int last = PAGE_SIZE / sizeof(unsigned long) - 1;
	long i, nr = folio_nr_pages(folio);

	for (i = 0; i < nr; i++) {
		unsigned long *word = kmap_local_folio(folio, i * PAGE_SIZE);
		unsigned int pos = 1;

		if (word[0] == word[last] && !(zero && word[0]))
			while (pos < last && word[pos] == word[0])
				pos++;
		else
			pos = 0;
		kunmap_local(word);
		if (pos != last)
			return false;
	}
	return true;
}

/**
 * kcd_policy_bound() - most pages that may wait or be written but not yet freed
 * @nid: the node
 *
 * Return: a 128th of the node's memory, KCD_BOUND_MIN..KCD_BOUND_MAX pages.
 */
unsigned long kcd_policy_bound(int nid)
{
	return clamp_t(unsigned long, node_present_pages(nid) / 128,
		       KCD_BOUND_MIN, KCD_BOUND_MAX);
}

/**
 * kcd_policy_folio() - may this folio wait at all?
 * @node: its node
 * @folio: what kswapd wants written; locked by kswapd
 *
 * A queued folio must stay as pageout() in mm/vmscan.c left it: locked, in the
 * swap cache, clean, not under writeback. Only such a folio is met by every
 * other user as "busy, come back later".
 *
 * Context: kswapd, inside the hook; does not sleep.
 * Return: KCD_BYPASS_NONE if it may, else why not.
 */
enum kcd_bypass kcd_policy_folio(const struct kcd_node *node, struct folio *folio)
{
	bool zswap = kcd_kernel_zswap_on();
	bool taken, async;

	if (unlikely(!folio_test_locked(folio) || !folio_test_swapcache(folio) ||
		     folio_test_dirty(folio) || folio_test_writeback(folio))) {
		pr_warn_once("a folio came in an unexpected state; the kernel writes such folios itself\n");
		return KCD_BYPASS_STATE;
	}
	if (!folio_test_anon(folio))
		return KCD_BYPASS_SHMEM;
	if (folio_nr_pages(folio) > kcd_policy_bound(node->nid))
		return KCD_BYPASS_LARGE;
	if (zswap && !kcd_kernel_memcg_writeback(folio))
		return KCD_BYPASS_MEMCG;
	taken = zswap && (!folio_test_large(folio) || kcd_kernel_zswap_large());
	async = (!taken || READ_ONCE(node->rejected) >= KCD_REJECTED_MAX) &&
		!kcd_kernel_swap_is_sync(kcd_kernel_swap_entry(folio));
	if (async && !taken)
		return KCD_BYPASS_DEVICE;
	if (kcd_policy_same_filled(folio, zswap && kcd_kernel_zswap_zero_only()))
		return KCD_BYPASS_SAME_FILLED;
	/* kswapd and a writer in turn would make small requests (docs/performance.md). */
	return async ? KCD_BYPASS_REJECTED : KCD_BYPASS_NONE;
}

/*
 * Pages that could still be allocated before half of the min watermarks is
 * used up. A waiting folio takes up to its size for the compressed copy before
 * it gives anything back, and PF_MEMALLOC lets it dig into the reserves; half
 * of them stay for those who have nothing else (__GFP_HIGH goes down to half of
 * min, __zone_watermark_ok()). A boost of the watermark does not count: it makes
 * kswapd reclaim more, and single pages for __GFP_HIGH come from below it as those
 * for PF_MEMALLOC do. Nor do movable zones and CMA: not every pool of compressed pages
 * can use them, nor can what swap-out allocates for itself; and kswapd does not rest
 * before enough is free without CMA (__zone_watermark_unusable_free()).
 */
static unsigned long kcd_policy_headroom_here(int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	unsigned long pages = 0;
	int i;

	for (i = 0; i <= ZONE_NORMAL; i++) {
		struct zone *zone = &pgdat->node_zones[i];
		unsigned long free, floor;

		if (!populated_zone(zone))
			continue;
		free = zone_page_state(zone, NR_FREE_PAGES);
		floor = zone->_watermark[WMARK_MIN] / 2 +
			zone->lowmem_reserve[ZONE_NORMAL] +
			kcd_kernel_highatomic(zone) +
			zone_page_state(zone, NR_FREE_CMA_PAGES);
		if (free > floor)
			pages += free - floor;
	}
	return pages;
}

/*
 * The copies of a node that has movable memory only go to some other node; so may
 * those of one without CPUs, whose writers run elsewhere.
 */
static unsigned long kcd_policy_headroom(int nid)
{
	unsigned long pages = ULONG_MAX;
	int other;

	if (node_state(nid, N_NORMAL_MEMORY) && !cpumask_empty(cpumask_of_node(nid)))
		return kcd_policy_headroom_here(nid);
	for_each_node_state(other, N_NORMAL_MEMORY)
		pages = min(pages, kcd_policy_headroom_here(other));
	return pages;
}

/* Half of them: what is being written now needs some too. */
static unsigned long kcd_policy_room(int nid)
{
	return kcd_policy_headroom(nid) / 2;
}

/**
 * kcd_policy_scarce() - is the node so near to its min watermark that less may
 *			 wait than usual?
 * @nid: the node
 *
 * Return: true if it is.
 */
bool kcd_policy_scarce(int nid)
{
	return kcd_policy_room(nid) < kcd_policy_bound(nid);
}

/**
 * kcd_policy_pressure() - is memory taken faster than kswapd gives it back?
 * @nid: the node
 *
 * kswapd is woken when free pages fall to the low watermark and brings them up
 * to the high one; while they are below the low one it is behind. At the min
 * watermark tasks reclaim by themselves; halfway there they are about to. Neither
 * a zone that never has anything for user memory counts, nor what is set aside for
 * atomic allocations of higher orders (__zone_watermark_unusable_free()).
 *
 * Return: how far it is behind.
 */
enum kcd_pressure kcd_policy_pressure(int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	unsigned long min = 0, low = 0, pages = 0;
	int i;

	for (i = 0; i <= ZONE_MOVABLE; i++) {
		struct zone *zone = &pgdat->node_zones[i];
		unsigned long free, reserve;

		reserve = zone->lowmem_reserve[ZONE_MOVABLE];
		if (zone_managed_pages(zone) <= reserve)
			continue;
		reserve += kcd_kernel_highatomic(zone);
		free = zone_page_state(zone, NR_FREE_PAGES);
		if (free > reserve)
			pages += free - reserve;
		min += min_wmark_pages(zone);
		low += low_wmark_pages(zone);
	}
	if (pages > low)
		return KCD_PRESSURE_NONE;
	return pages > (min + low) / 2 ? KCD_PRESSURE_BEHIND : KCD_PRESSURE_STALLS;
}

/**
 * kcd_policy_cpus() - the CPUs that a node's kswapd and its writers run on
 * @nid: the node
 *
 * kswapd is bound to them (mm/vmscan.c), and queue_work_node() starts writers there
 * (kernel/workqueue.c). A node that has memory only has none of its own.
 *
 * Context: any; the ftrace callback asks too. CPUs that come and go change it.
 * Return: the node's online CPUs, all online ones if it has none.
 */
notrace const struct cpumask *kcd_policy_cpus(int nid)
{
	const struct cpumask *cpus = cpumask_of_node(nid);

	return cpumask_empty(cpus) ? cpu_online_mask : cpus;
}

/**
 * kcd_policy_alone() - is there nobody to hand over to?
 * @node: the node
 *
 * Of two CPUs kswapd has one; a writer that shares the other with a busy task loses
 * more than it wins (docs/performance.md). A CPU on which the writer runs already is
 * not idle: there it says what it sees itself. Who asks for a number of writers wants
 * them.
 *
 * Context: kswapd, in the ftrace callback too: without the node's lock it may be
 * otherwise a moment later, which costs a folio's detour and no more.
 * Return: true if there is not.
 */
bool notrace kcd_policy_alone(const struct kcd_node *node)
{
	const struct cpumask *cpus = kcd_policy_cpus(node->nid);
	int cpu, here = raw_smp_processor_id();
	unsigned int nr = cpumask_weight(cpus);

	if (nr != 2 || kcd_writer_get())
		return nr == 1;
	/* Nobody who asks has the lock. */
	if (data_race(node->active))
		return READ_ONCE(node->crowded);
	for_each_cpu(cpu, cpus)
		if (cpu != here && kcd_kernel_idle(cpu))
			return false;
	return true;
}

/**
 * kcd_policy_limits() - how much the machine lets wait now
 * @node: the node
 * @limits: to fill in; kcd_policy_settings() goes on from there
 *
 * Pressure narrows the limits instead of sending single folios past the FIFO:
 * kswapd then writes the oldest folios itself until the rest fits, so the order
 * holds here too. Zones and CPUs are looked at before the node's lock is taken, which
 * writers wait for.
 *
 * Context: kswapd, inside the hook; does not sleep.
 */
void kcd_policy_limits(const struct kcd_node *node, struct kcd_limits *limits)
{
	unsigned long bound = kcd_policy_bound(node->nid);

	limits->room = bound;
	if (kcd_policy_alone(node)) {
		limits->depth = 0;
		limits->reason = KCD_BYPASS_CPUS;
		limits->pressure = KCD_PRESSURE_NONE;
		return;
	}
	limits->depth = KCD_DEPTH_MAX;
	limits->room = min(bound, kcd_policy_room(node->nid));
	limits->reason = limits->room < bound ? KCD_BYPASS_WATERMARK :
						KCD_BYPASS_BOUND;
	limits->pressure = kcd_policy_pressure(node->nid);
}

/**
 * kcd_policy_settings() - narrow the limits to what is set
 * @node: the node; its lock is held
 * @limits: from kcd_policy_limits()
 *
 * Under the lock: who has set less, or takes the node's memory, and drains then, sees
 * all that was queued before.
 *
 * Context: kswapd, inside the hook; does not sleep.
 */
void kcd_policy_settings(const struct kcd_node *node, struct kcd_limits *limits)
{
	unsigned int depth = READ_ONCE(node->going) ? 0 : kcd_control_depth();

	lockdep_assert_held(&node->lock);
	if (!depth)
		limits->reason = KCD_BYPASS_OFF;
	limits->depth = min(limits->depth, depth);
}
