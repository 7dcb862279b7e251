// SPDX-License-Identifier: GPL-2.0
/*
 * The writers of a node: work items that take folios out of the FIFO, give
 * them to the kernel's own function, and hand back what has been written.
 */
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/stat.h>
#include <linux/timekeeping.h>

#include "kcompressd.h"
#include "kcompressd_trace.h"

/*
 * One more writer for so many waiting folios: as many as kswapd brings at a time
 * (SWAP_CLUSTER_MAX), since each more makes all of them wait for the locks of the
 * kernel; sooner while kswapd is behind.
 */
#define KCD_WRITER_SHARE 32
#define KCD_WRITER_SHARE_BEHIND 4
/* Who sleeps until kswapd lets go of folios is not woken before so many wait. */
#define KCD_WRITER_WAKE 4
/* Look at the written folios after so many. */
#define KCD_WRITER_BATCH 8
/* How long to sleep between looks at folios that kswapd still holds. */
#define KCD_LINGER_MIN_NS (200 * NSEC_PER_USEC)
#define KCD_LINGER_MAX_NS (4 * NSEC_PER_MSEC)

/* Asked for by the user; 0 is automatic. */
static unsigned int kcd_writers;

/**
 * kcd_writer_get() - how many writers the user asked for, per node
 *
 * Context: any; the ftrace callback asks too.
 * Return: 1..KCD_WRITERS_MAX, or 0 for automatic.
 */
unsigned int notrace kcd_writer_get(void)
{
	return READ_ONCE(kcd_writers);
}

/**
 * kcd_writer_set() - change how many writers a node may have
 * @writers: 1..KCD_WRITERS_MAX, or 0 for automatic
 *
 * Writers that are now too many leave when the FIFO is empty.
 */
void kcd_writer_set(unsigned int writers)
{
	WRITE_ONCE(kcd_writers, writers);
}

/*
 * kswapd and the task that needs memory keep a CPU each: more writers than that
 * leaves were measured to slow the task down. Where it is about to stall, they
 * take its CPU, on which it would have to compress itself.
 */
static unsigned int kcd_writer_limit(const struct kcd_node *node,
				     enum kcd_pressure pressure)
{
	unsigned int writers = kcd_writer_get();
	int cpus = cpumask_weight(kcd_policy_cpus(node->nid));
	int kept = pressure == KCD_PRESSURE_STALLS ? 1 : 2;

	return writers ?: clamp(cpus - kept, 1, KCD_WRITERS_MAX);
}

/*
 * Waking costs kswapd as much as a small folio's compression: one that comes
 * back by itself within KCD_LINGER_MAX_NS is left until it has enough to do, or
 * kswapd has to write a folio in its stead.
 */
static bool kcd_writer_may_sleep(const struct kcd_node *node, bool overflow)
{
	return !overflow && node->fifo.pages < KCD_WRITER_WAKE &&
	       kcd_fifo_len(&node->fifo) < kcd_control_depth();
}

/*
 * Where kswapd is behind and the FIFO is full all the same, those who run are too
 * few, however little a FIFO of that depth holds.
 */
static unsigned int kcd_writer_wanted(const struct kcd_node *node, bool overflow,
				      enum kcd_pressure pressure)
{
	unsigned int share = pressure == KCD_PRESSURE_NONE ?
			     KCD_WRITER_SHARE : KCD_WRITER_SHARE_BEHIND;
	unsigned int wanted = DIV_ROUND_UP(kcd_fifo_len(&node->fifo), share);

	if (wanted && overflow && pressure != KCD_PRESSURE_NONE &&
	    node->active < kcd_writer_limit(node, KCD_PRESSURE_BEHIND))
		wanted = max(wanted, node->active + 1);
	/* As a rule; nobody needs to know how many CPUs there are. */
	if (wanted <= node->active)
		return wanted;
	return min(wanted, kcd_writer_limit(node, pressure));
}

/**
 * kcd_writer_pick() - choose a writer to start, if one more is worth it
 * @node: the node; its lock is held
 * @overflow: there is no room for more, and somebody waits for some
 * @pressure: how far kswapd is behind
 *
 * Return: the writer, for kcd_writer_start(), or NULL.
 */
