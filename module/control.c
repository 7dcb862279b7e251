// SPDX-License-Identifier: GPL-2.0
/* Turning it on and off: how deep the FIFO may be, and whether to hook at all. */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "kcompressd.h"

static DEFINE_MUTEX(kcd_control_lock);

/* What the user has set. */
static unsigned int kcd_depth_set;
/* What holds now: the same, or 0 while the machine is being suspended. */
static unsigned int kcd_depth_now;
static bool kcd_paused;
static bool kcd_attached;

/**
 * kcd_control_depth() - greatest depth of the FIFOs that holds now
 *
 * Context: any.
 * Return: folios; 0 while turned off or paused.
 */
unsigned int kcd_control_depth(void)
{
	return READ_ONCE(kcd_depth_now);
}

/**
 * kcd_control_depth_set() - the depth that the user has set
 *
 * Return: folios.
 */
unsigned int kcd_control_depth_set(void)
{
	return READ_ONCE(kcd_depth_set);
}

/**
 * kcd_control_attached() - is the hook in?
 *
 * Context: any; the ftrace callback asks too.
 * Return: true if kswapd's folios come to us.
 */
bool notrace kcd_control_attached(void)
{
	return READ_ONCE(kcd_attached);
}

static void kcd_control_drain(unsigned int depth)
{
	struct kcd_node *node;

	kcd_for_each_node(node) {
		kcd_queue_drain(node, depth);
		if (!depth) {
			kcd_late_flush(node);
			flush_workqueue(node->wq);
		}
	}
}

/*
 * Make it so: hook in or out, FIFOs no deeper than allowed. Going off, folios
 * are refused first, then the hook goes out, and what kswapd may have queued
 * until then is written, and the writers are at rest, before anyone is told
 * that it is off.
 */
static int kcd_control_apply(void)
{
	unsigned int depth = kcd_paused ? 0 : kcd_depth_set;
	int ret;

	lockdep_assert_held(&kcd_control_lock);
	if (depth && !kcd_attached) {
		ret = kcd_hook_attach();
		if (ret)
			return ret;
		WRITE_ONCE(kcd_attached, true);
	}
	WRITE_ONCE(kcd_depth_now, depth);
	if (!depth && kcd_attached) {
		ret = kcd_hook_detach();
		if (ret) {
			pr_err("cannot take the hook out: %d; folios pass through it, and the module has to stay\n",
			       ret);
			kcd_control_drain(0);
			return ret;
		}
		WRITE_ONCE(kcd_attached, false);
	}
	kcd_control_drain(depth);
	return 0;
}

/**
 * kcd_control_set_depth() - set the depth of the FIFOs
 * @depth: 0..KCD_DEPTH_MAX folios per node; 0 takes the hook out
 *
 * Context: process context; returns when no FIFO is deeper than that, and for
 * 0 when they are empty and the hook is out.
 * Return: 0, or an error from ftrace. If the hook did not get in, the old depth
 * is still set; if it did not get out, the new one is, and folios pass through.
 */
int kcd_control_set_depth(unsigned int depth)
{
	unsigned int old;
	int ret;

	mutex_lock(&kcd_control_lock);
	old = kcd_depth_set;
	WRITE_ONCE(kcd_depth_set, depth);
	ret = kcd_control_apply();
	if (ret && !kcd_attached)
		WRITE_ONCE(kcd_depth_set, old);
	mutex_unlock(&kcd_control_lock);
	return ret;
}

/**
 * kcd_control_shutdown() - turn it off for good
 *
 * Returns only when the hook is out: the text must not go while ftrace may
 * still jump to it, so if ftrace has failed for good, unloading never ends. What
 * was written and is still held is let go of: soon nobody hears any more that its
 * memory goes, and a writer that was slow to start may yet come and look at it.
 *
 * Context: process context, may sleep.
 */
void kcd_control_shutdown(void)
{
	struct kcd_node *node;

	while (kcd_control_set_depth(0))
		schedule_timeout_idle(10 * HZ);
	kcd_for_each_node(node)
		kcd_handback_forget(node);
}

/**
 * kcd_control_pause() - step aside, or come back
 * @pause: true to drain and take the hook out, whatever depth is set
 *
 * Context: process context, may sleep.
 */
void kcd_control_pause(bool pause)
{
	mutex_lock(&kcd_control_lock);
	kcd_paused = pause;
	if (kcd_control_apply()) {
		if (pause)
			pr_err("cannot step aside for suspend\n");
		else
			pr_err("cannot come back after suspend; write vm.kcompressd again\n");
	}
	mutex_unlock(&kcd_control_lock);
}
