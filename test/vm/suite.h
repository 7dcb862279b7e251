/* SPDX-License-Identifier: GPL-2.0-only */
/* The suite: cases, and what they share. */
#ifndef SUITE_H
#define SUITE_H

#include <signal.h>
#include <sys/types.h>

#include "guest.h"

/**
 * struct suite_case - one case; it runs in a process of its own
 * @name: what it shows, as words joined by underscores
 * @run: returns if it passed; else CHECK() or SKIP() ends the process
 * @seconds: time limit; 0: the default
 */
struct suite_case {
	const char *name;
	void (*run)(void);
	unsigned int seconds;
};

/* Each array ends with an empty entry. */
extern const struct suite_case cases_module[];
extern const struct suite_case cases_sysctl[];
extern const struct suite_case cases_depth[];
extern const struct suite_case cases_order[];
extern const struct suite_case cases_count[];
extern const struct suite_case cases_zram[];
extern const struct suite_case cases_large[];
extern const struct suite_case cases_zswap[];
extern const struct suite_case cases_memcg[];
extern const struct suite_case cases_bypass[];
extern const struct suite_case cases_cma[];
extern const struct suite_case cases_swapoff[];
extern const struct suite_case cases_machine[];
extern const struct suite_case cases_sleep[];
extern const struct suite_case cases_nodes[];
extern const struct suite_case cases_neighbours[];
extern const struct suite_case cases_writers[];
extern const struct suite_case cases_hotplug[];
extern const struct suite_case cases_failing[];
extern const struct suite_case cases_loading[];
extern const struct suite_case cases_calls[];
extern const struct suite_case cases_leaks[];
extern const struct suite_case cases_tool[];
extern const struct suite_case cases_race[];
extern const struct suite_case cases_race_nodes[];
extern const struct suite_case cases_come_and_go[];
extern const struct suite_case cases_elsewhere[];
extern const struct suite_case cases_storm[];
extern const struct suite_case cases_fuzz[];
extern const struct suite_case cases_security[];
extern const struct suite_case cases_starved[];
extern const struct suite_case cases_traffic[];

/* What a case waits for comes much sooner, unless the host is very busy. */
#define WAIT_MS 480000

#define TRACING "/sys/kernel/tracing/"

/* The groups, and the one that setup_group() makes. */
#define CGROUPS "/sys/fs/cgroup/"
#define GROUP CGROUPS "case"

/* Of an entry of pagemap; Documentation/admin-guide/mm/pagemap.rst of the kernel */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_SWAPPED (1ull << 62)
#define PAGEMAP_PFN ((1ull << 55) - 1)
/* How far apart they are, in ten-thousandths of memory. */
#define WATERMARKS "/proc/sys/vm/watermark_scale_factor"
/* How far up they go for a while when kinds of pages get mixed. */
#define BOOST "/proc/sys/vm/watermark_boost_factor"
#define MIN_FREE "/proc/sys/vm/min_free_kbytes"

