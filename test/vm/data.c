// SPDX-License-Identifier: GPL-2.0-only
/* Loads larger than memory, checked page by page. */
#include "suite.h"

void data_check(size_t mb, unsigned int rounds, enum g_kind kind)
{
	long long out = g_stat("/proc/vmstat", "pswpout");
	struct g_memory m;
	long bad;

	g_write("/proc/self/oom_score_adj", "500");
	g_memory_map(&m, mb, kind);
	g_memory_fill(&m);
	while (rounds--) {
		bad = g_memory_rewrite(&m);
		CHECK(bad < 0, "page %ld is not as it was written", bad);
	}
	bad = g_memory_check(&m);
	CHECK(bad < 0, "page %ld is not as it was written", bad);
	CHECK(g_stat("/proc/vmstat", "pswpout") > out, "nothing was swapped");
	g_memory_unmap(&m);
}

void data_check_offloaded(size_t mb, unsigned int rounds)
{
	struct kcd_goal goal = kcd_goal("queued", 1000);

	do
		data_check(mb, rounds, G_MIXED);
	while (!kcd_goal_reached(&goal));
	kcd_check_counters();
	kcd_check_bound();
}
