// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that comes and goes. Queued folios hold references and are locked,
 * so memory cannot go while they wait; written folios are mere pointers, which
 * must be forgotten before the memory map that they point into is freed.
 */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "kcompressd.h"

static void kcd_hotplug_going(struct kcd_node *node, bool going)
{
	WRITE_ONCE(node->going, going);
	if (going)
		kcd_queue_drain(node, 0);
}

static int kcd_hotplug_notify(struct notifier_block *nb, unsigned long action,
			      void *data)
{
	const struct memory_notify *change = data;
	int nid = pfn_to_nid(change->start_pfn);
	struct kcd_node *node = kcd_nodes[nid];

	switch (action) {
	case MEM_ONLINE:
		if (kcd_node_create(nid))
			pr_warn("no memory for node %d; its folios are written by kswapd\n",
				nid);
		break;
	case MEM_GOING_OFFLINE:
		/* Migration would wait for the lock of each queued folio. */
		if (node)
			kcd_hotplug_going(node, true);
		break;
	case MEM_CANCEL_OFFLINE:
		if (node)
			kcd_hotplug_going(node, false);
		break;
	case MEM_OFFLINE:
		if (node) {
			kcd_handback_forget(node);
			flush_workqueue(node->wq);
			kcd_hotplug_going(node, false);
		}
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block kcd_hotplug_nb = {
	.notifier_call = kcd_hotplug_notify,
};

/**
 * kcd_hotplug_register() - listen for memory that comes and goes
 *
 * Return: 0 or an error from register_memory_notifier().
 */
int kcd_hotplug_register(void)
{
	return register_memory_notifier(&kcd_hotplug_nb);
}

/**
 * kcd_hotplug_unregister() - stop listening, after a running notifier
 *
 * Context: process context.
 */
void kcd_hotplug_unregister(void)
{
	unregister_memory_notifier(&kcd_hotplug_nb);
}
