// SPDX-License-Identifier: GPL-2.0-only
/* Data on zram: amounts, algorithms, both LRUs. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

#define THP	"/sys/kernel/mm/transparent_hugepage/enabled"
/* Of a folio of 2 MB. */
#define HUGE_ORDER 9

static void several_hundred_mb(void)
{
	setup_zram(0, 1024, NULL);
	setup_module("");
	data_check_offloaded(data_mb, 0);
}

/*
 * The first to be written are the first to be swapped out. Reading all would
 * swap all out and in again, which takes minutes with the slower algorithms.
 */
static void check_oldest(size_t mb, size_t oldest_mb)
{
	struct g_memory m;
	size_t page;

	g_memory_map(&m, mb, G_MIXED);
	g_memory_fill(&m);
	for (page = 0; page < oldest_mb * G_MB / G_PAGE; page++)
		CHECK(g_page_check(&m, page),
		      "page %zu is not as it was written", page);
	g_memory_unmap(&m);
}

static void all_algorithms(void)
{
	char names[16][32];
	struct kcd_goal goal;
	int i, count;

	g_write("/proc/self/oom_score_adj", "500");
	count = g_zram_algorithms(names, 16);
	CHECK(count > 1, "zram lists %d algorithms", count);
	setup_module("");
	for (i = 0; i < count; i++) {
		setup_zram(0, 512, names[i]);
		goal = kcd_goal("queued", 1000);
		do
			check_oldest(data_mb, data_mb / 8);
		while (!kcd_goal_reached(&goal));
		kcd_check_counters();
		CHECK_RC(g_swapoff("/dev/zram0"), 0);
		CHECK_RC(g_zram_reset(0), 0);
	}
}

/* Two devices of the same priority: folios alternate between them. */
static void two_devices(void)
{
	setup_module("");
	CHECK_RC(g_zram_setup(0, 256, NULL), 0);
	CHECK_RC(g_zram_setup(1, 256, NULL), 0);
	CHECK_RC(g_swapon("/dev/zram0", 5), 0);
	CHECK_RC(g_swapon("/dev/zram1", 5), 0);
	data_check_offloaded(data_mb, 0);
}

static void several_processes(void)
{
	size_t mb = data_mb / 3 + 1;
	struct g_pressure *p[3];
	int i;

	setup_zram(0, 1024, NULL);
	setup_module("depth=32");
	for (i = 0; i < 3; i++)
		p[i] = g_pressure_start(mb, G_MIXED);
	kcd_wait_growth(0, "queued", 5000);
	for (i = 0; i < 3; i++)
		CHECK_RC(g_pressure_wait(p[i], mb * 256 + 1, WAIT_MS), 0);
	for (i = 0; i < 3; i++)
		CHECK_RC(g_pressure_stop(p[i]), 0);
	kcd_check_counters();
}

static void on_lru(const char *value)
{
	if (!setup_lru(value) && strcmp(value, "0"))
		SKIP("this kernel has no MGLRU");
	setup_zram(0, 512, NULL);
	setup_module("");
	data_check_offloaded(data_mb, 1);
}

static void classic_lru(void)
{
	on_lru("0");
}

static void mglru(void)
{
	on_lru("7");
}

const struct suite_case cases_zram[] = {
	{ "all_algorithms", all_algorithms },
	{ "two_devices", two_devices },
	{ "several_processes", several_processes },
	{ "classic_lru", classic_lru },
	{ "mglru", mglru },
	{ }
};

static unsigned int huge_queued, huge_written;

static void see_huge(const char *line)
{
	if (kcd_trace_field(line, "order") != HUGE_ORDER)
		return;
	huge_queued += kcd_trace_is(line, "queue");
	huge_written += kcd_trace_is(line, "written");
}

/* Swapped whole as long as there is room in one piece; later in single pages. */
static void huge_folios(void)
{
	static const char * const events[] = { "queue", "written", NULL };
	struct g_pressure *p;
	uint64_t end;

	if (!g_exists(THP))
		SKIP("this kernel has no huge pages");
	/* Off by itself where there is less than 512 MB. */
	CHECK_RC(g_write(THP, "always"), 0);
	setup_module("depth=24");
	CHECK(kcd_value(0, "bound_pages") >= 1 << HUGE_ORDER,
	      "no huge page may wait where only %lld pages may",
	      kcd_value(0, "bound_pages"));
	kcd_trace_room(4096);
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	do {
		CHECK(g_now_ns() < end, "%u huge folios were queued, %u of them written",
		      huge_queued, huge_written);
		setup_zram(0, 1024, NULL);
		kcd_trace_start(events);
		p = g_pressure_start(data_mb, G_MIXED);
		CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
		kcd_trace_end(see_huge);
		CHECK_RC(g_pressure_stop(p), 0);
		CHECK_RC(g_swapoff("/dev/zram0"), 0);
		CHECK_RC(g_zram_reset(0), 0);
	} while (huge_written < 20);
	g_note("%u folios of 2 MB were queued", huge_queued);
	kcd_set_depth(0);
	kcd_check_counters();
	kcd_check_bound();
}

const struct suite_case cases_large[] = {
	{ "several_hundred_mb", several_hundred_mb },
	{ "huge_folios", huge_folios },
	{ }
};