struct kcd_writer *kcd_writer_pick(struct kcd_node *node, bool overflow,
				   enum kcd_pressure pressure)
{
	struct kcd_writer *writer, *idle = NULL;

	lockdep_assert_held(&node->lock);
	if (node->active >= kcd_writer_wanted(node, overflow, pressure))
		return NULL;

	for (writer = node->writer; writer < node->writer + KCD_WRITERS_MAX; writer++) {
		if (writer->state == KCD_WRITER_LINGERS) {
			if (kcd_writer_may_sleep(node, overflow))
				return NULL;
			idle = writer;
			break;
		}
		if (writer->state == KCD_WRITER_IDLE && !idle)
			idle = writer;
	}
	if (!idle)
		return NULL;
	/* kcd_writer_start() and who lingers look without the lock. */
	WRITE_ONCE(idle->state, idle->state == KCD_WRITER_LINGERS ?
				KCD_WRITER_RUNS : KCD_WRITER_STARTS);
	/* Until it has looked. */
	WRITE_ONCE(node->crowded, false);
	node->active++;
	return idle;
}

/**
 * kcd_writer_start() - start or wake a writer
 * @writer: from kcd_writer_pick(); may be NULL
 *
 * Apart from picking, so that nobody is woken under the node's lock.
 *
 * Context: process context; does not sleep.
 */
void kcd_writer_start(struct kcd_writer *writer)
{
	if (!writer)
		return;
	if (READ_ONCE(writer->state) == KCD_WRITER_STARTS)
		queue_work_node(writer->node->nid, writer->node->wq, &writer->work);
	else
		wake_up(&writer->node->more);
}

/*
 * Memory may have failed while a folio waited: to read it may be the end of the machine.
 * Later kernels look for that before they call the hooked function (6.12, mm/vmscan.c,
 * shrink_folio_list()).
 */
static bool kcd_writer_hwpoisoned(struct folio *folio)
{
	long i, nr = folio_nr_pages(folio);

	for (i = 0; i < nr; i++)
		if (PageHWPoison(folio_page(folio, i)))
			return true;
	return false;
}

/**
 * kcd_writer_write() - write one folio that was taken out of the FIFO
 * @node: its node
 * @entry: the folio; the caller owns its lock and its reference, both end here
 * @io: the argument beside the folio for the kernel's function
 * @by: what the caller is
 * @next: where the oldest waiting folio goes, taken out in the same step that
 *	  counts this one as written; may be @entry itself, or NULL
 *
 * PG_reclaim is clear for the write: it would make folio_end_writeback()
 * put the folio into a per-CPU batch, whose reference keeps it from being
 * freed (mm/swap.c, folio_rotate_reclaimable()). It is set afterwards where a
 * device still writes, so that the folio is rotated when that ends; the race
 * with that end is the one that shrink_folio_list() allows itself too.
 *
 * Context: a writer, the late work or kswapd; PF_MEMALLOC is set; may sleep in
 * the block layer.
 * Return: true if @next was taken out.
 */
