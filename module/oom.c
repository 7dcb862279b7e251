// SPDX-License-Identifier: GPL-2.0
/*
 * Before the kernel kills for lack of memory: what waits here is memory, too. Reclaim
 * finds it locked and makes no progress; out_of_memory() (mm/oom_kill.c) asks here
 * before it looks for a task to kill.
 */
#include <linux/jiffies.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>

#include "kcompressd.h"

/* How long who asks is kept at most; many times what a full FIFO takes. */
#define KCD_OOM_WAIT (HZ / 2)
/*
 * Not more often: kswapd brings folios all the time, and in a machine that swaps without
 * end nobody would ever be killed.
 */
#define KCD_OOM_AGAIN HZ

/* When to help again. Two who ask at a time may both be helped. */
static unsigned long kcd_oom_next;

/* Returns false if there is nothing that could be given back; @given grows by what is. */
static bool kcd_oom_holds(struct kcd_node *node, u64 *given)
{
	bool holds;

	spin_lock(&node->lock);
	holds = kcd_fifo_len(&node->fifo) || node->writing ||
		kcd_handback_len(node) || node->checking;
	*given = node->stat.freed_pages + node->stat.outcome[KCD_GONE];
	spin_unlock(&node->lock);
	return holds;
}

/*
 * Not by who asks: it may hold what writing needs. If the late work waits for it in
 * turn, the wait here ends that. Returns how many pages were given back.
 */
static unsigned long kcd_oom_help(struct kcd_node *node, unsigned long end)
{
	u64 before, given;
	bool holds = kcd_oom_holds(node, &before);

	given = before;
	while (holds && given == before && time_before(jiffies, end)) {
		kcd_late_hurry(node);
		schedule_timeout_uninterruptible(1);
		holds = kcd_oom_holds(node, &given);
	}
	if (given != before) {
		spin_lock(&node->lock);
		node->stat.oom_pages += given - before;
		spin_unlock(&node->lock);
	}
	return given - before;
}

static int kcd_oom_notify(struct notifier_block *nb, unsigned long unused, void *data)
{
	unsigned long end = jiffies + KCD_OOM_WAIT;
	unsigned long *freed = data, pages = 0;
	struct kcd_node *node;

	if (time_before(jiffies, READ_ONCE(kcd_oom_next)))
		return NOTIFY_OK;
	WRITE_ONCE(kcd_oom_next, jiffies + KCD_OOM_AGAIN);
	kcd_for_each_node(node)
		pages += kcd_oom_help(node, end);
	*freed += pages;
	return NOTIFY_OK;
}

static struct notifier_block kcd_oom_nb = {
	.notifier_call = kcd_oom_notify,
};

/**
 * kcd_oom_register() - listen for memory that has run out
 *
 * Return: 0 or an error from register_oom_notifier().
 */
int kcd_oom_register(void)
{
	kcd_oom_next = jiffies;
	return register_oom_notifier(&kcd_oom_nb);
}

/**
 * kcd_oom_unregister() - stop listening, after a running notifier
 *
 * Context: process context, may sleep; the nodes and the late work are still there.
 */
void kcd_oom_unregister(void)
{
	unregister_oom_notifier(&kcd_oom_nb);
}
