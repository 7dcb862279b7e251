// SPDX-License-Identifier: GPL-2.0
/*
 * Functions and variables of the kernel that modules cannot link to.
 *
 * They are called by static call, which patches direct calls: an indirect one
 * would be fatal where objtool has sealed the ENDBR of a function whose address
 * the kernel itself never takes.
 */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "kcompressd.h"

DEFINE_STATIC_CALL_NULL(kcd_swap_write, kcd_kernel_type_write);
DEFINE_STATIC_CALL_NULL(kcd_isolate, kcd_kernel_type_isolate);
DEFINE_STATIC_CALL_NULL(kcd_reclaim_pages, kcd_kernel_type_reclaim);
DEFINE_STATIC_CALL_NULL(kcd_drain_local_pages, kcd_kernel_type_spill);
DEFINE_STATIC_CALL_NULL(kcd_idle_cpu, kcd_kernel_type_idle);
DEFINE_STATIC_CALL_NULL(kcd_get_swap_device, kcd_kernel_type_device);

DEFINE_STATIC_CALL_NULL(kcd_kallsyms_lookup_name, kcd_kernel_type_lookup);

/*
 * At least one form of vmpressure() is called in vain. Not static_call_cond(), which on
 * arm64 calls a function of another type for NULL, what kCFI does not allow.
 */
static void kcd_kernel_no_pressure(gfp_t gfp, struct mem_cgroup *memcg, bool tree,
				   unsigned long scanned, unsigned long reclaimed)
{
}

DEFINE_STATIC_CALL(kcd_vmpressure, kcd_kernel_no_pressure);

static void kcd_kernel_no_pressure_order(gfp_t gfp, int order, struct mem_cgroup *memcg,
					 bool tree, unsigned long scanned,
					 unsigned long reclaimed)
{
}

DEFINE_STATIC_CALL(kcd_vmpressure_order, kcd_kernel_no_pressure_order);

bool *kcd_kernel_zswap_enabled;
struct kobject **kcd_kernel_mm_kobj;

/*
 * Where kallsyms_lookup_name() starts. register_kprobe() finds the symbol
 * (kernel/kprobes.c, _kprobe_addr()), but skips an ENDBR; the symbol's own
 * offset tells by how much.
 */
static void *kcd_kernel_find_lookup(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	char name[KSYM_SYMBOL_LEN], *offset;
	unsigned long skipped;
	void *addr;

	if (register_kprobe(&probe))
		return NULL;
	addr = probe.addr;
	unregister_kprobe(&probe);

	sprint_symbol(name, (unsigned long)addr);
	offset = strchr(name, '+');
	if (!offset || sscanf(offset, "+%lx/", &skipped) != 1)
		return NULL;
	*offset = '\0';
	return strcmp(name, probe.symbol_name) ? NULL : addr - skipped;
}

/**
 * kcd_kernel_find() - where a symbol of the kernel is
 * @name: function or variable
 *
 * Context: process context, once kcd_kernel_resolve() has begun.
 * Return: its address, or NULL.
 */
void *kcd_kernel_find(const char *name)
{
	return (void *)static_call(kcd_kallsyms_lookup_name)(name);
}

static void *kcd_kernel_lookup(const char *name)
{
	void *addr = kcd_kernel_find(name);

	if (!addr)
		pr_err("this kernel has no symbol %s (variables need CONFIG_KALLSYMS_ALL)\n",
		       name);
	return addr;
}

/*
 * The variable behind a parameter of the kernel's own. Its name would not do: it is
 * static, and clang's link-time optimization gives it another one.
 */
static bool *kcd_kernel_find_parameter(const char *name)
{
	const struct kernel_param *param = kcd_kernel_lookup("__start___param");
	const struct kernel_param *stop = kcd_kernel_lookup("__stop___param");

	if (!param || !stop)
		return NULL;
	for (; param < stop; param++)
		if (!strcmp(param->name, name) && param->ops->get == param_get_bool)
			return param->arg;
	pr_err("this kernel has no parameter %s that is on or off\n", name);
	return NULL;
}

/**
 * kcd_kernel_resolve() - find what the kernel does not export
 *
 * Context: module init.
 * Return: 0, or -ENOENT after a line in the log that names what is missing.
 */
int kcd_kernel_resolve(void)
{
	typeof(kcd_kernel_type_lookup) *lookup;
	typeof(kcd_kernel_type_write) *write;
	typeof(kcd_kernel_type_isolate) *isolate;
	typeof(kcd_kernel_type_reclaim) *reclaim;
	typeof(kcd_kernel_type_spill) *spill;
	typeof(kcd_kernel_type_device) *device;
	typeof(kcd_kernel_type_idle) *idle;

	lookup = kcd_kernel_find_lookup();
	if (!lookup) {
		pr_err("cannot find kallsyms_lookup_name() (CONFIG_KPROBES and CONFIG_KALLSYMS are needed)\n");
		return -ENOENT;
	}
	static_call_update(kcd_kallsyms_lookup_name, lookup);

	write = kcd_kernel_lookup(KCD_HOOK_NAME);
	isolate = kcd_kernel_lookup(KCD_ISOLATE_NAME);
	reclaim = kcd_kernel_lookup("reclaim_pages");
	spill = kcd_kernel_lookup("drain_local_pages");
	device = kcd_kernel_lookup("get_swap_device");
	idle = kcd_kernel_lookup("idle_cpu");
	kcd_kernel_mm_kobj = kcd_kernel_lookup("mm_kobj");
	if (IS_ENABLED(CONFIG_ZSWAP))
		kcd_kernel_zswap_enabled = kcd_kernel_find_parameter("zswap.enabled");
	if (!write || !isolate || !reclaim || !spill || !device || !idle ||
	    !kcd_kernel_mm_kobj || (IS_ENABLED(CONFIG_ZSWAP) && !kcd_kernel_zswap_enabled))
		return -ENOENT;

	static_call_update(kcd_swap_write, write);
	static_call_update(kcd_isolate, isolate);
	static_call_update(kcd_reclaim_pages, reclaim);
	static_call_update(kcd_drain_local_pages, spill);
	static_call_update(kcd_get_swap_device, device);
	static_call_update(kcd_idle_cpu, idle);
	return 0;
}

/**
 * kcd_kernel_use_pressure() - call vmpressure() from now on
 * @plain: in the form without the order
 * @order: in the form with it
 *
 * What is freed is told to nobody if it is neither, or if the kernel has no such
 * function: that costs network throughput under pressure, and no more.
 *
 * Context: module init.
 */
void kcd_kernel_use_pressure(bool plain, bool order)
{
	void *pressure = kcd_kernel_find("vmpressure");

	if (pressure && plain)
		static_call_update(kcd_vmpressure,
				   (typeof(kcd_kernel_type_pressure) *)pressure);
	else if (pressure && order)
		static_call_update(kcd_vmpressure_order,
				   (typeof(kcd_kernel_type_pressure_order) *)pressure);
}
