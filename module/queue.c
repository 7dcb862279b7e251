// SPDX-License-Identifier: GPL-2.0
/*
 * The FIFO of a node: kswapd puts folios in, writers take them out, and what
 * happens to each is counted under the same lock.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "kcompressd.h"
#include "kcompressd_trace.h"

static unsigned int kcd_queue_order(const struct kcd_entry *entry)
{
	return ilog2(entry->pages);
}

/**
 * kcd_queue_count_time() - put a duration into a histogram
 * @hist: of a node whose lock is held
 * @ns: duration in nanoseconds
 */
void kcd_queue_count_time(struct kcd_histogram *hist, u64 ns)
{
	hist->count[min_t(unsigned int, ilog2(ns | 1), KCD_HIST_BUCKETS - 1)]++;
}

static void kcd_queue_count_bypass(struct kcd_node *node, struct folio *folio,
				   enum kcd_bypass reason)
{
	node->stat.offered++;
	node->stat.bypassed[reason]++;
	trace_kcompressd_bypass(node->nid, folio_pfn(folio), folio_order(folio),
				reason);
}

/**
 * kcd_queue_bypass() - count a folio that takes the kernel's way, and let it go there
 * @node: its node
 * @folio: locked by kswapd
 * @reason: why
 * @io: kswapd's own argument beside the folio
 *
 * Context: kswapd, inside the hook; may sleep in the block layer.
 * Return: what the kernel's function returned.
 */
int kcd_queue_bypass(struct kcd_node *node, struct folio *folio,
		     enum kcd_bypass reason, kcd_io_t *io)
{
	int ret;

	spin_lock(&node->lock);
	kcd_queue_count_bypass(node, folio, reason);
	spin_unlock(&node->lock);

	ret = kcd_kernel_write(folio, io);
	/*
	 * kswapd has isolated the folio, so it is still there. If the disk was quicker,
	 * KCD_REJECTED_MAX more are queued for nothing.
	 */
	if (reason == KCD_BYPASS_REJECTED && !folio_test_writeback(folio)) {
		spin_lock(&node->lock);
		WRITE_ONCE(node->rejected, 0);
		spin_unlock(&node->lock);
	}
	return ret;
}

/**
 * kcd_queue_leave() - is kswapd's folio to be left to the kernel's function at once?
 * @node: its node
 *
 * Where there is nobody to hand over to and nothing older waits, the way through this
 * module is for nothing, and it was measured to be felt (docs/performance.md). Only
 * this kswapd brings folios, so none can come to wait meanwhile.
 *
 * Context: the ftrace callback, for the node's own kswapd: no lock, no sleep.
 * Return: true if so; it is counted.
 */
bool notrace kcd_queue_leave(struct kcd_node *node)
{
	/* Others only take out: what looks empty is. */
	if (data_race(kcd_fifo_len(&node->fifo)))
		return false;
	if (!kcd_policy_alone(node) || trace_kcompressd_bypass_enabled() ||
	    atomic_long_read(&node->credit))
		return false;
	WRITE_ONCE(node->left, node->left + 1);
	return true;
}

/* Count an entry that has just left the FIFO. Returns how long it waited. */
static u64 kcd_queue_taken(struct kcd_node *node, const struct kcd_entry *entry, u64 now)
{
	/* Clocks of two CPUs, and what came a moment ago: never below 0. */
	u64 wait_ns = max_t(s64, now - entry->queued_ns, 0);

	lockdep_assert_held(&node->lock);
	node->writing++;
	node->writing_pages += entry->pages;
	node->stat.wait_ns += wait_ns;
	kcd_queue_count_time(&node->stat.wait, wait_ns);
	return wait_ns;
}

static bool kcd_queue_overflows(enum kcd_offer step)
{
	return step == KCD_SWAPPED || step == KCD_SHED;
}

/* *@writer is to be started, if there is one. */
static enum kcd_offer kcd_queue_step(struct kcd_node *node,
				     struct kcd_entry *entry,
				     struct kcd_limits *limits,
				     struct kcd_entry *oldest,
				     struct kcd_writer **writer)
{
	struct kcd_stat *stat = &node->stat;
	enum kcd_offer step;

	lockdep_assert_held(&node->lock);
	kcd_policy_settings(node, limits);
	limits->room -= min(limits->room, node->writing_pages + node->unfreed_pages);
	step = kcd_fifo_offer(&node->fifo, entry, limits->depth, limits->room, oldest);

	if (kcd_queue_overflows(step)) {
		u64 wait_ns = kcd_queue_taken(node, oldest, entry->queued_ns);

		trace_kcompressd_overflow(node->nid, folio_pfn(oldest->folio),
					  kcd_queue_order(oldest),
					  kcd_fifo_len(&node->fifo),
					  oldest->seq, wait_ns);
	}
	if (step == KCD_SWAPPED || step == KCD_QUEUED) {
		unsigned int len = kcd_fifo_len(&node->fifo);

		stat->offered++;
		stat->queued++;
		stat->depth_max = max_t(u64, stat->depth_max, len);
		stat->unfreed_pages_max = max_t(u64, stat->unfreed_pages_max,
						node->fifo.pages +
						node->writing_pages +
						node->unfreed_pages);
		trace_kcompressd_queue(node->nid, folio_pfn(entry->folio),
				       kcd_queue_order(entry), len, entry->seq);
	}
	if (step == KCD_REFUSED)
		kcd_queue_count_bypass(node, entry->folio, limits->reason);
	/* Where nothing may wait the caller writes all that does. */
	*writer = limits->depth ? kcd_writer_pick(node, kcd_queue_overflows(step),
						  limits->pressure) : NULL;
	return step;
}

