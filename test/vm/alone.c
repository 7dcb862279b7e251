// SPDX-License-Identifier: GPL-2.0-only
/* kswapd reclaims and nobody else, so that others' counts can stand beside the module's. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "suite.h"

/* What kswapd is to make room for, a little at a time so that it keeps up. */
#define ROOM (32 * G_MB)
#define STEP (32 * G_PAGE)

/* At rest, and kswapd has not been woken before all was read. */
static void read_counts(struct alone *counts)
{
	do {
		kcd_wait_rest();
		kcd_read(&counts->stat, 0);
		CHECK_RC(g_table_read(&counts->vmstat, "/proc/vmstat"), 0);
		counts->device_failed = g_zram_failed_writes(0);
	} while (kcd_value(0, "offered") != g_table_get(&counts->stat, "offered"));
}

struct g_pressure *alone_begin(struct alone *before)
{
	struct g_pressure *p;
	int status;

	setup_zram(0, 512, NULL);
	setup_module("depth=16");
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * (G_MB / G_PAGE), WAIT_MS), 0);
	kill(p->pid, SIGSTOP);
	/* Where it is reclaiming it stops when it is done. */
	CHECK(waitpid(p->pid, &status, WUNTRACED) == p->pid && WIFSTOPPED(status),
	      "the load has ended");
	read_counts(before);
	return p;
}

void alone_work(const char *counter, long long by)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long goal = kcd_value(0, counter) + by;
	char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long long free = g_stat("/proc/vmstat", "nr_free_pages");
	size_t at = 0;

	CHECK(room != MAP_FAILED, "mmap");
	/* Long before anybody else has to. */
	CHECK_RC(g_write(WATERMARKS, "1000"), 0);
	while (kcd_value(0, counter) < goal) {
		CHECK(at < ROOM && g_now_ns() < end, "%s did not grow by %lld", counter, by);
		g_sleep_ms(20);
		/* Where kswapd is behind, who takes more has to reclaim, too. */
		if (g_stat("/proc/vmstat", "nr_free_pages") < free / 2)
			continue;
		/* Locked, so that it is not what kswapd takes next. */
		CHECK(!mlock(room + at, STEP), "mlock");
		at += STEP;
	}
}

void alone_end(const struct alone *before, struct alone *after)
{
	/* Enough is free then, whether it has got there or not. */
	CHECK_RC(g_write(WATERMARKS, "10"), 0);
	read_counts(after);
	CHECK(g_table_sum(&after->vmstat, "allocstall") ==
	      g_table_sum(&before->vmstat, "allocstall"), "others reclaimed, too");
}

void alone_stop(struct g_pressure *p)
{
	kcd_set_depth(0);
	kill(p->pid, SIGCONT);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

long long alone_growth(const struct g_table *before, const struct g_table *after,
		       const char *prefix)
{
	return g_table_sum(after, prefix) - g_table_sum(before, prefix);
}
