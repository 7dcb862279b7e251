// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/mm/kcompressd: settings, and what each node does. */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "kcompressd.h"

static struct kobject *kcd_sysfs_root;

static const char * const kcd_sysfs_bypass[KCD_BYPASS_NR] = {
	[KCD_BYPASS_OFF] = "off",
	[KCD_BYPASS_CPUS] = "cpus",
	[KCD_BYPASS_STATE] = "state",
	[KCD_BYPASS_SHMEM] = "shmem",
	[KCD_BYPASS_MEMCG] = "memcg",
	[KCD_BYPASS_DEVICE] = "device",
	[KCD_BYPASS_SAME_FILLED] = "same_filled",
	[KCD_BYPASS_REJECTED] = "rejected",
	[KCD_BYPASS_LARGE] = "large",
	[KCD_BYPASS_BOUND] = "bound",
	[KCD_BYPASS_WATERMARK] = "watermark",
};

static const char * const kcd_sysfs_outcome[KCD_OUTCOME_NR] = {
	[KCD_FREED] = "handback_freed",
	[KCD_GONE] = "handback_gone",
	[KCD_REUSED] = "handback_reused",
	[KCD_ASYNC] = "handback_async",
	[KCD_KEPT] = "handback_kept",
	[KCD_FORGOTTEN] = "handback_forgotten",
	[KCD_FAILED] = "failed_writes",
};

/* ---- settings ---------------------------------------------------------- */

static ssize_t writers_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", kcd_writer_get());
}

static ssize_t writers_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	unsigned int writers;

	if (kstrtouint(buf, 0, &writers) || writers > KCD_WRITERS_MAX)
		return -EINVAL;
	kcd_writer_set(writers);
	return count;
}

static struct kobj_attribute kcd_sysfs_writers = __ATTR_RW(writers);

static ssize_t hook_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  kcd_control_attached() ? "attached" : "detached");
}

static struct kobj_attribute kcd_sysfs_hook = __ATTR_RO(hook);

static const struct attribute *kcd_sysfs_attrs[] = {
	&kcd_sysfs_writers.attr,
	&kcd_sysfs_hook.attr,
	NULL,
};

/* ---- nodes ------------------------------------------------------------- */

struct kcd_node_attr {
	struct attribute attr;
	ssize_t (*show)(struct kcd_node *node, char *buf);
};

#define KCD_NODE_ATTR(_name)						\
static struct kcd_node_attr kcd_sysfs_##_name = {			\
	.attr = { .name = #_name, .mode = 0444 },			\
	.show = kcd_sysfs_show_##_name,					\
}

/* What of the node is shown beside its counters, copied in the same moment. */
struct kcd_sysfs_now {
	struct kcd_stat stat;
	u64 waiting;
	u64 writing;
	u64 pending;
	u64 waiting_pages;
	u64 unfreed_pages;
};

static void kcd_sysfs_snapshot(struct kcd_node *node, struct kcd_sysfs_now *now)
{
	unsigned long left;

	spin_lock(&node->lock);
	now->stat = node->stat;
	left = READ_ONCE(node->left);
	now->stat.offered += left;
	now->stat.bypassed[KCD_BYPASS_CPUS] += left;
	now->waiting = kcd_fifo_len(&node->fifo) + node->writing;
	now->writing = node->writing;
	now->pending = kcd_handback_len(node) + node->checking;
	now->waiting_pages = node->fifo.pages + node->writing_pages;
	now->unfreed_pages = node->unfreed_pages;
	spin_unlock(&node->lock);
}

static ssize_t kcd_sysfs_show_stat(struct kcd_node *node, char *buf)
{
	struct kcd_sysfs_now *now = kmalloc(sizeof(*now), GFP_KERNEL);
	const struct kcd_stat *stat = &now->stat;
	int i, len = 0;

	if (!now)
		return -ENOMEM;
	kcd_sysfs_snapshot(node, now);

	len += sysfs_emit_at(buf, len, "offered %llu\n", stat->offered);
	for (i = KCD_BYPASS_NONE + 1; i < KCD_BYPASS_NR; i++)
		len += sysfs_emit_at(buf, len, "bypassed_%s %llu\n",
				     kcd_sysfs_bypass[i], stat->bypassed[i]);
	len += sysfs_emit_at(buf, len, "queued %llu\n", stat->queued);
	len += sysfs_emit_at(buf, len, "written_worker %llu\n", stat->written_worker);
	len += sysfs_emit_at(buf, len, "written_kswapd %llu\n", stat->written_kswapd);
	len += sysfs_emit_at(buf, len, "written_late %llu\n", stat->written_late);
	len += sysfs_emit_at(buf, len, "waiting %llu\n", now->waiting);
	len += sysfs_emit_at(buf, len, "writing %llu\n", now->writing);
	for (i = KCD_WRITTEN + 1; i < KCD_OUTCOME_NR; i++)
		len += sysfs_emit_at(buf, len, "%s %llu\n", kcd_sysfs_outcome[i],
				     stat->outcome[i]);
	len += sysfs_emit_at(buf, len, "pending %llu\n", now->pending);
	len += sysfs_emit_at(buf, len, "freed_pages %llu\n", stat->freed_pages);
	len += sysfs_emit_at(buf, len, "oom_pages %llu\n", stat->oom_pages);
	len += sysfs_emit_at(buf, len, "waiting_pages %llu\n", now->waiting_pages);
	len += sysfs_emit_at(buf, len, "pending_pages %llu\n", now->unfreed_pages);
	len += sysfs_emit_at(buf, len, "bound_pages %lu\n",
			     kcd_policy_bound(node->nid));
	len += sysfs_emit_at(buf, len, "bound_pages_max %llu\n", stat->unfreed_pages_max);
	len += sysfs_emit_at(buf, len, "depth_max %llu\n", stat->depth_max);
	len += sysfs_emit_at(buf, len, "wait_ns %llu\n", stat->wait_ns);
	len += sysfs_emit_at(buf, len, "write_ns %llu\n", stat->write_ns);
	kfree(now);
	return len;
}
KCD_NODE_ATTR(stat);

