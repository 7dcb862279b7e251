// SPDX-License-Identifier: GPL-2.0
/*
 * Before the kernel kills for lack of memory: what waits here could be reclaimed if it
 * were written. Reclaim finds it locked and makes no progress, and when it is written
 * MGLRU has it among the youngest pages, where reclaim comes last. out_of_memory()
 * (mm/oom_kill.c) asks here before it looks for a task to kill.
 */
#include <linux/jiffies.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/swap.h>

#include "kcompressd.h"

/* How long who asks is kept at most, once for all nodes. */
#define KCD_OOM_WAIT (HZ / 2)
/*
 * Not more often in a minute, which begins with the first that asks: kswapd brings folios
 * all the time, and in a machine that swaps without end nobody would ever be killed.
 */
#define KCD_OOM_MOST 8
#define KCD_OOM_MINUTE (60 * HZ)

/* Under oom_lock, as all that follows: the minute, and how often is left of it. */
static unsigned long kcd_oom_begin;
static unsigned int kcd_oom_left;

static bool kcd_oom_may_help(void)
{
	if (time_after(jiffies, kcd_oom_begin + KCD_OOM_MINUTE)) {
		kcd_oom_begin = jiffies;
		kcd_oom_left = KCD_OOM_MOST;
	}
	return kcd_oom_left;
}

/*
 * Of what waited when it was asked, is anything still to be written? If not, has
 * anything been freed at all? @pages grows by what has.
 */
static bool kcd_oom_goes_on(unsigned long *pages)
{
	bool waits = false, unfreed = false;
	struct kcd_node *node;

	kcd_for_each_node(node)
		waits |= kcd_late_hurries(node, pages, &unfreed);
	return waits || (unfreed && !*pages);
}

/*
 * Not by who asks: it may hold what writing needs. If the late work waits for it in
 * turn, the wait here ends that.
 */
static int kcd_oom_notify(struct notifier_block *nb, unsigned long unused, void *data)
{
	unsigned long end = jiffies + KCD_OOM_WAIT;
	unsigned long *freed = data, pages = 0;
	struct kcd_node *node;
	bool goes_on;

	/* Another has freed some, a balloon for example. */
	if (*freed)
		return NOTIFY_OK;
	/* kswapd asks where somebody is to be killed for thrashing (lru_gen's min_ttl_ms). */
	if (current_is_kswapd() || !kcd_oom_may_help())
		return NOTIFY_OK;
	kcd_for_each_node(node)
		kcd_late_hurry(node);
	goes_on = kcd_oom_goes_on(&pages);
	if (!goes_on && !pages)
		return NOTIFY_OK;
	kcd_oom_left--;
	while (goes_on && time_before(jiffies, end)) {
		schedule_timeout_uninterruptible(1);
		goes_on = kcd_oom_goes_on(&pages);
	}
	*freed += pages;
	return NOTIFY_OK;
}

static struct notifier_block kcd_oom_nb = {
	.notifier_call = kcd_oom_notify,
};

/**
 * kcd_oom_register() - listen for memory that has run out
 *
 * Context: module init; may sleep.
 * Return: 0 or an error from register_oom_notifier().
 */
int kcd_oom_register(void)
{
	/* The next that asks is the first. */
	kcd_oom_begin = jiffies - KCD_OOM_MINUTE - 1;
	return register_oom_notifier(&kcd_oom_nb);
}

/**
 * kcd_oom_unregister() - stop listening, after a running notifier
 *
 * Before kcd_control_shutdown(), which ends the late work: what is handed back there
 * must not be looked at when nobody tells any more that its memory goes.
 *
 * Context: process context, may sleep.
 */
void kcd_oom_unregister(void)
{
	unregister_oom_notifier(&kcd_oom_nb);
}
