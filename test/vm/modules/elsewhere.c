// SPDX-License-Identifier: GPL-2.0-only
/*
 * A livepatch of a function that has nothing to do with swap: all tasks must get past it,
 * kswapd and the module's writers too.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int elsewhere_cmdline(struct seq_file *m, void *v)
{
	seq_puts(m, "patched elsewhere\n");
	return 0;
}

static struct klp_func elsewhere_functions[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = elsewhere_cmdline,
	},
	{ }
};

static struct klp_object elsewhere_objects[] = {
	{
		.funcs = elsewhere_functions,
	},
	{ }
};

static struct klp_patch elsewhere_patch = {
	.mod = THIS_MODULE,
	.objs = elsewhere_objects,
};

static int __init elsewhere_init(void)
{
	return klp_enable_patch(&elsewhere_patch);
}

/* Called only after it has been disabled. */
static void __exit elsewhere_exit(void)
{
}

module_init(elsewhere_init);
module_exit(elsewhere_exit);

MODULE_DESCRIPTION("Test: a livepatch of /proc/cmdline");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