bool kcd_writer_write(struct kcd_node *node, const struct kcd_entry *entry,
		      kcd_io_t *io, enum kcd_by by, struct kcd_entry *next)
{
	struct folio *folio = entry->folio;
	struct kcd_written written = {
		.folio = folio,
		.swap = kcd_kernel_swap_entry(folio),
		.pages = entry->pages,
	};
	u64 start = ktime_get_mono_fast_ns();
	enum kcd_outcome outcome = KCD_WRITTEN;
	unsigned long pfn = folio_pfn(folio);
	bool more;
	int ret;

	if (unlikely(kcd_writer_hwpoisoned(folio))) {
		/* Or what is in its slot would be taken for its contents. */
		folio_mark_dirty(folio);
		ret = AOP_WRITEPAGE_ACTIVATE;
	} else {
		ret = kcd_kernel_write(folio, io);
	}
	written.written_ns = max(ktime_get_mono_fast_ns(), start);

	if (ret == AOP_WRITEPAGE_ACTIVATE) {
		/* The one case in which it is left locked (and dirty). */
		folio_unlock(folio);
		outcome = KCD_FAILED;
	} else if (ret) {
		outcome = KCD_FAILED;
	} else if (folio_test_writeback(folio)) {
		folio_set_reclaim(folio);
		if (!folio_test_writeback(folio))
			folio_clear_reclaim(folio);
		outcome = KCD_ASYNC;
	} else if (folio_test_swapcache(folio) && folio_test_dirty(folio)) {
		/* A synchronous device dirties it again when it fails. */
		outcome = KCD_FAILED;
	}
	folio_put(folio);

	trace_kcompressd_written(node->nid, pfn, ilog2(entry->pages), entry->seq,
				 written.written_ns - start, ret,
				 by == KCD_BY_KSWAPD);
	spin_lock(&node->lock);
	kcd_queue_done(node, entry, written.written_ns - start, by, outcome);
	if (outcome == KCD_WRITTEN)
		kcd_handback_add(node, &written);
	else
		kcd_handback_count(node, &written, outcome, 0);
	more = next && kcd_queue_take(node, next, written.written_ns);
	spin_unlock(&node->lock);

	if (wq_has_sleeper(&node->drained))
		wake_up(&node->drained);
	return more;
}

/*
 * Nothing waits. Returns false if the writer is to leave; the last one stays
 * while kswapd holds written folios, or writes one itself that will be among
 * them, and looks at them again a little later.
 */
static bool kcd_writer_linger(struct kcd_writer *writer, u64 *sleep_ns)
{
	struct kcd_node *node = writer->node;
	bool lingers = false;

	spin_lock(&node->lock);
	if (kcd_fifo_len(&node->fifo)) {
		spin_unlock(&node->lock);
		return true;
	}
	node->active--;
	if (!node->active && (kcd_handback_len(node) || node->writing))
		lingers = true;
	WRITE_ONCE(writer->state, lingers ? KCD_WRITER_LINGERS : KCD_WRITER_IDLE);
	spin_unlock(&node->lock);
	if (!lingers)
		return false;

	wait_event_interruptible_hrtimeout(node->more,
					   READ_ONCE(writer->state) != KCD_WRITER_LINGERS,
					   ns_to_ktime(*sleep_ns));
	*sleep_ns = min_t(u64, *sleep_ns * 2, KCD_LINGER_MAX_NS);

	spin_lock(&node->lock);
	if (writer->state == KCD_WRITER_LINGERS) {
		WRITE_ONCE(writer->state, KCD_WRITER_RUNS);
		node->active++;
	}
	spin_unlock(&node->lock);
	return true;
}

static bool kcd_writer_begin(struct kcd_writer *writer)
{
	bool begin;

	spin_lock(&writer->node->lock);
	begin = writer->state == KCD_WRITER_STARTS;
	if (begin)
		WRITE_ONCE(writer->state, KCD_WRITER_RUNS);
	spin_unlock(&writer->node->lock);
	return begin;
}

/*
 * The lists of this CPU have what was freed here, and what the kernel has put there for
 * compressing, more each time (mm/page_alloc.c, nr_pcp_alloc()): up to a low watermark
 * in those of all CPUs, which no watermark counts, so that others find nothing.
 */
static void kcd_writer_spill(const struct kcd_node *node)
{
	if (kcd_policy_scarce(node->nid))
		kcd_kernel_spill();
}

static bool kcd_writer_free(struct kcd_node *node)
{
	if (!kcd_handback_run(node))
		return false;
	kcd_writer_spill(node);
	return true;
}

