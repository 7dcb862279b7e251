// SPDX-License-Identifier: GPL-2.0-only
/* Holds the hooked function as a livepatch would, so that nobody else can. */
#include <linux/ftrace.h>
#include <linux/module.h>

#include "kcompressd_kernel.h"

static void notrace holder_callback(unsigned long ip, unsigned long parent_ip,
				    struct ftrace_ops *ops, kcd_regs_t *regs)
{
}

static struct ftrace_ops holder_ops = {
	.func = holder_callback,
	.flags = KCD_FTRACE_FLAGS,
};

static int __init holder_init(void)
{
	int ret;

	ret = ftrace_set_filter(&holder_ops, KCD_HOOK_NAME,
				strlen(KCD_HOOK_NAME), 1);
	if (ret)
		return ret;
	ret = register_ftrace_function(&holder_ops);
	if (ret)
		ftrace_set_filter(&holder_ops, NULL, 0, 1);
	return ret;
}

static void __exit holder_exit(void)
{
	unregister_ftrace_function(&holder_ops);
	ftrace_set_filter(&holder_ops, NULL, 0, 1);
}

module_init(holder_init);
module_exit(holder_exit);

MODULE_DESCRIPTION("Test: holds a function as a livepatch would");
MODULE_LICENSE("GPL");
