// SPDX-License-Identifier: GPL-2.0
/*
 * kcompressd: takes the compression of swapped out memory off kswapd.
 *
 * The way of a folio: hook.c, policy.c, queue.c, writer.c, handback.c.
 * The idea is Kcompressd by Qun-Wei Lin (MediaTek), carried on in
 * Kcompressd-Unofficial by Masahito Suzuki.
 */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>

#include "kcompressd.h"

static unsigned int depth = KCD_DEPTH_DEFAULT;
module_param(depth, uint, 0);
MODULE_PARM_DESC(depth, "vm.kcompressd at load: greatest depth of the FIFO of a node, in folios, 0..256, 0 = off (default 6)");

static unsigned int writers;
module_param(writers, uint, 0);
MODULE_PARM_DESC(writers, "writers per node at load, 1..16, 0 = automatic (default 0)");

static int __init kcd_init(void)
{
	int ret;

	if (depth > KCD_DEPTH_MAX || writers > KCD_WRITERS_MAX) {
		pr_err("depth is 0..%d and writers is 0..%d\n", KCD_DEPTH_MAX,
		       KCD_WRITERS_MAX);
		return -EINVAL;
	}
	kcd_writer_set(writers);

	ret = kcd_sysctl_check();
	if (ret)
		return ret;
	ret = kcd_kernel_resolve();
	if (ret)
		return ret;
	ret = kcd_prototype_check_kernel();
	if (ret)
		return ret;
	ret = kcd_sysfs_create();
	if (ret)
		return ret;
	ret = kcd_late_create();
	if (ret)
		goto fail_late;
	ret = kcd_hotplug_register();
	if (ret)
		goto fail_hotplug;
	ret = kcd_node_create_all();
	if (ret)
		goto fail_nodes;
	ret = kcd_power_register();
	if (ret)
		goto fail_nodes;
	ret = kcd_control_set_depth(depth);
	if (ret)
		goto fail_depth;
	ret = kcd_oom_register();
	if (ret)
		goto fail_oom;
	ret = kcd_sysctl_register();
	if (ret)
		goto fail_sysctl;
	return 0;

fail_sysctl:
	kcd_oom_unregister();
fail_oom:
	kcd_control_shutdown();
fail_depth:
	kcd_hook_free();
	kcd_power_unregister();
fail_nodes:
	kcd_hotplug_unregister();
	kcd_node_destroy_all();
fail_hotplug:
	kcd_late_destroy();
fail_late:
	kcd_sysfs_remove();
	return ret;
}

static void __exit kcd_exit(void)
{
	kcd_sysctl_unregister();
	kcd_power_unregister();
	kcd_oom_unregister();
	kcd_control_shutdown();
	kcd_hook_free();
	kcd_hotplug_unregister();
	kcd_node_destroy_all();
	kcd_late_destroy();
	kcd_sysfs_remove();
}

module_init(kcd_init);
module_exit(kcd_exit);

MODULE_DESCRIPTION("Takes the compression of swapped out memory off kswapd");
MODULE_AUTHOR("The kcompressd authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
