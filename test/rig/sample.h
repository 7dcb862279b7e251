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

#define SAMPLE_WORKERS	64

/* The system's counters at one moment. */
struct sample {
	uint64_t ns;			/* g_now_ns() */
	uint64_t vm[V_NR];
	struct kcd kcd;
	uint64_t cpu_ns;		/* time on a CPU, of all threads */
	uint64_t kswapd_ns;
	uint64_t load_ns;
	uint64_t load_faults;
	uint64_t failed_writes;		/* of /dev/zram0 */
	struct {
		pid_t pid;
		uint64_t ns;
	} worker[SAMPLE_WORKERS];	/* unbound kworkers */
	unsigned int workers;
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
 * sample_workers_ns() - CPU time of the unbound kworkers between two samples
 * @from: the earlier sample
 * @to: the later one; a worker that only this one has counts in full
 * @ns: filled in, the busiest first
 */
void sample_workers_ns(const struct sample *from, const struct sample *to,
		       uint64_t ns[SAMPLE_WORKERS]);

/**
 * sample_free_pages() - memory that is free at this moment
 *
 * Cheap enough to be called every few milliseconds.
 */
uint64_t sample_free_pages(void);

#endif
