// SPDX-License-Identifier: GPL-2.0-only
/* The order of writing, proved from the tracepoints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define TRACING "/sys/kernel/tracing/"
#define EVENTS TRACING "events/kcompressd/"

#define ORDER_MB data_mb
/* Enough for each page of the load to be swapped out several times. */
#define MAX_FOLIOS (ORDER_MB * 256 * 4ul)

static struct {
	unsigned long queued;
	unsigned long taken;
	unsigned long overflows;
	unsigned long *pfn;	/* by seq */
} seen;

static void start_tracing(void)
{
	/* One counter for all CPUs: its order is the order of the events. */
	CHECK_RC(g_write(TRACING "trace_clock", "counter"), 0);
	/* Of each CPU. */
	CHECK_RC(g_write(TRACING "buffer_size_kb", "%zu", ORDER_MB * 64), 0);
	CHECK_RC(g_write(EVENTS "kcompressd_queue/enable", "1"), 0);
	CHECK_RC(g_write(EVENTS "kcompressd_write/enable", "1"), 0);
	CHECK_RC(g_write(EVENTS "kcompressd_overflow/enable", "1"), 0);
	CHECK_RC(g_write(TRACING "tracing_on", "1"), 0);
}

static void check_nothing_lost(void)
{
	char path[G_PATH];
	int cpu;

	for (cpu = 0; cpu < g_cpus_online(); cpu++) {
		snprintf(path, sizeof(path), TRACING "per_cpu/cpu%d/stats", cpu);
		CHECK(g_stat(path, "overrun:") == 0 &&
		      g_stat(path, "dropped") <= 0, "cpu%d lost events", cpu);
	}
}

static unsigned long field(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	CHECK(found, "no field %s in: %s", name, line);
	return strtoul(found + strlen(name), NULL, 10);
}

static void see(const char *line)
{
	bool overflow = strstr(line, ": kcompressd_overflow: ");
	unsigned long seq, pfn;

	if (line[0] == '#' || !strstr(line, ": kcompressd_"))
		return;
	seq = field(line, " seq=");
	pfn = field(line, " pfn=");
	if (strstr(line, ": kcompressd_queue: ")) {
		CHECK(seq == seen.queued, "queued %lu after %lu", seq,
		      seen.queued);
		CHECK(seq < MAX_FOLIOS, "more folios than expected");
		seen.pfn[seen.queued++] = pfn;
		return;
	}
	CHECK(seq == seen.taken, "%lu was taken out when %lu was the oldest",
	      seq, seen.taken);
	CHECK(pfn == seen.pfn[seq], "%lu: another folio than was queued", seq);
	seen.taken++;
	seen.overflows += overflow;
}

static void check_trace(void)
{
	FILE *trace = fopen(TRACING "trace", "r");
	char line[512];

	CHECK(trace, "cannot read the trace");
	while (fgets(line, sizeof(line), trace))
		see(line);
	fclose(trace);
}

static void order_at(unsigned int depth, bool slow, long long overflow)
{
	struct kcd_goal queued, overflows;
	char params[32];

	seen.pfn = calloc(MAX_FOLIOS, sizeof(*seen.pfn));
	CHECK(seen.pfn, "no memory");
	setup_zram(0, 512, NULL);
	snprintf(params, sizeof(params), "depth=%u", depth);
	setup_module(params);
	if (slow)
		kcd_slow_writers(0);
	start_tracing();
	queued = kcd_goal("queued", 1000);
	overflows = kcd_goal("written_kswapd", overflow);
	do
		data_check(ORDER_MB, 0, G_MIXED);
	while (!kcd_goal_reached(&queued) || !kcd_goal_reached(&overflows));
	kcd_set_depth(0);
	CHECK_RC(g_write(TRACING "tracing_on", "0"), 0);
	check_nothing_lost();
	check_trace();

	g_note("depth %u: %lu queued, %lu overflows", depth, seen.queued,
	       seen.overflows);
	CHECK(seen.taken == seen.queued, "%lu queued, %lu taken out",
	      seen.queued, seen.taken);
	CHECK((long long)seen.queued == kcd_value(0, "queued"),
	      "%lu events, but %lld were queued", seen.queued,
	      kcd_value(0, "queued"));
	CHECK((long long)seen.overflows == kcd_value(0, "written_kswapd"),
	      "%lu overflows, but kswapd wrote %lld", seen.overflows,
	      kcd_value(0, "written_kswapd"));
}

static void order_1(void)
{
	order_at(1, false, 100);
	CHECK(seen.overflows < seen.taken, "no writer wrote anything");
}

static void order_6_slow(void)
{
	order_at(6, true, 100);
}

static void order_256(void)
{
	order_at(256, false, 0);
	CHECK(seen.overflows < seen.taken, "no writer wrote anything");
}

const struct suite_case cases_order[] = {
	{ "order_at_depth_1_with_overflow", order_1 },
	{ "order_at_depth_6_with_slow_writers", order_6_slow },
	{ "order_at_depth_256", order_256 },
	{ }
};
