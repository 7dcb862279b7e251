/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs from kernel to kernel, and what the kernel does not export.
 *
 * The one place that knows kernel versions. Everything else reads as if there
 * were one kernel. docs/kernels.md says what each branch relies on.
 */
#ifndef KCOMPRESSD_KERNEL_H
#define KCOMPRESSD_KERNEL_H

#include <linux/version.h>

#define KCD_SERIES (LINUX_VERSION_CODE >> 8)
#define KCD_LINUX(major, minor) (KERNEL_VERSION(major, minor, 0) >> 8)

/*
 * Has it passed the suite with this module (docs/kernels.md: how much of it), or
 * is it taken because its functions are proved to be those of one that has
 * (module/prototype.c)?
 */
#ifdef CONFIG_X86_64
#define KCD_KERNEL_TESTED \
	(KCD_SERIES == KCD_LINUX(5, 10) || KCD_SERIES == KCD_LINUX(6, 1) || \
	 KCD_SERIES == KCD_LINUX(6, 12) || KCD_SERIES == KCD_LINUX(7, 2) || \
	 KCD_SERIES == KCD_LINUX(7, 3))
#define KCD_KERNEL_PROVED \
	(KCD_SERIES == KCD_LINUX(5, 15) || \
	 (KCD_SERIES >= KCD_LINUX(5, 17) && KCD_SERIES < KCD_LINUX(7, 3)))
#else
#define KCD_KERNEL_TESTED 0
#define KCD_KERNEL_PROVED \
	(KCD_SERIES >= KCD_LINUX(6, 12) && KCD_SERIES <= KCD_LINUX(7, 3))
#endif

/* dkms.conf names the same. */
#if !KCD_KERNEL_TESTED && !KCD_KERNEL_PROVED
#error "kcompressd supports Linux 5.10, 5.15 and 5.17 to 7.3 (arm64: 6.12 to 7.3), not this one"
#endif

/*
 * By number alone a kernel is known from its first stable release on: before, functions
 * may already be those of the next, which has no number of its own yet.
 */
#if (!KCD_KERNEL_TESTED || !(LINUX_VERSION_CODE & 0xff)) && \
	!defined(CONFIG_DEBUG_INFO_BTF)
#error "kcompressd supports this kernel with CONFIG_DEBUG_INFO_BTF only"
#endif

#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "kcompressd supports x86-64 and arm64"
#endif

#if KCD_SERIES == KCD_LINUX(5, 10) ? !defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) : \
	!defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#error "kcompressd needs CONFIG_DYNAMIC_FTRACE_WITH_ARGS (5.10: CONFIG_DYNAMIC_FTRACE_WITH_REGS)"
#endif

#if !defined(CONFIG_KPROBES) || !defined(CONFIG_KALLSYMS_ALL)
#error "kcompressd needs CONFIG_KPROBES and CONFIG_KALLSYMS_ALL"
#endif

/* That driver has one of its own: by name alone nobody knows which is which. */
#ifdef CONFIG_MLX5_CORE
#error "kcompressd needs CONFIG_MLX5_CORE as a module: built in, reclaim_pages() is there twice"
#endif

/*
 * A BPF program that is refused beside the hook would leave freed memory in use. 5.11 to
 * 5.14 and 5.16 were at their end before that was mended.
 */
#define KCD_KERNEL_BEFORE(major, minor, patch) \
	(KCD_SERIES == KCD_LINUX(major, minor) && \
	 LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, patch))
#if KCD_KERNEL_BEFORE(5, 10, 121) || KCD_KERNEL_BEFORE(5, 15, 46) || \
	KCD_KERNEL_BEFORE(5, 17, 14) || KCD_KERNEL_BEFORE(5, 18, 3)
#error "kcompressd needs 5.10.121, 5.15.46, 5.17.14, 5.18.3 or later: ftrace uses what it has freed"
#endif

