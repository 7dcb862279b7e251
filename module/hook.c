// SPDX-License-Identifier: GPL-2.0
/*
 * Where a folio enters: kswapd calls the function that writes folios to swap
 * (KCD_HOOK_NAME), ftrace brings it here.
 *
 * The ftrace callback only decides; everyone but the folio's own kswapd goes
 * on into the kernel's function and never runs more of this module than that.
 * So does that kswapd where there is nobody to hand over to.
 */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/ftrace.h>
#include <linux/jiffies.h>
#include <linux/mmzone.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "kcompressd.h"

/* How often to ask ftrace again, and after how many jiffies: for a second. */
#define KCD_HOOK_TRIES 100
#define KCD_HOOK_RETRY (HZ / KCD_HOOK_TRIES)

/*
 * kswapd's folio, first thing in this module that may sleep. @inside is the
 * first and the last act, so that detaching can wait for it.
 */
static int kcd_hook_offer(struct folio *folio, kcd_io_t *io)
{
	struct kcd_node *node = kcd_nodes[folio_nid(folio)];
	enum kcd_bypass reason;
	int ret;

	atomic_inc(&node->inside);

	/* Looked at first: an exchange takes the line from the writers. */
	if (atomic_long_read(&node->credit))
		kcd_kernel_credit(atomic_long_xchg(&node->credit, 0));

	reason = kcd_policy_folio(node, folio);
	if (reason == KCD_BYPASS_NONE)
		ret = kcd_queue_offer(node, folio, io);
	else
		ret = kcd_queue_bypass(node, folio, reason, io);

	atomic_dec(&node->inside);
	return ret;
}

KCD_DEFINE_REPLACEMENT(kcd_hook_replacement, kcd_hook_offer)

/*
 * Runs in every caller of the hooked function: nothing of this module that is
 * called here may be traceable, and nothing at all may sleep or take a lock, which
 * on a real-time kernel would be to sleep. What kswapd calls from inside the
 * replacement, for this folio or for the oldest, is the kernel's own way. It is not
 * known by its return address: a kretprobe has another there (arm64,
 * arch_prepare_kretprobe()).
 */
static void notrace kcd_hook_callback(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops, kcd_regs_t *regs)
{
	struct kcd_node *node;
	int nid;

	/*
	 * Where ftrace calls all of a list it calls this one before it has looked whether
	 * others redirect the function, and nobody waits for it then (ftrace_startup()).
	 */
	if (!current_is_kswapd() || !kcd_control_attached())
		return;
	nid = kcd_kernel_hook_nid(regs);
	/* Shrinkers bring folios of other nodes; their order is not ours. */
	node = READ_ONCE(kcd_nodes[nid]);
	if (NODE_DATA(nid)->kswapd != current || !node ||
	    atomic_read(&node->inside) || kcd_queue_leave(node))
		return;
	kcd_kernel_redirect(regs, (unsigned long)kcd_hook_replacement);
}

static struct ftrace_ops kcd_hook_ops = {
	.func = kcd_hook_callback,
	.flags = KCD_FTRACE_FLAGS,
};

/*
 * A BPF program at the same function has to make room, and says -EAGAIN while
 * another comes or goes, there or at a function that shares its lock
 * (kernel/bpf/trampoline.c, bpf_tramp_ftrace_ops_func()).
 */
static int kcd_hook_register(void)
{
	unsigned int tries;
	int ret;

	for (tries = 0; tries < KCD_HOOK_TRIES; tries++) {
		ret = register_ftrace_function(&kcd_hook_ops);
		if (ret != -EAGAIN)
			break;
		schedule_timeout_uninterruptible(KCD_HOOK_RETRY);
	}
	return ret;
}

/**
 * kcd_hook_attach() - let kswapd's folios come to us
 *
 * Context: process context, may sleep; control.c calls one at a time.
 * Return: 0; -EBUSY if the function is already redirected, by a livepatch for
 * example, or if kernel.ftrace_enabled is 0; -EAGAIN if BPF programs came and went
 * for a second; -EINVAL if ftrace does not know the function.
 */
int kcd_hook_attach(void)
{
	unsigned long ip = (unsigned long)kcd_kernel_find(KCD_HOOK_NAME);
	int ret;

	/* By its name ftrace would take other modules' functions, too. */
	ret = ftrace_set_filter_ip(&kcd_hook_ops, ip, 0, 1);
	if (ret) {
		pr_err("ftrace cannot hook " KCD_HOOK_NAME "(): %d\n", ret);
		return ret;
	}
	ret = kcd_hook_register();
	if (ret == -EBUSY)
		pr_err(KCD_HOOK_NAME "() is already redirected (by a livepatch, or BPF before 6.0), or kernel.ftrace_enabled is 0\n");
	else if (ret)
		pr_err("cannot hook " KCD_HOOK_NAME "(): %d\n", ret);
	return ret;
}

/**
 * kcd_hook_detach() - take the hook out and wait until nobody is inside
 *
 * unregister_ftrace_function() waits for the callback and the trampoline, but
 * not for a task that sleeps in the replacement. Tasks between the trampoline
 * and @inside, or between @inside and the return, do not sleep: for those
 * synchronize_rcu_tasks() before and after.
 *
 * Context: process context, may sleep; the policy must already refuse folios.
 * Return: 0, or an error with the hook still in.
 */
int kcd_hook_detach(void)
{
	struct kcd_node *node;
	int ret;

	kcd_settle_begin();
	ret = unregister_ftrace_function(&kcd_hook_ops);
	if (!ret) {
		synchronize_rcu_tasks();
		kcd_for_each_node(node)
			while (atomic_read(&node->inside))
				schedule_timeout_uninterruptible(1);
		synchronize_rcu_tasks();
	}
	kcd_settle_end();
	return ret;
}

/**
 * kcd_hook_free() - free what attaching has left behind
 *
 * An empty filter: ftrace_free_filter() is not exported by 5.10, and leaves
 * pointers to what it has freed up to 6.12.
 *
 * Context: process context; the hook is out.
 */
void kcd_hook_free(void)
{
	ftrace_set_filter(&kcd_hook_ops, NULL, 0, 1);
	kcd_settle_free();
}