/* suite.c */
void suite_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
void suite_skip(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#define CHECK(condition, ...)						\
	do {								\
		if (!(condition))					\
			suite_fail(__FILE__, __LINE__, __VA_ARGS__);	\
	} while (0)
#define CHECK_RC(call, expected)					\
	do {								\
		int rc_ = (call);					\
		int expected_ = (expected);				\
									\
		CHECK(rc_ == expected_, "%s is %d instead of %d",	\
		      #call, rc_, expected_);				\
	} while (0)
#define SKIP(...) suite_skip(__VA_ARGS__)

/* setup.c: the state that cases begin with, and leave to setup_undo() */
void setup_begin(void);
/* "0" is the classic LRU, "7" the other; false if the kernel has the classic one only. */
bool setup_lru(const char *kind);
void setup_module(const char *params);
void setup_zram(int id, size_t mb, const char *algorithm);
void setup_disk(size_t mb);
void setup_zswap(void);
/* A group without limits of its own; returns the number of its directory. */
ino_t setup_group(void);
/* A load in that group, of whose folios many have been queued. */
struct g_pressure *setup_group_load(void);
/* Anonymous memory comes in folios of 64 KiB, too; false where the kernel has no such. */
bool setup_sizes(void);
/*
 * Brings kswapd back if it has given up, as it may where all was taken. Up to 6.12
 * it comes back when direct reclaim frees something; on 7.2 and 7.3 only once that
 * has got the node to its high watermark, or when demotion is turned on.
 */
void setup_kswapd(void);
/* Takes back the cases' own livepatch, once all tasks have left it. */
int setup_livepatch_end(void);
/* The device-mapper device that a case may make. */
#define SUITE_DM "case"
/* The CPUs of all unbound workqueues. */
#define SUITE_UNBOUND "/sys/devices/virtual/workqueue/cpumask"
/* NULL, or what cannot be brought back to the state before the case. */
const char *setup_undo(void);

/* module.c: what the module shows */
#define KCD_SYSFS	"/sys/kernel/mm/kcompressd"
/* Of the writers of node 0. */
#define KCD_WORKQUEUE	"/sys/devices/virtual/workqueue/kcompressd0/"
#define KCD_SYSCTL	"/proc/sys/vm/kcompressd"
void kcd_read(struct g_table *stat, int node);
long long kcd_value(int node, const char *name);
/* Summed over all nodes. */
long long kcd_total(const char *prefix);
/* Neither turning it off nor unloading it may take long, whatever the pressure. */
void kcd_set_depth(unsigned int depth);
void kcd_unload(void);
/* Has no more time passed since @begin than what is done at once takes on a busy host? */
bool kcd_soon(uint64_t begin);
/* Fails the case unless the counters of each node add up. */
void kcd_check_sums(void);
/* The same, and unless nothing took long. */
void kcd_check_counters(void);
/* Folios that took @ns or longer by one of a node's histograms, of @all. */
long long kcd_took(int node, const char *histogram, unsigned long long ns,
		   long long *all);
/* The same, unless each node has kept to its bound; not where memory went. */
void kcd_check_bound(void);
/* The function that the module hooks on this kernel. */
const char *kcd_hook_name(void);
/* As ftrace sees it: is that function redirected? */
bool kcd_hooked(void);
/*
 * Makes the writers of a node slow, so that folios wait: they may run on the
 * last CPU only, beside a busy process, which is returned.
 */
pid_t kcd_slow_writers(int node);
/*
 * Gives the only CPU of node 0's writers to a real-time task, at once and until
 * kcd_feed_writers(), but for less than a minute.
 */
pid_t kcd_starve_writers(void);
/* Returns whether the task had it until now. */
bool kcd_feed_writers(pid_t hog);
/* Waits until that many folios wait. */
void kcd_wait_waiting(int node, long long folios);
void kcd_wait_growth(int node, const char *name, long long by);
/* Waits until node 0's kswapd sleeps and nothing waits; nobody takes memory meanwhile. */
void kcd_wait_rest(void);
/* kswapd has nobody to hand over to: of so many folios it queues none. */
void kcd_check_alone(long long folios);

/*
 * How much of a load falls to kswapd differs from run to run, and direct reclaim
 * has the rest: who wants to see that much of it repeats the load until it is
 * there. Fails the case when that takes too long.
 */
struct kcd_goal {
	const char *name;
	long long value;
	uint64_t end_ns;
};

/* The counter, summed over all nodes, is to grow by that much. */
struct kcd_goal kcd_goal(const char *name, long long by);
bool kcd_goal_reached(const struct kcd_goal *goal);
void kcd_wait_queued(long long folios);

/* alone.c: node 0's kswapd reclaims to zram0, and nobody else */
struct alone {
	struct g_table stat;
	struct g_table vmstat;
	long long device_failed;
};

/* Holds a load once all of it was written; @before gets what was counted until then. */
struct g_pressure *alone_begin(struct alone *before);
/* Puts the watermarks up and takes memory until one of the module's counters has grown. */
void alone_work(const char *counter, long long by);
/* Lets kswapd rest. */
void alone_end(const struct alone *before, struct alone *after);
/* Takes the hook out, and lets the load go on, and end. */
void alone_stop(struct g_pressure *p);
/* Of all that begin so. */
long long alone_growth(const struct g_table *before, const struct g_table *after,
		       const char *prefix);

/* pages.c: what the kernel tells of each page */
/* Does the folio of the page at this place wait? */
bool page_waits(uint64_t pfn);
/* Where a page of the caller's is, which must be in its page tables. */
uint64_t page_pfn(const void *page);
/* Is it on an LRU list? Whoever looks for what to reclaim takes it off while it does. */
bool page_listed(uint64_t pfn);
/* How many folios of a cgroup wait, by the number of its directory, and where one is. */
unsigned int waiting_of_group(ino_t group, uint64_t *pfn);
/*
 * Pages of tasks that are in no page table, and how many of these are locked or in the
 * swap cache. With all tasks dead and swap off some reference keeps them: that of a
 * CPU's batch for the LRU, or one that was not given back. -1 if the kernel does not tell.
 */
int pages_left(unsigned int *held);

/* faults.c: what kernels of test/debug let fail */
/* SKIPs where the kernel lets nothing fail. */
void faults_need(void);
/* The same; allocations of each kind may be made to fail then, and nothing is logged. */
void faults_of_allocations(void);
/* From now on, for kswapd and for those who may be its writers. */
void faults_begin(const char *kind, unsigned int percent);
/* How often it was so. */
long long faults_end(const char *kind);
void faults_undo(void);

/* trace.c: the module's events, named without "kcompressd_"; NULL is the last */
/* Makes room of @kb for each CPU; under pressure the kernel may refuse it. */
void kcd_trace_room(size_t kb);
/* Records them from now on. */
void kcd_trace_start(const char * const events[]);
/* Shows all that were recorded to @see; fails the case if some were lost. */
void kcd_trace_end(void (*see)(const char *line));
bool kcd_trace_is(const char *line, const char *event);
unsigned long kcd_trace_field(const char *line, const char *name);

/* tasks.c: tasks beside the load */
/* The task, 0 is the caller, runs on these CPUs only. */
void suite_bind(pid_t pid, int first, int last);
/* Keeps a CPU busy until the case ends, or the process that it returns. */
pid_t suite_hog(int cpu);
/* A task that does nothing; at 1000 the kernel kills it before all others. */
pid_t suite_victim(int score);
/* Has a child ended, and how? It can still be waited for. */
bool suite_has_ended(pid_t pid, siginfo_t *info);

/* data.c: loads larger than memory */
/* Writes and rewrites memory, checking each page. */
void data_check(size_t mb, unsigned int rounds, enum g_kind kind);
/* The same, and the module must have had its part in it. */
void data_check_offloaded(size_t mb, unsigned int rounds);

/* campaign.c: work that is repeated: a little in the suite, much in torture */
struct campaign {
	const char *what;
	unsigned long least;
	unsigned long amount;
	unsigned long done;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t progress_ns;
	uint64_t seed;
};

/* Seconds that a campaign may take; 0: this is no torture. */
unsigned int campaign_seconds(void);
/* Says what is to be done: @quick times, or @full in torture. */
void campaign_begin(struct campaign *c, const char *what, unsigned long quick,
		    unsigned long full);
/*
 * Once more? Says how far it is now and then, and at the end. Fails the case if time
 * is up before the quick amount is done.
 */
bool campaign_next(struct campaign *c);
/* 0..@below - 1, from the seed that was said. */
unsigned int campaign_random(struct campaign *c, unsigned int below);

/* suite.c: MB that do not fit into what is free when the case begins. */
extern size_t data_mb;

#endif /* SUITE_H */
