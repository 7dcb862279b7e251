// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the hook go soon. unregister_ftrace_function() waits, by
 * synchronize_rcu_tasks(), until each task has once given up its CPU of its own
 * accord; kswapd under pressure may go on for minutes without (cond_resched()
 * does not count). Shrinkers are called by kswapd, may sleep, and so are a place
 * where it can say that it has.
 */
#include <linux/rcupdate.h>
#include <linux/shrinker.h>
#include <linux/swap.h>

#include "kcompressd.h"

static unsigned long kcd_settle_count(struct shrinker *shrinker,
				      struct shrink_control *sc)
{
	if (current_is_kswapd())
		cond_resched_tasks_rcu_qs();
	return 0;
}

/* Only debugfs asks for it: there is never anything to scan. */
static unsigned long kcd_settle_scan(struct shrinker *shrinker,
				     struct shrink_control *sc)
{
	return SHRINK_STOP;
}

/**
 * kcd_settle_begin() - let kswapd pass quiescent states
 *
 * Without the memory for it, detaching only takes longer.
 *
 * Context: process context, may sleep; before the hook is taken out.
 * Return: for kcd_settle_end().
 */
struct shrinker *kcd_settle_begin(void)
{
	return kcd_kernel_shrinker_add(kcd_settle_count, kcd_settle_scan);
}

/**
 * kcd_settle_end() - the hook is out
 * @shrinker: from kcd_settle_begin()
 *
 * Context: process context, may sleep; waits for callers of the shrinker.
 */
void kcd_settle_end(struct shrinker *shrinker)
{
	if (shrinker)
		kcd_kernel_shrinker_remove(shrinker);
}
