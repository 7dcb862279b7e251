// SPDX-License-Identifier: GPL-2.0
/*
 * Folios that have waited for too long: writers may be kept off their CPUs, by
 * their workqueue's nice and cpumask and by busier tasks, while somebody waits
 * for the lock of a folio. Such folios are written here, on any CPU that the
 * machine has for unbound work. If memory has run out, all that wait are, and what
 * is written is handed back.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "kcompressd.h"

/* Longer than folios wait for writers that get CPU time and a quick device. */
#define KCD_LATE_NS (100 * NSEC_PER_MSEC)

static struct workqueue_struct *kcd_late_wq;

static unsigned long kcd_late_delay(u64 ns)
{
	return nsecs_to_jiffies(ns) + 1;
}

static bool kcd_late_hands_back(struct kcd_node *node)
{
	bool hand_back;

	spin_lock(&node->lock);
	hand_back = node->hand_back;
	node->hand_back = false;
	spin_unlock(&node->lock);
	return hand_back;
}

static void kcd_late_work(struct work_struct *work)
{
	struct kcd_node *node = container_of(to_delayed_work(work),
					     struct kcd_node, late);
	bool hurry;
	u64 age_ns;

	while (kcd_queue_age(node, &age_ns, &hurry)) {
		if (!hurry && age_ns < KCD_LATE_NS) {
			/* A folio that came meanwhile may have asked for more. */
			mod_delayed_work(kcd_late_wq, &node->late,
					 kcd_late_delay(KCD_LATE_NS - age_ns));
			break;
		}
		kcd_writer_help(node);
	}
	/* What kswapd has let go of, whoever has written it. */
	if (kcd_late_hands_back(node))
		kcd_writer_hand_back(node);
}

/**
 * kcd_late_watch() - a folio has been queued; see that it does not wait for long
 * @node: its node
 *
 * Context: kswapd, inside the hook; does not sleep.
 */
void kcd_late_watch(struct kcd_node *node)
{
	/* Pending ends before kcd_late_work() looks at the FIFO. */
	if (!delayed_work_pending(&node->late))
		queue_delayed_work(kcd_late_wq, &node->late,
				   kcd_late_delay(KCD_LATE_NS));
}

/**
 * kcd_late_hurry() - all that waits now is to be written at once
 * @node: its node
 *
 * kcd_late_hurries() sets that off.
 *
 * Context: process context; one at a time.
 */
void kcd_late_hurry(struct kcd_node *node)
{
	spin_lock(&node->lock);
	node->hurry = node->fifo.tail;
	node->hurry_pages = node->done_pages;
	spin_unlock(&node->lock);
}

/**
 * kcd_late_hurries() - does any of what kcd_late_hurry() found still wait?
 * @node: its node
 * @pages: grows by the base pages of which it was found out since that they are freed,
 *	   by whomever, taken back or given to a disk; asked again, since it was asked
 *	   last. They are counted
 * @unfreed: set if any is being written, or written and not freed
 *
 * Has the late work write what waits, and hand back what is written. To be asked
 * again and again: late work that is about to end may have taken the wish for its
 * own, and come after a while only; and kswapd lets go of folios bit by bit.
 *
 * Context: process context; one at a time.
 * Return: true if so.
 */
bool kcd_late_hurries(struct kcd_node *node, unsigned long *pages, bool *unfreed)
{
	unsigned long done;
	bool waits, written;

	spin_lock(&node->lock);
	waits = node->fifo.head < node->hurry;
	written = node->unfreed_pages;
	done = node->done_pages - node->hurry_pages;
	node->hurry_pages = node->done_pages;
	node->stat.oom_pages += done;
	node->hand_back = written;
	*unfreed |= written || node->writing;
	spin_unlock(&node->lock);
	if (waits || written)
		mod_delayed_work(kcd_late_wq, &node->late, 0);
	*pages += done;
	return waits;
}

/**
 * kcd_late_flush() - stop watching, and wait until nothing is being written here
 * @node: the node; nothing waits in its FIFO, and nothing comes meanwhile
 *
 * Context: process context, may sleep.
 */
void kcd_late_flush(struct kcd_node *node)
{
	cancel_delayed_work_sync(&node->late);
}

/**
 * kcd_late_init() - make a node's watch
 * @node: a new node
 */
void kcd_late_init(struct kcd_node *node)
{
	INIT_DELAYED_WORK(&node->late, kcd_late_work);
}

/**
 * kcd_late_create() - make what all nodes share
 *
 * Its workqueue has no files in sysfs: what is set there for writers is not to
 * hold for it.
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int kcd_late_create(void)
{
	kcd_late_wq = alloc_workqueue("kcompressd_late",
				      WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return kcd_late_wq ? 0 : -ENOMEM;
}

/**
 * kcd_late_destroy() - undo kcd_late_create()
 *
 * Context: process context; no node is left.
 */
void kcd_late_destroy(void)
{
	destroy_workqueue(kcd_late_wq);
}