/* After all refusals: who is refused may not have these. */
#include <linux/ftrace.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/static_call.h>
#include <linux/swap.h>
#include <linux/sysctl.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#if KCD_SERIES >= KCD_LINUX(7, 3)
#include <linux/bio.h>
#include <linux/swap_ops.h>
#elif KCD_SERIES < KCD_LINUX(5, 16)
#if KCD_SERIES == KCD_LINUX(5, 10)
/* Nothing to undo without CONFIG_HIGHMEM, which no 64-bit kernel has. */
static inline void kunmap_local(const void *addr)
{
}
#endif
#include "kcompressd_folio.h"
#endif

/* ---- functions that modules cannot link to ----------------------------- */

/*
 * A function's type, as "what it returns, arguments", in the kernel's own words:
 * for the compiler, and as a text to compare with the kernel's BTF.
 */
#define KCD_KERNEL_TYPE_(returns, ...) typeof(returns(__VA_ARGS__))
#define KCD_KERNEL_TYPE(...) KCD_KERNEL_TYPE_(__VA_ARGS__)
#define KCD_KERNEL_TEXT_(returns, ...) #returns " (" #__VA_ARGS__ ")"
#define KCD_KERNEL_TEXT(...) KCD_KERNEL_TEXT_(__VA_ARGS__)

/* ---- the hooked function ---------------------------------------------- */

/*
 * Prototypes: mm/swap.h, which modules cannot include. Beside the folio kswapd
 * passes a kcd_io_t, which lives on the stack of its caller in mm/vmscan.c and
 * may be used only until the hook returns.
 *
 * KCD_DEFINE_REPLACEMENT(name, offer) defines the function that kswapd is
 * redirected to; int offer(struct folio *, kcd_io_t *) returns what the hooked
 * function would.
 *
 * Functions named kcd_kernel_type_* do not exist: they lend their type.
 */
#if KCD_SERIES >= KCD_LINUX(7, 3)

#define KCD_HOOK_NAME "swap_writeout"
#define KCD_HOOK_FOLIO_ARGUMENT 1
#define KCD_KERNEL_WRITE int, struct swap_io_ctx *, struct folio *
typedef struct swap_io_ctx kcd_io_t;

#define KCD_DEFINE_REPLACEMENT(name, offer)				\
static int name(kcd_io_t *ctx, struct folio *folio)			\
{									\
	return offer(folio, ctx);					\
}

#elif KCD_SERIES >= KCD_LINUX(6, 17)

#define KCD_HOOK_NAME "swap_writeout"
#define KCD_HOOK_FOLIO_ARGUMENT 0
#define KCD_KERNEL_WRITE int, struct folio *, struct swap_iocb **
typedef struct swap_iocb *kcd_io_t;

#define KCD_DEFINE_REPLACEMENT(name, offer)				\
static int name(struct folio *folio, kcd_io_t *plug)			\
{									\
	return offer(folio, plug);					\
}

#elif KCD_SERIES >= KCD_LINUX(6, 16)

#define KCD_HOOK_NAME "swap_writeout"
#define KCD_HOOK_FOLIO_ARGUMENT 0
#define KCD_KERNEL_WRITE int, struct folio *, struct writeback_control *
typedef struct writeback_control kcd_io_t;

#define KCD_DEFINE_REPLACEMENT(name, offer)				\
static int name(struct folio *folio, kcd_io_t *wbc)			\
{									\
	return offer(folio, wbc);					\
}

#else

#define KCD_HOOK_NAME "swap_writepage"
#define KCD_HOOK_FOLIO_ARGUMENT 0
#define KCD_KERNEL_WRITE int, struct page *, struct writeback_control *
typedef struct writeback_control kcd_io_t;

#define KCD_DEFINE_REPLACEMENT(name, offer)				\
static int name(struct page *page, kcd_io_t *wbc)			\
{									\
	return offer(page_folio(page), wbc);				\
}

#endif

KCD_KERNEL_TYPE(KCD_KERNEL_WRITE) kcd_kernel_type_write;
DECLARE_STATIC_CALL(kcd_swap_write, kcd_kernel_type_write);

/**
 * kcd_kernel_write() - the kernel's own complete function
 * @folio: locked, in the swap cache
 * @io: kswapd's own argument, or a writer's (kcd_kernel_io_begin())
 *
 * Called directly, by static call, so it works too where objtool has sealed
 * the function's ENDBR. Passes the hook once more, which knows kswapd's calls by
 * where it is meanwhile, and lets everybody else's go on.
 *
 * Context: process context, PF_MEMALLOC set; may sleep in the block layer.
 * Return: 0 or an error with the folio unlocked (on an error dirty again), or
 * AOP_WRITEPAGE_ACTIVATE with the folio dirty and still locked.
 */
