// SPDX-License-Identifier: GPL-2.0-only
/* Has a function with the name of the hooked one, as a module may. */
#include <linux/module.h>

#include "kcompressd_kernel.h"

static noinline __used void twin_function(void)
	__asm__(KCD_HOOK_NAME);

static noinline __used void twin_function(void)
{
	barrier();
}

static int __init twin_init(void)
{
	twin_function();
	return 0;
}

static void __exit twin_exit(void)
{
}

module_init(twin_init);
module_exit(twin_exit);

MODULE_DESCRIPTION("Test: another function of that name");
MODULE_LICENSE("GPL");
