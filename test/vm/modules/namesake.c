// SPDX-License-Identifier: GPL-2.0-only
/* Has a vm.kcompressd of its own, as a patched kernel would. */
#include <linux/module.h>
#include <linux/sysctl.h>

#include "kcompressd_kernel.h"

static int namesake_value = 4321;

static struct ctl_table namesake_table[KCD_SYSCTL_ENTRIES] = {
	{
		.procname = "kcompressd",
		.data = &namesake_value,
		.maxlen = sizeof(namesake_value),
		.mode = 0644,
		.proc_handler = proc_dointvec,
	},
};

static struct ctl_table_header *namesake_header;

static int __init namesake_init(void)
{
	namesake_header = register_sysctl("vm", namesake_table);
	return namesake_header ? 0 : -ENOMEM;
}

static void __exit namesake_exit(void)
{
	unregister_sysctl_table(namesake_header);
}

module_init(namesake_init);
module_exit(namesake_exit);

MODULE_DESCRIPTION("Test: a vm.kcompressd of somebody else");
MODULE_LICENSE("GPL");
