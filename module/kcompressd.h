/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module know of each other. The functions are described
 * where they are defined.
 */
#ifndef KCOMPRESSD_H
#define KCOMPRESSD_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "kcompressd_fifo.h"
#include "kcompressd_kernel.h"

#define KCD_DEPTH_DEFAULT 6
#define KCD_WRITERS_MAX 16
#define KCD_HIST_BUCKETS 36
/*
 * Most pages of one node that may wait or be written but not yet freed. The
 * folio that kswapd writes on overflow may come on top, hence one slot more.
 */
#define KCD_BOUND_MAX (KCD_WRITTEN_SLOTS - 1)
#define KCD_BOUND_MIN 64
#define KCD_WRITTEN_SLOTS 2048
/*
 * So many folios in a row that zswap left to the disk, as many as kswapd brings at a
 * time, and it is taken to leave the next ones, too.
 */
#define KCD_REJECTED_MAX 32

/* Why a folio took the kernel's own way. Names: module/sysfs.c. */
enum kcd_bypass {
	KCD_BYPASS_NONE,
	KCD_BYPASS_OFF,		/* being turned off, or its memory taken away */
	KCD_BYPASS_CPUS,	/* no CPU to hand over to: the node has one, or two busy */
	KCD_BYPASS_STATE,	/* not locked, clean and in the swap cache */
	KCD_BYPASS_SHMEM,	/* its caller needs the return code */
	KCD_BYPASS_MEMCG,	/* memory.zswap.writeback=0: likewise */
	KCD_BYPASS_DEVICE,	/* asynchronous, and zswap does not take it */
	KCD_BYPASS_SAME_FILLED,	/* cheaper to do than to queue */
	KCD_BYPASS_REJECTED,	/* zswap leaves all to the disk at present */
	KCD_BYPASS_LARGE,	/* larger than the bound */
	KCD_BYPASS_BOUND,	/* too much is written but not freed */
	KCD_BYPASS_WATERMARK,	/* too near to the min watermark */
	KCD_BYPASS_NR,
};

/* How far kswapd is behind. */
enum kcd_pressure {
	KCD_PRESSURE_NONE,
	KCD_PRESSURE_BEHIND,	/* free pages are below the low watermark */
	KCD_PRESSURE_STALLS,	/* nearer to the min watermark than to the low one */
};

/* Who writes a folio. */
enum kcd_by {
	KCD_BY_WRITER,
	KCD_BY_LATE,		/* in a writer's stead; counted as a writer's too */
	KCD_BY_KSWAPD,		/* on overflow, or where nothing is to wait */
};

/* What became of a written folio. Names: module/sysfs.c. */
enum kcd_outcome {
	KCD_WRITTEN,		/* not decided yet: pending */
	KCD_FREED,		/* by a writer */
	KCD_GONE,		/* freed by somebody else, kswapd as a rule, or taken back */
	KCD_REUSED,		/* mapped or dirtied again */
	KCD_ASYNC,		/* the device writes on and will rotate it */
	KCD_KEPT,		/* somebody else holds it */
	KCD_FORGOTTEN,		/* its memory is taken away, or the module */
	KCD_FAILED,		/* not written: dirty, stays in memory */
	KCD_OUTCOME_NR,
};

struct kcd_histogram {
	u64 count[KCD_HIST_BUCKETS];	/* bucket b: from 2^b ns */
};

/* Counters of one node. All under kcd_node.lock, so that they always add up. */
struct kcd_stat {
	u64 offered;
	u64 bypassed[KCD_BYPASS_NR];
	u64 queued;
	u64 written_worker;
	u64 written_kswapd;
	u64 written_late;
	u64 outcome[KCD_OUTCOME_NR];
	u64 freed_pages;
	u64 oom_pages;
	u64 depth_max;
	u64 unfreed_pages_max;
	u64 wait_ns;
	u64 write_ns;
	struct kcd_histogram wait;
	struct kcd_histogram write;
	struct kcd_histogram free;
};

/**
 * struct kcd_written - a folio that was written and is not known to be freed
 * @folio: not referenced, so that kswapd may free it first: without
 *	   folio_try_get() it may be read, but only to leave it alone
 * @swap: its slot; a folio with another one is another folio by now
 * @pages: its size in base pages
 * @written_ns: when it was written
 */