/* Returns false if nothing waits. */
static bool kcd_writer_batch(struct kcd_node *node, enum kcd_by by)
{
	unsigned int left = KCD_WRITER_BATCH;
	bool more, crowded = !single_task_running();
	u64 now = ktime_get_mono_fast_ns();
	struct kcd_entry entry;
	struct blk_plug plug;
	kcd_io_t own, *io;

	spin_lock(&node->lock);
	/* For kcd_policy_alone(); kswapd cannot see it from where it runs. */
	WRITE_ONCE(node->crowded, crowded);
	more = kcd_queue_take(node, &entry, now);
	spin_unlock(&node->lock);
	if (!more)
		return false;

	/*
	 * What zswap leaves to a disk goes there together, as kswapd's does (mm/vmscan.c,
	 * shrink_lruvec()). Not for longer: who has no time to sleep would hold it back.
	 */
	blk_start_plug(&plug);
	io = kcd_kernel_io_begin(&own);
	while (more) {
		left--;
		more = kcd_writer_write(node, &entry, io, by,
					left && !need_resched() ? &entry : NULL);
	}
	kcd_kernel_io_end(&own);
	blk_finish_plug(&plug);
	kcd_handback_run(node);
	kcd_writer_spill(node);
	/*
	 * With no folio in hand, which would stay locked meanwhile. Says too that
	 * nobody's synchronize_rcu_tasks() has to wait for this task.
	 */
	cond_resched_tasks_rcu_qs();
	return true;
}

/*
 * PF_MEMALLOC, as kswapd has it: compressing must not wait for the memory that
 * it is to free, and zswap's charge must succeed. The kworker is shared, so
 * the flag goes as soon as the work does, and with it the task's debt for what zswap
 * has charged to the folios' memcgs: its next work would reclaim for that, and sleep.
 */
struct kcd_borrowed {
	unsigned int noreclaim;
	unsigned int over_high;
};

static struct kcd_borrowed kcd_writer_borrow(void)
{
	return (struct kcd_borrowed) {
		.noreclaim = memalloc_noreclaim_save(),
		.over_high = kcd_kernel_over_high(),
	};
}

static void kcd_writer_give_back(struct kcd_borrowed was)
{
	kcd_kernel_set_over_high(was.over_high);
	memalloc_noreclaim_restore(was.noreclaim);
}

/**
 * kcd_writer_help() - write a few folios in a writer's stead
 * @node: the node
 *
 * What becomes of those that kswapd still holds is seen to by the writers, one of
 * whom is at least to be started while anything waits.
 *
 * Context: process context, may sleep in the block layer.
 */
void kcd_writer_help(struct kcd_node *node)
{
	struct kcd_borrowed was = kcd_writer_borrow();

	kcd_writer_batch(node, KCD_BY_LATE);
	kcd_writer_give_back(was);
}

/**
 * kcd_writer_hand_back() - hand back in a writer's stead what kswapd has let go of
 * @node: the node
 *
 * In order, as a writer does, up to the first that kswapd still holds.
 *
 * Context: process context, may sleep.
 */
void kcd_writer_hand_back(struct kcd_node *node)
{
	struct kcd_borrowed was = kcd_writer_borrow();

	while (kcd_writer_free(node))
		;
	kcd_writer_give_back(was);
}

static void kcd_writer_work(struct work_struct *work)
{
	struct kcd_writer *writer = container_of(work, struct kcd_writer, work);
	struct kcd_node *node = writer->node;
	u64 sleep_ns = KCD_LINGER_MIN_NS;
	struct kcd_borrowed was;

	if (!kcd_writer_begin(writer))
		return;
	was = kcd_writer_borrow();
	do {
		while (kcd_writer_batch(node, KCD_BY_WRITER))
			sleep_ns = KCD_LINGER_MIN_NS;
		while (kcd_writer_free(node))
			sleep_ns = KCD_LINGER_MIN_NS;
	} while (kcd_writer_linger(writer, &sleep_ns));
	kcd_writer_give_back(was);
}

/**
 * kcd_writer_init() - make a node's writers, all idle
 * @node: a new node
 */
void kcd_writer_init(struct kcd_node *node)
{
	struct kcd_writer *writer;

	for (writer = node->writer; writer < node->writer + KCD_WRITERS_MAX; writer++) {
		INIT_WORK(&writer->work, kcd_writer_work);
		writer->node = node;
		writer->state = KCD_WRITER_IDLE;
	}
}
