// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the hook go soon. unregister_ftrace_function() waits, by
 * synchronize_rcu_tasks(), until each task has once given up its CPU of its own
 * accord. Under pressure kswapd, and who reclaims for himself, may go on for
 * minutes without; cond_resched() does not count. But on their way they pass two
 * tracepoints at which they may sleep, and so can say as well that they have: in
 * pageout() after each write, and before each shrinker, between two rounds of a
 * list. The first alone would miss who finds nothing to write, the second who is
 * long in one round.
 */
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/stringify.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/vmscan.h>

#include "kcompressd.h"

/* Probes must not sleep themselves, whatever their tracepoint holds. */
static void notrace kcd_settle_write(void *data, KCD_WRITE_ARGUMENTS)
{
	rcu_tasks_qs(current, false);
}

static void notrace kcd_settle_shrink(void *data, KCD_SHRINK_ARGUMENTS)
{
	rcu_tasks_qs(current, false);
}

static struct kcd_settle {
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;
} kcd_settles[] = {
	{ __stringify(KCD_WRITE_TRACEPOINT), kcd_settle_write },
	{ __stringify(KCD_SHRINK_TRACEPOINT), kcd_settle_shrink },
};

static void kcd_settle_find(struct tracepoint *tracepoint, void *arg)
{
	struct kcd_settle *settle = arg;

	if (!strcmp(tracepoint->name, settle->name))
		settle->tracepoint = tracepoint;
}

/**
 * kcd_settle_begin() - let tasks that reclaim pass quiescent states
 *
 * Without a tracepoint, or the memory for its probe, detaching only takes longer.
 *
 * Context: process context, may sleep; before the hook is taken out, by one task
 * at a time.
 */
void kcd_settle_begin(void)
{
	struct kcd_settle *settle;
	unsigned int i;

	/* These do nothing, but do not compile if the probe is of another type. */
	CONCATENATE(check_trace_callback_type_, KCD_WRITE_TRACEPOINT)(kcd_settle_write);
	CONCATENATE(check_trace_callback_type_, KCD_SHRINK_TRACEPOINT)(kcd_settle_shrink);
	for (i = 0; i < ARRAY_SIZE(kcd_settles); i++) {
		settle = &kcd_settles[i];
		settle->tracepoint = NULL;
		for_each_kernel_tracepoint(kcd_settle_find, settle);
		if (settle->tracepoint &&
		    tracepoint_probe_register(settle->tracepoint, settle->probe,
					      NULL))
			settle->tracepoint = NULL;
	}
}

/**
 * kcd_settle_end() - the hook is out
 *
 * Context: process context, may sleep; after kcd_settle_begin(), by the same task.
 */
void kcd_settle_end(void)
{
	struct kcd_settle *settle;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kcd_settles); i++) {
		settle = &kcd_settles[i];
		if (settle->tracepoint)
			tracepoint_probe_unregister(settle->tracepoint,
						    settle->probe, NULL);
	}
}

/**
 * kcd_settle_free() - wait until nobody is in a probe any more
 *
 * Only the module's end has to: it may wait for whoever else is in a tracepoint.
 *
 * Context: process context, may sleep; after the last kcd_settle_end().
 */
void kcd_settle_free(void)
{
	tracepoint_synchronize_unregister();
}
