// SPDX-License-Identifier: GPL-2.0
/* The nodes that have memory: what belongs to each, made once and kept. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "kcompressd.h"

/* By node number; set once, cleared only when the hook is out for good. */
struct kcd_node *kcd_nodes[MAX_NUMNODES];

/* Memory hotplug and module init make nodes. */
static DEFINE_MUTEX(kcd_node_lock);

static void kcd_node_destroy(struct kcd_node *node)
{
	kcd_late_flush(node);
	if (node->wq)
		destroy_workqueue(node->wq);
	/* Its release function is module text: wait until it has run. */
	kobject_put(&node->kobj);
	wait_for_completion(&node->released);
	kvfree(node->written);
	kfree(node);
}

/**
 * kcd_node_next() - walk through the nodes
 * @node: the last one, or NULL to begin
 *
 * Return: the one with the next higher number, or NULL.
 */
struct kcd_node *kcd_node_next(const struct kcd_node *node)
{
	int nid = node ? node->nid + 1 : 0;

	for (; nid < nr_node_ids; nid++)
		if (READ_ONCE(kcd_nodes[nid]))
			return kcd_nodes[nid];
	return NULL;
}

/*
 * The FIFO, the workqueue and the files of a node, unless it has them already.
 * max_active far above KCD_WRITERS_MAX: of it each node of the machine has its share
 * only (kernel/workqueue.c of 6.12, wq_update_node_max_active()), and all writers are on
 * one. And 1 would make the workqueue ordered and lose its node (6.1, alloc_workqueue()).
 */
static int kcd_node_create(int nid)
{
	struct kcd_node *node;
	int ret = -ENOMEM;

	if (kcd_nodes[nid])
		return 0;
	node = kzalloc_node(sizeof(*node), GFP_KERNEL, nid);
	if (!node)
		return -ENOMEM;
	node->nid = nid;
	spin_lock_init(&node->lock);
	init_waitqueue_head(&node->more);
	init_waitqueue_head(&node->drained);
	init_completion(&node->released);
	kcd_writer_init(node);
	kcd_late_init(node);
	kcd_sysfs_init_node(node);

	node->written = kvmalloc_node(array_size(KCD_WRITTEN_SLOTS,
						 sizeof(*node->written)),
				      GFP_KERNEL, nid);
	if (!node->written)
		goto fail;
	node->wq = alloc_workqueue("kcompressd%d",
				   WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
				   WQ_MAX_ACTIVE, nid);
	if (!node->wq)
		goto fail;
	ret = kcd_sysfs_add_node(node);
	if (ret)
		goto fail;
	/* Pairs with the address dependency of who finds it in the hook. */
	smp_store_release(&kcd_nodes[nid], node);
	return 0;

fail:
	kcd_node_destroy(node);
	return ret;
}

/**
 * kcd_node_create_all() - make all nodes that have memory and are not made yet
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM; kcd_node_destroy_all() undoes what was made.
 */
int kcd_node_create_all(void)
{
	int nid, ret = 0;

	mutex_lock(&kcd_node_lock);
	for_each_node_state(nid, N_MEMORY) {
		ret = kcd_node_create(nid);
		if (ret)
			break;
	}
	mutex_unlock(&kcd_node_lock);
	return ret;
}

/**
 * kcd_node_destroy_all() - unmake all nodes
 *
 * Context: process context; the hook is out, the FIFOs are empty, and what was
 * written is forgotten. Waits for the writers, who find nothing to do.
 */
void kcd_node_destroy_all(void)
{
	struct kcd_node *node;

	while ((node = kcd_node_next(NULL))) {
		kcd_nodes[node->nid] = NULL;
		kcd_node_destroy(node);
	}
}