static inline int kcd_kernel_write(struct folio *folio, kcd_io_t *io)
{
#if KCD_SERIES >= KCD_LINUX(7, 3)
	return static_call(kcd_swap_write)(io, folio);
#elif KCD_SERIES >= KCD_LINUX(6, 16)
	return static_call(kcd_swap_write)(folio, io);
#else
	return static_call(kcd_swap_write)(&folio->page, io);
#endif
}

/*
 * In 6.1 blk-wbt has a queue of its own for kswapd, which whoever else writes does not
 * fill (block/blk-wbt.c, bio_to_wbt_flags()); in 6.12 it is for all that is swapped.
 * Between them the flag does no harm where nobody asks for it.
 */
#define KCD_KERNEL_DISK_ASKS_FOR_KSWAPD (KCD_SERIES < KCD_LINUX(6, 12))

/**
 * kcd_kernel_io_begin() - make a writer's own argument beside the folio
 * @own: to fill in
 *
 * What zswap leaves to the disk comes there with kswapd's rank.
 * Up to 7.2 no plug of swap's own: each folio is submitted at once; up to 6.16 the
 * fields are those of pageout(). From 7.3 on folios for an asynchronous device gather
 * in @own until kcd_kernel_io_end().
 *
 * Context: a writer or the late work, not kswapd.
 * Return: what to pass to kcd_kernel_write().
 */
static inline kcd_io_t *kcd_kernel_io_begin(kcd_io_t *own)
{
	if (KCD_KERNEL_DISK_ASKS_FOR_KSWAPD)
		current->flags |= PF_KSWAPD;
#if KCD_SERIES >= KCD_LINUX(7, 3)
	*own = (kcd_io_t) {};
	return own;
#elif KCD_SERIES >= KCD_LINUX(6, 17)
	return NULL;
#else
	*own = (kcd_io_t) {
		.sync_mode = WB_SYNC_NONE,
		.nr_to_write = SWAP_CLUSTER_MAX,
		.range_end = LLONG_MAX,
		.for_reclaim = 1,
	};
	return own;
#endif
}

/*
 * Start what has gathered in a writer's own argument. Folios in it stay under writeback
 * until then. As swap_write_submit() in mm/page_io.c, which is not exported;
 * submit_write() stands in a table of operations and so has its ENDBR. Not inline:
 * test/style knows this one call through a pointer by the name of the function.
 */
#if KCD_SERIES >= KCD_LINUX(7, 3)
static noinline __maybe_unused void kcd_kernel_io_submit(kcd_io_t *own)
{
	if (!own->sio)
		return;
	count_vm_events(NRSWPOUT, 1);
	own->sis->ops->submit_write(own);
	*own = (kcd_io_t) {};
}
#else
static inline void kcd_kernel_io_submit(kcd_io_t *own)
{
}
#endif

/**
 * kcd_kernel_io_end() - start what has gathered in a writer's own argument
 * @own: from kcd_kernel_io_begin()
 *
 * Context: who has begun, before it sleeps or ends; may sleep in the block layer.
 */
static inline void kcd_kernel_io_end(kcd_io_t *own)
{
	kcd_kernel_io_submit(own);
	if (KCD_KERNEL_DISK_ASKS_FOR_KSWAPD)
		current->flags &= ~PF_KSWAPD;
}

/* ---- ftrace ------------------------------------------------------------ */

/*
 * What a callback gets of the registers. 5.10 has to be asked to save them, and
 * would guard against recursion, which cannot be here.
 */
#if KCD_SERIES >= KCD_LINUX(5, 11)
typedef struct ftrace_regs kcd_regs_t;
#define KCD_FTRACE_FLAGS (FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)
#else
typedef struct pt_regs kcd_regs_t;
#define KCD_FTRACE_FLAGS (FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT | \
			  FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#endif