struct kcd_written {
	struct folio *folio;
	swp_entry_t swap;
	unsigned int pages;
	u64 written_ns;
};

struct kcd_node;

enum kcd_writer_state {
	KCD_WRITER_IDLE,
	KCD_WRITER_STARTS,	/* to be put on the workqueue, or on it */
	KCD_WRITER_RUNS,
	KCD_WRITER_LINGERS,	/* sleeps until kswapd lets go of folios */
};

/**
 * struct kcd_writer - one of a node's writers
 * @work: on the node's workqueue; never runs beside itself
 * @node: the node
 * @state: changes under kcd_node.lock
 */
struct kcd_writer {
	struct work_struct work;
	struct kcd_node *node;
	enum kcd_writer_state state;
};

/**
 * struct kcd_node - a NUMA node with memory
 * @nid: its number
 * @inside: tasks between the first and the last act of the hook
 * @credit: pages freed by writers that kswapd has not been told of
 * @left: folios that were left to the kernel's function by the callback, which may
 *	  take no lock; only the node's kswapd counts them
 * @late: writes what has waited for too long
 * @going: its memory is being taken away; nothing may wait
 * @lock: protects all that follows; taken in process context only
 * @fifo: folios that wait
 * @hurry: folios with lower numbers are to be written at once, by the late work too
 * @hand_back: the late work is to hand back what is written, too
 * @hurry_pages: what @done_pages was when @hurry was set, or when it was looked at last
 * @done_pages: base pages that were freed, taken back or given to a disk
 * @writing: folios in a writer's, the late work's or kswapd's hands
 * @writing_pages: their base pages
 * @written: ring of written folios, KCD_WRITTEN_SLOTS
 * @written_head: index of the oldest; runs freely
 * @written_tail: index after the newest; runs freely
 * @checking: folios taken out of @written whose outcome is being decided
 * @unfreed_pages: base pages of @written and of those being checked
 * @active: writers that start or run
 * @rejected: folios in a row that were left to a disk; the policy reads it without
 *	      the lock, too
 * @crowded: who took the last batch had to share its CPU with another task; read
 *	     without the lock, too, as is @active
 * @stat: counters
 * @writer: the writers
 * @more: where a lingering writer sleeps
 * @drained: woken when a folio has been written
 * @wq: kcompressd<nid>
 * @kobj: /sys/kernel/mm/kcompressd/node<nid>
 * @released: nobody uses @kobj any more
 */
struct kcd_node {
	int nid;
	atomic_t inside;
	atomic_long_t credit;
	unsigned long left;
	struct delayed_work late;
	bool going;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct kcd_fifo fifo;
	u64 hurry;
	bool hand_back;
	unsigned long hurry_pages;
	unsigned long done_pages;
	unsigned int writing;
	unsigned long writing_pages;
	struct kcd_written *written;
	unsigned int written_head;
	unsigned int written_tail;
	unsigned int checking;
	unsigned long unfreed_pages;
	unsigned int active;
	unsigned int rejected;
	bool crowded;
	struct kcd_stat stat;
	struct kcd_writer writer[KCD_WRITERS_MAX];

	wait_queue_head_t more;
	wait_queue_head_t drained;
	struct workqueue_struct *wq;
	struct kobject kobj;
	struct completion released;
};

/**
 * struct kcd_limits - how much may wait now
 * @depth: folios
 * @room: base pages that may wait or be written but not yet freed
 * @reason: what to count if the limits leave no place at all
 * @pressure: how far kswapd is behind
 */
struct kcd_limits {
	unsigned int depth;
	unsigned long room;
	enum kcd_bypass reason;
	enum kcd_pressure pressure;
};

/* prototype.c */
int kcd_prototype_check_kernel(void);

/* hook.c */
int kcd_hook_attach(void);
int kcd_hook_detach(void);
void kcd_hook_free(void);

/* settle.c */
void kcd_settle_begin(void);
void kcd_settle_end(void);
void kcd_settle_free(void);

