// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the hook go soon. unregister_ftrace_function() waits, by
 * synchronize_rcu_tasks(), until each task has once given up its CPU of its own
 * accord. Under pressure kswapd, and who reclaims for himself, may go on for
 * minutes without: cond_resched() does not count, and shrinkers are called only
 * between one round of a list and the next. But each folio that is written passes
 * a tracepoint, in pageout() of mm/vmscan.c, right after the write, in which the
 * task might have slept: so there it can say as well that it has.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "kcompressd.h"

/* Called with preemption disabled, so it must not sleep itself. */
static void notrace kcd_settle_probe(void *data, struct folio *folio)
{
	rcu_tasks_qs(current, false);
}

static void kcd_settle_find(struct tracepoint *tracepoint, void *found)
{
	if (!strcmp(tracepoint->name, KCD_WRITE_TRACEPOINT))
		*(struct tracepoint **)found = tracepoint;
}

/**
 * kcd_settle_begin() - let tasks that write folios pass quiescent states
 *
 * Without the tracepoint, or the memory for it, detaching only takes longer.
 *
 * Context: process context, may sleep; before the hook is taken out.
 * Return: for kcd_settle_end().
 */
struct tracepoint *kcd_settle_begin(void)
{
	struct tracepoint *tracepoint = NULL;

	for_each_kernel_tracepoint(kcd_settle_find, &tracepoint);
	if (tracepoint &&
	    tracepoint_probe_register(tracepoint, kcd_settle_probe, NULL))
		tracepoint = NULL;
	return tracepoint;
}

/**
 * kcd_settle_end() - the hook is out
 * @tracepoint: from kcd_settle_begin()
 *
 * Context: process context, may sleep; waits for those in the probe.
 */
void kcd_settle_end(struct tracepoint *tracepoint)
{
	if (!tracepoint)
		return;
	tracepoint_probe_unregister(tracepoint, kcd_settle_probe, NULL);
	tracepoint_synchronize_unregister();
}