/**
 * kcd_queue_offer() - queue kswapd's folio; on overflow write the oldest first
 * @node: the folio's node
 * @folio: accepted by kcd_policy_folio(); locked by kswapd
 * @io: kswapd's own argument beside the folio; not used after this function returns
 *
 * If the folio is queued, its lock goes to the FIFO, with a reference: once
 * written it may be unlocked and freed at any moment.
 *
 * Context: kswapd, inside the hook; may sleep in the block layer.
 * Return: 0, or what the kernel's function returned for a folio for which
 * there is no room at all.
 */
int kcd_queue_offer(struct kcd_node *node, struct folio *folio, kcd_io_t *io)
{
	struct kcd_entry entry = {
		.folio = folio,
		.pages = folio_nr_pages(folio),
	};
	struct kcd_limits limits;
	struct kcd_writer *writer;
	struct kcd_entry oldest;
	enum kcd_offer step;

	/* pageout() has set it; see kcd_writer_write(). */
	folio_clear_reclaim(folio);
	folio_get(folio);
	do {
		kcd_policy_limits(node, &limits);
		entry.queued_ns = ktime_get_mono_fast_ns();
		spin_lock(&node->lock);
		step = kcd_queue_step(node, &entry, &limits, &oldest, &writer);
		spin_unlock(&node->lock);

		kcd_writer_start(writer);
		if (kcd_queue_overflows(step)) {
			kcd_writer_write(node, &oldest, io, KCD_BY_KSWAPD,
					 NULL);
			/* As kswapd does before each folio (shrink_folio_list()). */
			cond_resched();
		}
	} while (step == KCD_SHED);

	if (step == KCD_REFUSED) {
		/* As pageout() had it. */
		folio_set_reclaim(folio);
		folio_put(folio);
		return kcd_kernel_write(folio, io);
	}
	kcd_late_watch(node);
	return 0;
}

/**
 * kcd_queue_age() - how long the oldest folio has been waiting
 * @node: the node
 * @age_ns: to fill in
 * @hurry: to fill in: is it to be written however long it has been waiting?
 *
 * Context: process context.
 * Return: false if none waits.
 */
bool kcd_queue_age(struct kcd_node *node, u64 *age_ns, bool *hurry)
{
	const struct kcd_entry *oldest;

	spin_lock(&node->lock);
	oldest = kcd_fifo_oldest(&node->fifo);
	if (oldest) {
		*age_ns = max_t(s64, ktime_get_mono_fast_ns() - oldest->queued_ns, 0);
		*hurry = oldest->seq < node->hurry;
	}
	spin_unlock(&node->lock);
	return oldest;
}

/**
 * kcd_queue_take() - take the oldest folio out to write it
 * @node: the node; its lock is held
 * @entry: where it goes; the caller now owns its lock and its reference
 * @now: time, which need not be that of this moment; in nanoseconds
 *
 * Context: a writer or the late work.
 * Return: false if nothing waits.
 */
bool kcd_queue_take(struct kcd_node *node, struct kcd_entry *entry, u64 now)
{
	u64 wait_ns;

	if (!kcd_fifo_take(&node->fifo, entry))
		return false;
	wait_ns = kcd_queue_taken(node, entry, now);
	trace_kcompressd_write(node->nid, folio_pfn(entry->folio),
			       kcd_queue_order(entry), kcd_fifo_len(&node->fifo),
			       entry->seq, wait_ns);
	return true;
}

/**
 * kcd_queue_done() - a folio has been written
 * @node: its node
 * @entry: what was written; its folio may be gone
 * @write_ns: how long it took
 * @by: who wrote it
 * @outcome: KCD_ASYNC if a disk still writes it; KCD_WRITTEN if it need not go there
 *
 * Context: who wrote it; the node's lock is held.
 */
void kcd_queue_done(struct kcd_node *node, const struct kcd_entry *entry,
		    u64 write_ns, enum kcd_by by, enum kcd_outcome outcome)
{
	lockdep_assert_held(&node->lock);
	if (outcome == KCD_ASYNC)
		WRITE_ONCE(node->rejected, node->rejected + 1);
	else if (outcome == KCD_WRITTEN)
		WRITE_ONCE(node->rejected, 0);
	node->writing--;
	node->writing_pages -= entry->pages;
	if (by == KCD_BY_KSWAPD)
		node->stat.written_kswapd++;
	else
		node->stat.written_worker++;
	if (by == KCD_BY_LATE)
		node->stat.written_late++;
	node->stat.write_ns += write_ns;
	kcd_queue_count_time(&node->stat.write, write_ns);
}

static bool kcd_queue_drained(struct kcd_node *node, unsigned int depth)
{
	bool drained;

	spin_lock(&node->lock);
	drained = kcd_fifo_len(&node->fifo) <= depth &&
		  (depth || !node->writing);
	spin_unlock(&node->lock);
	return drained;
}

/**
 * kcd_queue_drain() - wait until no more folios wait than allowed
 * @node: the node
 * @depth: that many may stay; with 0, none is being written either
 *
 * The caller has narrowed the policy before.
 *
 * Context: process context, sleeps until the writers are done.
 */
void kcd_queue_drain(struct kcd_node *node, unsigned int depth)
{
	enum kcd_pressure pressure = kcd_policy_pressure(node->nid);
	struct kcd_writer *writer;

	spin_lock(&node->lock);
	writer = kcd_writer_pick(node, true, pressure);
	spin_unlock(&node->lock);
	kcd_writer_start(writer);
	wait_event(node->drained, kcd_queue_drained(node, depth));
}
