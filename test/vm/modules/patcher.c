// SPDX-License-Identifier: GPL-2.0-only
/*
 * A livepatch of the hooked function, only for kernels that do not swap; or of one that
 * has nothing to do with swap, which all tasks must get past.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "kcompressd_kernel.h"

/* Takes the arguments of any kernel, and never gets them: nothing is swapped. */
static int patcher_function(void *one, void *other)
{
	pr_err("BUG: the livepatch was called\n");
	return 0;
}

static int patcher_cmdline(struct seq_file *m, void *v)
{
	seq_puts(m, "patched elsewhere\n");
	return 0;
}

static bool elsewhere;
module_param(elsewhere, bool, 0);

static struct klp_func patcher_elsewhere[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = patcher_cmdline,
	},
	{ }
};

static struct klp_func patcher_functions[] = {
	{
		.old_name = KCD_HOOK_NAME,
		.new_func = patcher_function,
	},
	{ }
};

static struct klp_object patcher_objects[] = {
	{
		.funcs = patcher_functions,
	},
	{ }
};

static struct klp_patch patcher_patch = {
	.mod = THIS_MODULE,
	.objs = patcher_objects,
};

static int __init patcher_init(void)
{
	if (elsewhere)
		patcher_objects[0].funcs = patcher_elsewhere;
	return klp_enable_patch(&patcher_patch);
}

/* Called only after it has been disabled. */
static void __exit patcher_exit(void)
{
}

module_init(patcher_init);
module_exit(patcher_exit);

MODULE_DESCRIPTION("Test: a livepatch of the hooked function, or of another");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
