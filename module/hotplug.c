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
#include <linux/workqueue.h>

#include "kcompressd.h"

/*
 * Not in the notifier: it is called with the CPU hotplug lock held, which 6.1
 * takes again to make a workqueue.
 */
static void kcd_hotplug_create(struct work_struct *work)
{
	if (kcd_node_create_all())
		pr_warn("no memory for a new node; its kswapd writes by itself\n");
}

static DECLARE_WORK(kcd_hotplug_work, kcd_hotplug_create);

static struct kcd_node *kcd_hotplug_node(const struct memory_notify *change)
{
	return kcd_nodes[pfn_to_nid(change->start_pfn)];
}

static void kcd_hotplug_going(struct kcd_node *node, bool going)
{
	WRITE_ONCE(node->going, going);
	if (going)
		kcd_queue_drain(node, 0);
}

static int kcd_hotplug_notify(struct notifier_block *nb, unsigned long action,
			      void *data)
{
	struct kcd_node *node;

	switch (action) {
	case MEM_ONLINE:
		schedule_work(&kcd_hotplug_work);
		break;
	case MEM_GOING_OFFLINE:
		/* Migration would wait for the lock of each queued folio. */
		node = kcd_hotplug_node(data);
		if (node)
			kcd_hotplug_going(node, true);
		break;
	case MEM_CANCEL_OFFLINE:
		node = kcd_hotplug_node(data);
		if (node)
			kcd_hotplug_going(node, false);
		break;
	case MEM_OFFLINE:
		node = kcd_hotplug_node(data);
		if (node) {
			/* Again: the module may have come after it was going. */
			kcd_hotplug_going(node, true);
			kcd_handback_forget(node);
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
 * Context: process context; no lock held that making a node takes.
 */
void kcd_hotplug_unregister(void)
{
	unregister_memory_notifier(&kcd_hotplug_nb);
	cancel_work_sync(&kcd_hotplug_work);
}
