// SPDX-License-Identifier: GPL-2.0-only
/* Memory cgroups: limits, and what they forbid zswap. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "suite.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/case"
#define LRU_GEN	"/sys/kernel/mm/lru_gen/enabled"
#define TRACING "/sys/kernel/tracing/"

/* The calling process moves into a group of its own. */
static void enter_group(void)
{
	CHECK_RC(g_write(ROOT "/cgroup.subtree_control", "+memory"), 0);
	CHECK_RC(mkdir(GROUP, 0755), 0);
	CHECK_RC(g_write(GROUP "/cgroup.procs", "0"), 0);
}

/* Memory is free, so kswapd sleeps: what the group swaps is not kswapd's. */
static void limited(const char *file)
{
	setup_zram(0, 512, NULL);
	setup_module("");
	enter_group();
	/* With what zram takes for the rest, far from all memory. */
	CHECK_RC(g_write(file, "%zuM", data_mb / 3), 0);
	data_check(data_mb / 2, 1, G_MIXED);
	CHECK(kcd_total("offered") == 0, "%lld folios were offered",
	      kcd_total("offered"));
}

static void limit_max(void)
{
	limited(GROUP "/memory.max");
}

static void limit_high(void)
{
	limited(GROUP "/memory.high");
}

/* Pressure of both kinds at once: the group's limit and the machine's. */
static void limit_and_pressure(void)
{
	struct g_pressure *p;

	setup_zram(0, 1024, NULL);
	setup_module("depth=16");
	p = g_pressure_start(data_mb, G_MIXED);
	enter_group();
	CHECK_RC(g_write(GROUP "/memory.max", "%zuM", data_mb / 3), 0);
	kcd_wait_growth(0, "queued", 500);
	data_check_offloaded(data_mb / 2, 0);
	CHECK_RC(g_pressure_stop(p), 0);
}

static void zswap_max(void)
{
	setup_disk(512);
	setup_zswap();
	setup_module("");
	enter_group();
	if (!g_exists(GROUP "/memory.zswap.max"))
		SKIP("this kernel has no memory.zswap.max");
	CHECK_RC(g_write(GROUP "/memory.zswap.max", "4M"), 0);
	data_check_offloaded(data_mb, 1);
	CHECK(kcd_total("handback_async") > 0, "none went on to the disk");
}

static void zswap_writeback(void)
{
	struct g_pressure *p;
	long long out;

	setup_disk(512);
	setup_zswap();
	setup_module("");
	enter_group();
	if (!g_exists(GROUP "/memory.zswap.writeback"))
		SKIP("this kernel has no memory.zswap.writeback");
	CHECK_RC(g_write(GROUP "/memory.zswap.writeback", "0"), 0);
	/* Stays in zswap or in memory: nothing is written to the disk. */
	out = g_stat("/proc/vmstat", "pswpout");
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256 * 2, WAIT_MS), 0);
	kcd_wait_growth(0, "bypassed_memcg", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	out = g_stat("/proc/vmstat", "pswpout") - out;
	g_note("%lld folios were bypassed, %lld queued, %lld pages written",
	       kcd_total("bypassed_memcg"), kcd_total("queued"), out);
	CHECK(!out, "%lld pages were written to the disk", out);
	/* What the process had before it came to the group. */
	CHECK(kcd_total("queued") < 50, "%lld folios were queued", kcd_total("queued"));
	kcd_check_counters();
}

/* What reclaim tells of groups: pages that it scanned, and how many of them it freed. */
static struct {
	long long scanned;
	long long freed;
} told;

static void see_told(const char *line)
{
	/* What programs reclaim for themselves is theirs to tell. */
	if (!strstr(line, ": case: ") || kcd_trace_field(line, "tree") ||
	    !(strstr(line, "kswapd") || strstr(line, "kworker/")))
		return;
	told.scanned += kcd_trace_field(line, "scanned");
	told.freed += kcd_trace_field(line, "freed");
}

/* Of 100 pages of groups that were scanned so many were freed. */
static long long freed_of_scanned(unsigned int depth)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	static const char * const none[] = { NULL };

	kcd_set_depth(depth);
	g_sleep_ms(1000);
	memset(&told, 0, sizeof(told));
	while (told.scanned < 10000) {
		CHECK(g_now_ns() < end, "%lld pages were scanned", told.scanned);
		kcd_trace_start(none);
		g_sleep_ms(500);
		kcd_trace_end(see_told);
	}
	return told.freed * 100 / told.scanned;
}

/*
 * Where less than 40 of 100 pages are freed the kernel makes the group's sockets take
 * less (mm/vmpressure.c). That is decided before kswapd is credited with what writers
 * have freed.
 */
static void told_to_group(void)
{
	/* With the order before the group, in 7.2 and later. */
	int group = g_kernel_is("7.") ? 3 : 2;
	struct g_pressure *p;
	long long off, on;
	char lru[16] = "";

	if (g_read(LRU_GEN, lru, sizeof(lru)) > 0)
		CHECK_RC(g_write(LRU_GEN, "0"), 0);
	setup_zram(0, 512, NULL);
	setup_module("depth=0");
	enter_group();
	CHECK_RC(g_write(TRACING "kprobe_events",
			 "p:case vmpressure tree=$arg%d:u8 scanned=$arg%d:u64 freed=$arg%d:u64\n",
			 group + 1, group + 2, group + 3), 0);
	CHECK_RC(g_write(TRACING "events/kprobes/case/enable", "1"), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
	off = freed_of_scanned(0);
	on = freed_of_scanned(24);
	g_note("of 100 scanned pages %lld were freed, with the module off %lld", on, off);
	CHECK_RC(g_pressure_stop(p), 0);
	/* It differs from one second to the next, by more than a half. */
	CHECK(on * 4 >= off, "of 100 scanned pages %lld were freed, with the module off %lld",
	      on, off);
	g_write(LRU_GEN, "%s", lru);
}

const struct suite_case cases_memcg[] = {
	{ "memory_max_is_not_kswapds", limit_max },
	{ "memory_high_is_not_kswapds", limit_high },
	{ "memory_max_beside_pressure", limit_and_pressure },
	{ "memory_zswap_max", zswap_max },
	{ "memory_zswap_writeback_off", zswap_writeback },
	{ "what_writers_free_is_told_to_the_group", told_to_group },
	{ }
};