/* The node of the folio that the hooked function was called for. */
static __always_inline int kcd_kernel_hook_nid(kcd_regs_t *regs)
{
#if KCD_SERIES >= KCD_LINUX(6, 2)
	return page_to_nid((struct page *)
			   ftrace_regs_get_argument(regs, KCD_HOOK_FOLIO_ARGUMENT));
#elif KCD_SERIES >= KCD_LINUX(5, 11)
	return page_to_nid((struct page *)regs->regs.di);
#else
	return page_to_nid((struct page *)regs->di);
#endif
}

static __always_inline void kcd_kernel_redirect(kcd_regs_t *regs, unsigned long ip)
{
#if KCD_SERIES >= KCD_LINUX(6, 2)
	ftrace_regs_set_instruction_pointer(regs, ip);
#elif KCD_SERIES >= KCD_LINUX(5, 11)
	ftrace_instruction_pointer_set(regs, ip);
#else
	instruction_pointer_set(regs, ip);
#endif
}

/* ---- reclaim ----------------------------------------------------------- */

#if KCD_SERIES >= KCD_LINUX(6, 3)
#define KCD_ISOLATE_NAME "folio_isolate_lru"
#define KCD_KERNEL_ISOLATE bool, struct folio *
#elif KCD_SERIES >= KCD_LINUX(5, 18)
#define KCD_ISOLATE_NAME "folio_isolate_lru"
#define KCD_KERNEL_ISOLATE int, struct folio *
#else
#define KCD_ISOLATE_NAME "isolate_lru_page"
#define KCD_KERNEL_ISOLATE int, struct page *
#endif
#if KCD_SERIES == KCD_LINUX(6, 9)
#define KCD_KERNEL_RECLAIM unsigned long, struct list_head *, bool
#else
#define KCD_KERNEL_RECLAIM unsigned long, struct list_head *
#endif

KCD_KERNEL_TYPE(KCD_KERNEL_ISOLATE) kcd_kernel_type_isolate;
DECLARE_STATIC_CALL(kcd_isolate, kcd_kernel_type_isolate);
KCD_KERNEL_TYPE(KCD_KERNEL_RECLAIM) kcd_kernel_type_reclaim;
DECLARE_STATIC_CALL(kcd_reclaim_pages, kcd_kernel_type_reclaim);

/**
 * kcd_kernel_isolate() - take a folio off its LRU list
 * @folio: the caller holds a reference
 *
 * mm/vmscan.c, KCD_ISOLATE_NAME: up to 6.2 returns 0 or -EBUSY, later true or
 * false. Taking the one for the other leaks the folio.
 *
 * Context: process context, interrupts enabled, lru_lock not held.
 * Return: true if the folio was isolated; it then has one more reference.
 */
static inline bool kcd_kernel_isolate(struct folio *folio)
{
#if KCD_SERIES >= KCD_LINUX(6, 3)
	return static_call(kcd_isolate)(folio);
#elif KCD_SERIES >= KCD_LINUX(5, 18)
	return static_call(kcd_isolate)(folio) == 0;
#else
	return static_call(kcd_isolate)(&folio->page) == 0;
#endif
}

/**
 * kcd_kernel_putback() - undo kcd_kernel_isolate()
 * @folio: the folio
 *
 * As folio_putback_lru() in mm/vmscan.c, which is not exported.
 *
 * Context: any; interrupts are enabled.
 */
static inline void kcd_kernel_putback(struct folio *folio)
{
	folio_add_lru(folio);
	folio_put(folio);
}

/**
 * kcd_kernel_reclaim() - free isolated folios
 * @folios: isolated folios, linked by folio->lru
 *
 * mm/vmscan.c, reclaim_pages(): frees what is clean and unused, stores the
 * workingset shadow, and puts the rest back on the LRU.
 *
 * Context: process context, may sleep.
 * Return: base pages freed.
 */
static inline unsigned long kcd_kernel_reclaim(struct list_head *folios)
{
#if KCD_SERIES == KCD_LINUX(6, 9)
	/* Whether to ignore references. */
	return static_call(kcd_reclaim_pages)(folios, false);
#else
	return static_call(kcd_reclaim_pages)(folios);
#endif
}