static ssize_t kcd_sysfs_show_histogram(struct kcd_node *node,
					const struct kcd_histogram *live,
					char *buf)
{
	struct kcd_histogram hist;
	int i, len = 0;

	spin_lock(&node->lock);
	hist = *live;
	spin_unlock(&node->lock);

	for (i = 0; i < KCD_HIST_BUCKETS; i++)
		len += sysfs_emit_at(buf, len, "%llu %llu\n", 1ULL << i,
				     hist.count[i]);
	return len;
}

static ssize_t kcd_sysfs_show_wait_ns_histogram(struct kcd_node *node, char *buf)
{
	return kcd_sysfs_show_histogram(node, &node->stat.wait, buf);
}
KCD_NODE_ATTR(wait_ns_histogram);

static ssize_t kcd_sysfs_show_write_ns_histogram(struct kcd_node *node, char *buf)
{
	return kcd_sysfs_show_histogram(node, &node->stat.write, buf);
}
KCD_NODE_ATTR(write_ns_histogram);

static ssize_t kcd_sysfs_show_free_ns_histogram(struct kcd_node *node, char *buf)
{
	return kcd_sysfs_show_histogram(node, &node->stat.free, buf);
}
KCD_NODE_ATTR(free_ns_histogram);

static struct attribute *kcd_node_attrs[] = {
	&kcd_sysfs_stat.attr,
	&kcd_sysfs_wait_ns_histogram.attr,
	&kcd_sysfs_write_ns_histogram.attr,
	&kcd_sysfs_free_ns_histogram.attr,
	NULL,
};
ATTRIBUTE_GROUPS(kcd_node);

static ssize_t kcd_node_show(struct kobject *kobj, struct attribute *attr,
			     char *buf)
{
	struct kcd_node *node = container_of(kobj, struct kcd_node, kobj);

	return container_of(attr, struct kcd_node_attr, attr)->show(node, buf);
}

static const struct sysfs_ops kcd_node_sysfs_ops = {
	.show = kcd_node_show,
};

static void kcd_node_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct kcd_node, kobj)->released);
}

static const struct kobj_type kcd_node_type = {
	.sysfs_ops = &kcd_node_sysfs_ops,
	.default_groups = kcd_node_groups,
	.release = kcd_node_release,
};

/**
 * kcd_sysfs_init_node() - prepare the files of a node
 * @node: new; @released completes after the last kobject_put()
 */
void kcd_sysfs_init_node(struct kcd_node *node)
{
	kcd_kernel_kobject_init(&node->kobj, &kcd_node_type);
}

/**
 * kcd_sysfs_add_node() - make the files of a node
 * @node: ready to be read
 *
 * Context: process context, may sleep.
 * Return: 0 or an error.
 */
int kcd_sysfs_add_node(struct kcd_node *node)
{
	return kobject_add(&node->kobj, kcd_sysfs_root, "node%d", node->nid);
}

/**
 * kcd_sysfs_create() - make /sys/kernel/mm/kcompressd
 *
 * Context: module init.
 * Return: 0 or an error.
 */
int kcd_sysfs_create(void)
{
	int ret;

	kcd_sysfs_root = kobject_create_and_add("kcompressd", *kcd_kernel_mm_kobj);
	if (!kcd_sysfs_root)
		return -ENOMEM;
	ret = sysfs_create_files(kcd_sysfs_root, kcd_sysfs_attrs);
	if (ret)
		kobject_put(kcd_sysfs_root);
	return ret;
}

/**
 * kcd_sysfs_remove() - remove it; the nodes are gone
 *
 * Context: process context.
 */
void kcd_sysfs_remove(void)
{
	/* With CONFIG_DEBUG_KOBJECT_RELEASE the last put takes its time. */
	kobject_del(kcd_sysfs_root);
	kobject_put(kcd_sysfs_root);
}
