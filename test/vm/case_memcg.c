// SPDX-License-Identifier: GPL-2.0-only
/* Memory cgroups: limits, and what they forbid zswap. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

/* The calling process moves into a group of its own. */
static void enter_group(void)
{
	setup_group();
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
static void limit_and_pressure(const char *file)
{
	struct g_pressure *p;

	setup_zram(0, 1024, NULL);
	setup_module("depth=16");
	p = g_pressure_start(data_mb, G_MIXED);
	enter_group();
	CHECK_RC(g_write(file, "%zuM", data_mb / 3), 0);
	kcd_wait_growth(0, "queued", 500);
	data_check_offloaded(data_mb / 2, 0);
	CHECK_RC(g_pressure_stop(p), 0);
}

static void max_and_pressure(void)
{
	limit_and_pressure(GROUP "/memory.max");
}

static void high_and_pressure(void)
{
	limit_and_pressure(GROUP "/memory.high");
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
	struct kcd_goal bypassed;
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
	/* What zswap refuses stays in memory, and kswapd gives up after enough of that. */
	bypassed = kcd_goal("bypassed_memcg", 500);
	while (!kcd_goal_reached(&bypassed)) {
		setup_kswapd();
		g_sleep_ms(100);
	}
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
struct told {
	long long scanned;
	long long freed;
};

static struct told *told;

static void see_told(const char *line)
{
	/* What programs reclaim for themselves is theirs to tell. */
	if (!strstr(line, ": case: ") || kcd_trace_field(line, "tree") ||
	    !(strstr(line, "kswapd") || strstr(line, "kworker/")))
		return;
	told->scanned += kcd_trace_field(line, "scanned");
	told->freed += kcd_trace_field(line, "freed");
}

/* Until so many more pages of groups were scanned. */
static void watch_told(struct told *sum, unsigned int depth)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	static const char * const none[] = { NULL };
	long long goal = sum->scanned + 5000;

	kcd_set_depth(depth);
	g_sleep_ms(1000);
	told = sum;
	while (sum->scanned < goal) {
		CHECK(g_now_ns() < end, "%lld pages were scanned", sum->scanned);
		kcd_trace_start(none);
		g_sleep_ms(500);
		kcd_trace_end(see_told);
	}
}

/* By less than a fourth of what is told without the module. */
static bool told_too_little(const struct told *off, const struct told *on)
{
	return on->freed * 4 * off->scanned < off->freed * on->scanned;
}

/*
 * Where less than 40 of 100 pages are freed the kernel makes the group's sockets take
 * less (mm/vmpressure.c). That is decided before kswapd is credited with what writers
 * have freed.
 */
static void told_to_group(void)
{
	/* With the order before the group, in 7.2 and later. */
	int group = g_kernel_is("7.") ? 3 : 2, round;
	struct told on = { 0 }, off = { 0 };
	struct g_pressure *p;

	setup_lru("0");
	setup_zram(0, 512, NULL);
	setup_module("depth=0");
	enter_group();
	CHECK_RC(g_write(TRACING "kprobe_events",
			 "p:case vmpressure tree=$arg%d:u8 scanned=$arg%d:u64 freed=$arg%d:u64\n",
			 group + 1, group + 2, group + 3), 0);
	CHECK_RC(g_write(TRACING "events/kprobes/case/enable", "1"), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
	/* The share differs from one second to the next, by half and more. */
	for (round = 0; round < 9 && (round < 3 || told_too_little(&off, &on)); round++) {
		watch_told(&off, 0);
		watch_told(&on, 24);
	}
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("freed of scanned: %lld of %lld, with the module off %lld of %lld",
	       on.freed, on.scanned, off.freed, off.scanned);
	CHECK(!told_too_little(&off, &on), "too little of what writers free is told");
}

const struct suite_case cases_memcg[] = {
	{ "memory_max_is_not_kswapds", limit_max },
	{ "memory_high_is_not_kswapds", limit_high },
	{ "memory_max_beside_pressure", max_and_pressure },
	{ "memory_high_beside_pressure", high_and_pressure },
	{ "memory_zswap_max", zswap_max },
	{ "memory_zswap_writeback_off", zswap_writeback },
	{ "what_writers_free_is_told_to_the_group", told_to_group },
	{ }
};
