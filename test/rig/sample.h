/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_SAMPLE_H
#define RIG_SAMPLE_H

#include <stdint.h>
#include <sys/types.h>

#include "kcd.h"
#include "load.h"

/* Counters of /proc/vmstat; ALLOCSTALL is the sum over all zones. */
enum {
	V_PGSCAN_ANON,
	V_PGSTEAL_ANON,
	V_PGSTEAL_KSWAPD,
	V_PGSTEAL_DIRECT,
	V_PSWPIN,
	V_PSWPOUT,
	V_SWPOUT_ZERO,
	V_ZSWPIN,
	V_ZSWPOUT,
	V_ALLOCSTALL,
	V_NR
};

#define SAMPLE_THREADS	1024
#define SAMPLE_WORKERS	64

enum sample_kind {
	SAMPLE_OTHER,
	SAMPLE_KSWAPD,
	SAMPLE_WORKER,			/* an unbound kworker */
};

/* Time on a CPU. */
struct sample_thread {
	pid_t pid;
	enum sample_kind kind;
	uint64_t ns;
};

/* The system's counters at one moment. */
struct sample {
	uint64_t ns;			/* g_now_ns() */
	uint64_t vm[V_NR];
	struct kcd kcd;
	uint64_t load_ns;
	uint64_t load_wait_ns;		/* ready to run, and no CPU for it */
	uint64_t load_faults;
	uint64_t failed_writes;		/* of /dev/zram0 */
	struct sample_thread thread[SAMPLE_THREADS];
	unsigned int threads;
};

/* CPU time between two samples, of threads that the later one has. */
struct sample_cpu {
	uint64_t all;
	uint64_t kswapd;
	uint64_t workers;
	uint64_t worker[SAMPLE_WORKERS];	/* the busiest first */
};

/**
 * sample_vm() - read the counters of /proc/vmstat alone
 * @vm: filled in
 */
void sample_vm(uint64_t vm[V_NR]);

/**
 * sample_take() - read all counters
 * @s: filled in
 * @load: the load
 */
void sample_take(struct sample *s, const struct load *load);

/**
 * sample_kswapd_ns() - CPU time of all kswapd threads
 */
uint64_t sample_kswapd_ns(void);

/**
 * sample_cpu() - who has had how much of the CPUs between two samples
 * @from: the earlier sample
 * @to: the later one; a thread that only this one has counts in full, one that has
 *	ended since does not
 * @cpu: filled in
 */
void sample_cpu(const struct sample *from, const struct sample *to,
		struct sample_cpu *cpu);

/**
 * sample_free_pages() - memory that is free at this moment
 *
 * Cheap enough to be called every few milliseconds.
 */
uint64_t sample_free_pages(void);

#endif