#define KCD_KERNEL_SPILL void, struct zone *
KCD_KERNEL_TYPE(KCD_KERNEL_SPILL) kcd_kernel_type_spill;
DECLARE_STATIC_CALL(kcd_drain_local_pages, kcd_kernel_type_spill);

/**
 * kcd_kernel_spill() - let other CPUs have the free pages that this one keeps
 *
 * mm/page_alloc.c, drain_local_pages(), which wants the task to stay on its CPU.
 *
 * Context: process context, may sleep on a real-time kernel.
 */
static inline void kcd_kernel_spill(void)
{
	migrate_disable();
	static_call(kcd_drain_local_pages)(NULL);
	migrate_enable();
}

#define KCD_KERNEL_IDLE int, int
KCD_KERNEL_TYPE(KCD_KERNEL_IDLE) kcd_kernel_type_idle;
DECLARE_STATIC_CALL(kcd_idle_cpu, kcd_kernel_type_idle);

/**
 * kcd_kernel_idle() - has this CPU nothing to run?
 * @cpu: possible
 *
 * kernel/sched/ (core.c, syscalls.c from 6.11 on), idle_cpu(): a look without the
 * run queue's lock, so a moment later it may be otherwise.
 *
 * Context: any.
 * Return: true if it runs its idle task and nothing else waits for it.
 */
static inline bool kcd_kernel_idle(int cpu)
{
	return static_call(kcd_idle_cpu)(cpu);
}

/*
 * vmpressure(): one form or the other, or neither, as the kernel's BTF says
 * (module/prototype.c), or where it has none the version.
 */
#define KCD_KERNEL_PRESSURE void, gfp_t, struct mem_cgroup *, bool, unsigned long, \
	unsigned long
#define KCD_KERNEL_PRESSURE_ORDER void, gfp_t, int, struct mem_cgroup *, bool,	\
	unsigned long, unsigned long
#define KCD_KERNEL_PRESSURE_HAS_ORDER (KCD_SERIES >= KCD_LINUX(7, 2))

KCD_KERNEL_TYPE(KCD_KERNEL_PRESSURE) kcd_kernel_type_pressure;
DECLARE_STATIC_CALL(kcd_vmpressure, kcd_kernel_type_pressure);
KCD_KERNEL_TYPE(KCD_KERNEL_PRESSURE_ORDER) kcd_kernel_type_pressure_order;
DECLARE_STATIC_CALL(kcd_vmpressure_order, kcd_kernel_type_pressure_order);

/**
 * kcd_kernel_tell_memcg() - pages that kswapd has scanned are freed after all
 * @memcg: whose they are; NULL is nobody
 * @pages: base pages
 *
 * mm/vmpressure.c: shrink_one() and shrink_node_memcgs() tell a memcg how much kswapd
 * has scanned there and how much of it freed, before flush_reclaim_state(). Where that
 * is less than 40 % its sockets take less for a second. One more page is told as
 * scanned, since nothing is heard without; kswapd has told the others.
 *
 * Context: process context, under rcu_read_lock() or the memcg is held.
 */
static inline void kcd_kernel_tell_memcg(struct mem_cgroup *memcg, unsigned long pages)
{
	if (!memcg)
		return;
	static_call(kcd_vmpressure)(GFP_KERNEL, memcg, false, 1, pages);
	static_call(kcd_vmpressure_order)(GFP_KERNEL, 0, memcg, false, 1, pages);
}

/*
 * Pages that the task has charged to memcgs above memory.high, for which it is to
 * reclaim when it may (mm/memcontrol.c, mem_cgroup_handle_over_high()).
 */
static inline unsigned int kcd_kernel_over_high(void)
{
#ifdef CONFIG_MEMCG
	return current->memcg_nr_pages_over_high;
#else
	return 0;
#endif
}

static inline void kcd_kernel_set_over_high(unsigned int pages)
{
#ifdef CONFIG_MEMCG
	current->memcg_nr_pages_over_high = pages;
#endif
}

/**
 * kcd_kernel_credit() - tell kswapd of pages that were freed for it
 * @pages: base pages
 *
 * flush_reclaim_state() in mm/vmscan.c adds them to what the running
 * balance_pgdat() has reclaimed.
 *
 * Context: kswapd only, inside shrink_node().
 */
