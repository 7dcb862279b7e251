// SPDX-License-Identifier: GPL-2.0-only
/* The order of writing, proved from the tracepoints. */
#include <stdio.h>
#include <stdlib.h>

#include "suite.h"

#define ORDER_MB data_mb
/* Enough for each page of the load to be swapped out several times. */
#define MAX_FOLIOS (ORDER_MB * 256 * 4ul)

static struct {
	unsigned long queued;
	unsigned long taken;
	unsigned long overflows;
	unsigned long *pfn;	/* by seq */
} seen;

static void see(const char *line)
{
	unsigned long seq = kcd_trace_field(line, "seq");
	unsigned long pfn = kcd_trace_field(line, "pfn");

	if (kcd_trace_is(line, "queue")) {
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
	seen.overflows += kcd_trace_is(line, "overflow");
}

static void order_at(unsigned int depth, bool slow, long long overflow)
{
	static const char * const events[] = { "queue", "write", "overflow", NULL };
	struct kcd_goal queued, overflows;
	char params[32];

	seen.pfn = calloc(MAX_FOLIOS, sizeof(*seen.pfn));
	CHECK(seen.pfn, "no memory");
	setup_zram(0, 512, NULL);
	snprintf(params, sizeof(params), "depth=%u", depth);
	setup_module(params);
	if (slow)
		kcd_slow_writers(0);
	kcd_trace_room(ORDER_MB * 64);
	kcd_trace_start(events);
	queued = kcd_goal("queued", 1000);
	overflows = kcd_goal("written_kswapd", overflow);
	do
		data_check(ORDER_MB, 0, G_MIXED);
	while (!kcd_goal_reached(&queued) || !kcd_goal_reached(&overflows));
	kcd_set_depth(0);
	kcd_trace_end(see);

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
