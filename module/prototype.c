// SPDX-License-Identifier: GPL-2.0
/*
 * Are the functions that are called by static call, and the hooked one, what
 * this module was built for? A wrong guess about an argument would corrupt
 * memory; so what the kernel's BTF says is compared before any is called, but
 * kallsyms_lookup_name(), by which the others and the BTF itself are found.
 *
 * Only the bytes of BTF are read, none of the kernel's functions around it is
 * called: those would have to be proved too.
 */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "kcompressd.h"
#include "kcompressd_prototype.h"

#define KCD_PROTOTYPE_WRITE	KCD_HOOK_NAME " " KCD_KERNEL_TEXT(KCD_KERNEL_WRITE)
#define KCD_PROTOTYPE_ISOLATE	KCD_ISOLATE_NAME " " KCD_KERNEL_TEXT(KCD_KERNEL_ISOLATE)
#define KCD_PROTOTYPE_RECLAIM	"reclaim_pages " KCD_KERNEL_TEXT(KCD_KERNEL_RECLAIM)
#define KCD_PROTOTYPE_SPILL	"drain_local_pages " KCD_KERNEL_TEXT(KCD_KERNEL_SPILL)
#define KCD_PROTOTYPE_DEVICE	"get_swap_device " KCD_KERNEL_TEXT(KCD_KERNEL_DEVICE)
#define KCD_PROTOTYPE_IDLE	"idle_cpu " KCD_KERNEL_TEXT(KCD_KERNEL_IDLE)
#define KCD_PROTOTYPE_LOOKUP	"kallsyms_lookup_name " KCD_KERNEL_TEXT(KCD_KERNEL_LOOKUP)

/* Not needed: called only in the form that is proved. */
#define KCD_PROTOTYPE_PRESSURE	"vmpressure " KCD_KERNEL_TEXT(KCD_KERNEL_PRESSURE)
#define KCD_PROTOTYPE_PRESSURE_ORDER \
	"vmpressure " KCD_KERNEL_TEXT(KCD_KERNEL_PRESSURE_ORDER)

/* For who builds (proof/run), and for who asks modinfo. */
MODULE_INFO(prototype, KCD_PROTOTYPE_WRITE);
MODULE_INFO(prototype, KCD_PROTOTYPE_ISOLATE);
MODULE_INFO(prototype, KCD_PROTOTYPE_RECLAIM);
MODULE_INFO(prototype, KCD_PROTOTYPE_SPILL);
MODULE_INFO(prototype, KCD_PROTOTYPE_DEVICE);
MODULE_INFO(prototype, KCD_PROTOTYPE_IDLE);
MODULE_INFO(prototype, KCD_PROTOTYPE_LOOKUP);

static const char * const kcd_prototypes[] = {
	KCD_PROTOTYPE_WRITE,
	KCD_PROTOTYPE_ISOLATE,
	KCD_PROTOTYPE_RECLAIM,
	KCD_PROTOTYPE_SPILL,
	KCD_PROTOTYPE_DEVICE,
	KCD_PROTOTYPE_IDLE,
	KCD_PROTOTYPE_LOOKUP,
};

static int kcd_prototype_check(const struct kcd_btf *btf, const char *prototype)
{
	char found[KCD_PROTOTYPE_TEXT];

	switch (kcd_prototype_prove(btf, prototype, found)) {
	case KCD_PROVED:
		return 0;
	case KCD_DIFFERS:
		pr_err("built for \"%s\", but this kernel has \"%s\"\n",
		       prototype, found);
		break;
	case KCD_UNKNOWN:
		pr_err("built for \"%s\", which this kernel's BTF does not have\n",
		       prototype);
		break;
	}
	return -ENOEXEC;
}

static bool kcd_prototype_is(const struct kcd_btf *btf, const char *prototype)
{
	char found[KCD_PROTOTYPE_TEXT];

	cond_resched();
	return kcd_prototype_prove(btf, prototype, found) == KCD_PROVED;
}

static int kcd_prototype_check_all(struct kcd_btf *btf)
{
	u32 *offset = kvmalloc_array(btf->nr, sizeof(*offset), GFP_KERNEL);
	bool plain;
	int i, ret = 0;

	if (!offset)
		return -ENOMEM;
	kcd_btf_index(btf, offset);
	for (i = 0; i < ARRAY_SIZE(kcd_prototypes) && !ret; i++) {
		ret = kcd_prototype_check(btf, kcd_prototypes[i]);
		/* Each looks at all types, which takes seconds where CPUs are slow. */
		cond_resched();
	}
	if (!ret) {
		plain = kcd_prototype_is(btf, KCD_PROTOTYPE_PRESSURE);
		kcd_kernel_use_pressure(plain, !plain &&
					kcd_prototype_is(btf, KCD_PROTOTYPE_PRESSURE_ORDER));
	}
	kvfree(offset);
	return ret;
}

/**
 * kcd_prototype_check_kernel() - refuse a kernel whose functions are others
 *
 * Where kernels are built without BTF the version decides, which
 * include/kcompressd_kernel.h has looked at: it lets those that were not
 * tested be built for only if they are to have BTF. One that is to have it and
 * has not is another one than it says.
 *
 * Context: module init, after kcd_kernel_resolve().
 * Return: 0, or an error after a line in the log.
 */
int kcd_prototype_check_kernel(void)
{
	/* Where the linker has put it; both equal if there is none. */
	const char *start = kcd_kernel_find("__start_BTF");
	const char *stop = kcd_kernel_find("__stop_BTF");
	struct kcd_btf btf;

	if (start == stop) {
		if (KCD_KERNEL_TESTED && !IS_ENABLED(CONFIG_DEBUG_INFO_BTF)) {
			pr_info("this kernel has no BTF: its prototypes are taken to be those of its version\n");
			kcd_kernel_use_pressure(!KCD_KERNEL_PRESSURE_HAS_ORDER,
						KCD_KERNEL_PRESSURE_HAS_ORDER);
			return 0;
		}
		pr_err("this kernel has no BTF, which is needed to prove its prototypes\n");
		return -ENOEXEC;
	}
	if (!start || !stop || !kcd_btf_open(&btf, start, stop - start)) {
		pr_err("cannot read this kernel's BTF\n");
		return -ENOEXEC;
	}
	return kcd_prototype_check_all(&btf);
}