static inline void kcd_kernel_credit(unsigned long pages)
{
#if KCD_SERIES >= KCD_LINUX(6, 4)
	mm_account_reclaimed_pages(pages);
#else
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
#endif
}

/* Count freed pages where shrink_inactive_list() and evict_folios() do. */
static inline void kcd_kernel_count_steal(int nid, unsigned long pages)
{
#if KCD_SERIES >= KCD_LINUX(7, 1)
	mod_node_page_state(NODE_DATA(nid), PGSTEAL_KSWAPD, pages);
	mod_node_page_state(NODE_DATA(nid), PGSTEAL_ANON, pages);
#else
	count_vm_events(PGSTEAL_KSWAPD, pages);
	count_vm_events(PGSTEAL_ANON, pages);
#endif
}

/*
 * Free pages that only atomic allocations of higher orders may take, as
 * __zone_watermark_unusable_free() in mm/page_alloc.c counts them: before 6.12 all
 * that is set aside, in use or not.
 */
static inline unsigned long kcd_kernel_highatomic(const struct zone *zone)
{
#if KCD_SERIES >= KCD_LINUX(6, 12)
	return READ_ONCE(zone->nr_free_highatomic);
#else
	return READ_ONCE(zone->nr_reserved_highatomic);
#endif
}

/* ---- folios ------------------------------------------------------------ */

/* The swap slot of a folio; 0 if it has left the swap cache. */
static inline swp_entry_t kcd_kernel_swap_entry(struct folio *folio)
{
#if KCD_SERIES >= KCD_LINUX(6, 6)
	return folio->swap;
#elif KCD_SERIES >= KCD_LINUX(5, 16)
	return folio_swap_entry(folio);
#else
	return (swp_entry_t) { .val = page_private(&folio->page) };
#endif
}

/*
 * Is it on an LRU list? Reads the bare bit: the folio may have been freed and
 * may even be a tail page by now, on which folio_test_lru() is a bug.
 */
static inline bool kcd_kernel_peek_lru(struct folio *folio)
{
#if KCD_SERIES >= KCD_LINUX(6, 18)
	return test_bit(PG_lru, &folio->flags.f);
#else
	return test_bit(PG_lru, &folio->flags);
#endif
}

/* Its slot, or whatever stands there once the folio is another one. */
static inline unsigned long kcd_kernel_peek_swap(struct folio *folio)
{
	/* Races with freeing it, which the caller looks for. */
	return data_race(kcd_kernel_swap_entry(folio).val);
}

/* ---- swap devices and zswap -------------------------------------------- */

#define KCD_KERNEL_DEVICE struct swap_info_struct *, swp_entry_t
KCD_KERNEL_TYPE(KCD_KERNEL_DEVICE) kcd_kernel_type_device;
DECLARE_STATIC_CALL(kcd_get_swap_device, kcd_kernel_type_device);

extern bool *kcd_kernel_zswap_enabled;

/**
 * kcd_kernel_zswap_on() - does zswap take pages now?
 *
 * mm/zswap.c, zswap_enabled: the variable behind the parameter zswap.enabled.
 *
 * Return: true if it does.
 */
static inline bool kcd_kernel_zswap_on(void)
{
	return kcd_kernel_zswap_enabled && READ_ONCE(*kcd_kernel_zswap_enabled);
}

/*
 * zswap up to 6.1 keeps any same-filled page without compressing it; later ones
 * leave that to the hooked function, which knows zero only.
 */
static inline bool kcd_kernel_zswap_zero_only(void)
{
	return KCD_SERIES >= KCD_LINUX(6, 12);
}

/* Does zswap take large folios, or leave them to the device? */
static inline bool kcd_kernel_zswap_large(void)
{
	return KCD_SERIES >= KCD_LINUX(6, 13);
}

/**
 * kcd_kernel_swap_is_sync() - does writing to this slot's device finish before
 *			       kcd_kernel_write() returns?
 * @entry: slot of a locked swap cache folio
 *
 * SWP_SYNCHRONOUS_IO is set by swapon() for devices such as zram and does not
 * change while the device is in use.
 *
 * Return: true if so; false too if the device is just being turned off.
 */
