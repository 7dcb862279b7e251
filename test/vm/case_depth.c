// SPDX-License-Identifier: GPL-2.0-only
/* Depths, and changing them under load. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "suite.h"

static void at_depth(unsigned int depth)
{
	char params[32];

	setup_zram(0, 512, NULL);
	snprintf(params, sizeof(params), "depth=%u", depth);
	setup_module(params);
	data_check_offloaded(data_mb, 0);
	CHECK(kcd_value(0, "depth_max") <= depth, "the FIFO was %lld deep",
	      kcd_value(0, "depth_max"));
}

static void depth_1(void)
{
	at_depth(1);
}

static void depth_6(void)
{
	at_depth(6);
}

static void depth_256(void)
{
	at_depth(256);
}

/* Off, nothing of the module runs: no folio is even offered. */
static void depth_0(void)
{
	setup_zram(0, 512, NULL);
	setup_module("");
	CHECK(kcd_hooked(), "ftrace shows no hook");
	kcd_set_depth(0);
	CHECK(!kcd_hooked(), "the hook is still in");
	data_check(data_mb, 0, G_MIXED);
	CHECK(kcd_total("offered") == 0, "%lld folios were offered",
	      kcd_total("offered"));
	kcd_set_depth(6);
	CHECK(kcd_hooked(), "the hook is not back");
	data_check_offloaded(data_mb, 0);
}

static void random_changes(void)
{
	struct g_pressure *p;
	struct campaign c;
	unsigned int depth;

	setup_zram(0, 512, NULL);
	setup_module("");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 1000);
	campaign_begin(&c, "depths and writers", 6, 6);
	while (campaign_next(&c)) {
		depth = campaign_random(&c, 4) ? campaign_random(&c, 257) : 0;
		CHECK_RC(g_write(KCD_SYSFS "/writers", "%u", campaign_random(&c, 17)), 0);
		kcd_set_depth(depth);
		CHECK(kcd_hooked() == !!depth, "hook at depth %u: %d", depth,
		      kcd_hooked());
		kcd_check_counters();
		g_sleep_ms(campaign_random(&c, 100));
	}
	kcd_set_depth(6);
	kcd_wait_growth(0, "queued", 300);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Who makes it shallower returns when no more wait than may. */
static void shrinking(void)
{
	struct g_pressure *p;
	long long waiting;
	int round;

	setup_zram(0, 512, NULL);
	setup_module("depth=64 writers=1");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_slow_writers(0);
	for (round = 0; round < 3; round++) {
		kcd_set_depth(64);
		kcd_wait_waiting(0, 12);
		kcd_set_depth(4);
		/* With those in a writer's, kswapd's and the late work's hands. */
		waiting = kcd_value(0, "waiting");
		CHECK(waiting <= 4 + 3, "%lld folios wait at depth 4", waiting);
	}
	kcd_check_counters();
	CHECK_RC(g_pressure_stop(p), 0);
}

/* Rewrites more memory than there is without ever stopping, unlike g_pressure. */
static void press_on(size_t mb)
{
	struct g_memory m;
	long bad;

	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	g_write("/proc/self/oom_score_adj", "500");
	g_memory_map(&m, mb, G_MIXED);
	g_memory_fill(&m);
	for (;;) {
		bad = g_memory_rewrite(&m);
		CHECK(bad < 0, "page %ld is not as it was written", bad);
	}
}

/* A third of a CPU for kswapd, so that it never gets done. */
static pid_t slow_kswapd(void)
{
	pid_t kswapd = g_task_find("kswapd0");
	int cpu = g_cpus_online() - 1;

	CHECK(kswapd, "there is no kswapd0");
	suite_bind(kswapd, cpu, cpu);
	suite_hog(cpu);
	suite_hog(cpu);
	return kswapd;
}

/* How often a task has given up its CPU of its own accord; -1 if it has it not now. */
static long long yielded(pid_t pid)
{
	struct g_table status;
	char path[G_PATH];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	CHECK_RC(g_table_read(&status, path), 0);
	if (!strstr(status.text, "\nState:\tR"))
		return -1;
	return g_table_get(&status, "voluntary_ctxt_switches:");
}

/*
 * Taking the hook out waits until kswapd has given up its CPU of its own
 * accord, which takes minutes here, or has said that it might have
 * (module/settle.c). It must have done the latter at least once; a real-time
 * kernel counts each spinlock that kswapd waits for as giving up the CPU.
 */
static void off_soon(void)
{
	unsigned int ms, worst = 0, round, settled = 0;
	uint64_t start;
	long long before;
	pid_t kswapd;

	setup_zram(0, 1024, NULL);
	setup_module("depth=24");
	press_on(data_mb / 2);
	press_on(data_mb / 2);
	kcd_wait_growth(0, "queued", 1000);
	kswapd = slow_kswapd();
	for (round = 0; round < 8 && !settled; round++) {
		kcd_wait_growth(0, "queued", 100);
		before = yielded(kswapd);
		start = g_now_ns();
		kcd_set_depth(0);
		ms = (g_now_ns() - start) / 1000000;
		settled += before >= 0 && yielded(kswapd) == before;
		if (ms > worst)
			worst = ms;
		CHECK(!kcd_hooked(), "the hook is still in");
		kcd_set_depth(24);
	}
	g_note("turned off within %u ms; kswapd went on all the time: %u of %u",
	       worst, settled, round);
	CHECK(settled || g_exists("/sys/kernel/realtime"),
	      "each time kswapd had to sleep first");
}

const struct suite_case cases_depth[] = {
	{ "hook_is_out_at_depth_0", depth_0 },
	{ "data_at_depth_1", depth_1 },
	{ "data_at_depth_6", depth_6 },
	{ "data_at_depth_256", depth_256 },
	{ "depth_changes_under_load", random_changes },
	{ "shrinking_drains_down", shrinking },
	{ "off_soon_under_pressure", off_soon },
	{ }
};