/* policy.c */
enum kcd_bypass kcd_policy_folio(const struct kcd_node *node, struct folio *folio);
const struct cpumask *kcd_policy_cpus(int nid);
bool kcd_policy_alone(const struct kcd_node *node);
void kcd_policy_limits(const struct kcd_node *node, struct kcd_limits *limits);
void kcd_policy_settings(const struct kcd_node *node, struct kcd_limits *limits);
unsigned long kcd_policy_bound(int nid);
bool kcd_policy_scarce(int nid);
enum kcd_pressure kcd_policy_pressure(int nid);

/* queue.c */
bool kcd_queue_leave(struct kcd_node *node);
int kcd_queue_bypass(struct kcd_node *node, struct folio *folio,
		     enum kcd_bypass reason, kcd_io_t *io);
int kcd_queue_offer(struct kcd_node *node, struct folio *folio, kcd_io_t *io);
bool kcd_queue_take(struct kcd_node *node, struct kcd_entry *entry, u64 now);
void kcd_queue_done(struct kcd_node *node, const struct kcd_entry *entry,
		    u64 write_ns, enum kcd_by by, enum kcd_outcome outcome);
bool kcd_queue_age(struct kcd_node *node, u64 *age_ns, bool *hurry);
void kcd_queue_drain(struct kcd_node *node, unsigned int depth);
void kcd_queue_count_time(struct kcd_histogram *hist, u64 ns);

/* writer.c */
bool kcd_writer_write(struct kcd_node *node, const struct kcd_entry *entry,
		      kcd_io_t *io, enum kcd_by by, struct kcd_entry *next);
struct kcd_writer *kcd_writer_pick(struct kcd_node *node, bool overflow,
				   enum kcd_pressure pressure);
void kcd_writer_start(struct kcd_writer *writer);
void kcd_writer_help(struct kcd_node *node);
void kcd_writer_hand_back(struct kcd_node *node);
unsigned int kcd_writer_get(void);
void kcd_writer_set(unsigned int writers);
void kcd_writer_init(struct kcd_node *node);

/* late.c */
void kcd_late_watch(struct kcd_node *node);
void kcd_late_hurry(struct kcd_node *node);
bool kcd_late_hurries(struct kcd_node *node, unsigned long *pages, bool *unfreed);
void kcd_late_flush(struct kcd_node *node);
void kcd_late_init(struct kcd_node *node);
int kcd_late_create(void);
void kcd_late_destroy(void);

/* handback.c */
void kcd_handback_count(struct kcd_node *node, const struct kcd_written *written,
			enum kcd_outcome outcome, u64 now);
void kcd_handback_add(struct kcd_node *node, const struct kcd_written *written);
unsigned int kcd_handback_len(const struct kcd_node *node);
bool kcd_handback_run(struct kcd_node *node);
void kcd_handback_forget(struct kcd_node *node);

/* oom.c */
int kcd_oom_register(void);
void kcd_oom_unregister(void);

/* node.c */
extern struct kcd_node *kcd_nodes[MAX_NUMNODES];
struct kcd_node *kcd_node_next(const struct kcd_node *node);
#define kcd_for_each_node(node)						\
	for ((node) = kcd_node_next(NULL); (node); (node) = kcd_node_next(node))
int kcd_node_create_all(void);
void kcd_node_destroy_all(void);

/* control.c */
unsigned int kcd_control_depth(void);
unsigned int kcd_control_depth_set(void);
int kcd_control_set_depth(unsigned int depth);
void kcd_control_pause(bool pause);
void kcd_control_shutdown(void);
bool kcd_control_attached(void);

/* sysctl.c */
int kcd_sysctl_check(void);
int kcd_sysctl_register(void);
void kcd_sysctl_unregister(void);

/* sysfs.c */
int kcd_sysfs_create(void);
void kcd_sysfs_remove(void);
void kcd_sysfs_init_node(struct kcd_node *node);
int kcd_sysfs_add_node(struct kcd_node *node);

/* power.c */
int kcd_power_register(void);
void kcd_power_unregister(void);

/* hotplug.c */
int kcd_hotplug_register(void);
void kcd_hotplug_unregister(void);

#endif /* KCOMPRESSD_H */