static inline bool kcd_kernel_swap_is_sync(swp_entry_t entry)
{
	struct swap_info_struct *si = static_call(kcd_get_swap_device)(entry);
	bool sync;

	if (!si)
		return false;
	/* Other bits change under si->lock; this one was set by swapon(). */
	sync = data_race(si->flags) & SWP_SYNCHRONOUS_IO;
	put_swap_device(si);
	return sync;
}

/**
 * kcd_kernel_memcg_writeback() - may this folio go on from zswap to the device?
 * @folio: locked
 *
 * As mem_cgroup_zswap_writeback_enabled() in mm/memcontrol.c, which is not
 * exported; in 6.9 and 6.10 it looks at no parents, and who may there is left
 * to kswapd. Kernels before memory.zswap.writeback always may.
 *
 * Return: true if it may.
 */
static inline bool kcd_kernel_memcg_writeback(struct folio *folio)
{
#if KCD_SERIES >= KCD_LINUX(6, 8) && defined(CONFIG_MEMCG) && defined(CONFIG_ZSWAP)
	struct mem_cgroup *memcg;
	bool may = true;

	/* From 7.2 on a folio may go to its memcg's parent meanwhile. */
	rcu_read_lock();
	for (memcg = folio_memcg(folio); memcg && may; memcg = parent_mem_cgroup(memcg))
		may = READ_ONCE(memcg->zswap_writeback);
	rcu_read_unlock();
	return may;
#else
	return true;
#endif
}

/* ---- tracepoints ------------------------------------------------------- */

/* In pageout() of mm/vmscan.c, after each write. */
#if KCD_SERIES >= KCD_LINUX(5, 18)
#define KCD_WRITE_TRACEPOINT mm_vmscan_write_folio
#define KCD_WRITE_ARGUMENTS struct folio *folio
#else
#define KCD_WRITE_TRACEPOINT mm_vmscan_writepage
#define KCD_WRITE_ARGUMENTS struct page *page
#endif

/* In do_shrink_slab(), before each shrinker that has anything. */
#define KCD_SHRINK_TRACEPOINT mm_shrink_slab_start
#if KCD_SERIES >= KCD_LINUX(7, 1)
#define KCD_SHRINK_ARGUMENTS struct shrinker *shrinker, struct shrink_control *sc, \
	long objects, unsigned long items, unsigned long long delta,	\
	unsigned long total, int priority, struct mem_cgroup *memcg
#else
#define KCD_SHRINK_ARGUMENTS struct shrinker *shrinker, struct shrink_control *sc, \
	long objects, unsigned long items, unsigned long long delta,	\
	unsigned long total, int priority
#endif

/* ---- sysfs ------------------------------------------------------------- */

static inline void kcd_kernel_kobject_init(struct kobject *kobj,
					   const struct kobj_type *type)
{
	/* Older ones do not write to it either, but do not say so. */
	kobject_init(kobj, (void *)type);
}

/* ---- sysctl ------------------------------------------------------------ */

#if KCD_SERIES >= KCD_LINUX(6, 11)
typedef const struct ctl_table kcd_ctl_table_t;
#else
typedef struct ctl_table kcd_ctl_table_t;
#endif

#if KCD_SERIES >= KCD_LINUX(6, 6)
#define KCD_SYSCTL_ENTRIES 1
#else
/* A table ends with an empty entry. */
#define KCD_SYSCTL_ENTRIES 2
#endif

/* ---- module/kernel.c --------------------------------------------------- */

#define KCD_KERNEL_LOOKUP unsigned long, const char *
KCD_KERNEL_TYPE(KCD_KERNEL_LOOKUP) kcd_kernel_type_lookup;

/* Variable behind /sys/kernel/mm; exported up to 6.5. */
extern struct kobject **kcd_kernel_mm_kobj;

int kcd_kernel_resolve(void);
void kcd_kernel_use_pressure(bool plain, bool order);
void *kcd_kernel_find(const char *name);

#endif /* KCOMPRESSD_KERNEL_H */
