// SPDX-License-Identifier: GPL-2.0-only
/* Folios that must take the kernel's own way, and be counted. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "suite.h"

static void plain_disk(void)
{
	struct kcd_goal goal;

	setup_disk(512);
	setup_module("");
	goal = kcd_goal("bypassed_device", 1000);
	do
		data_check(data_mb, 0, G_MIXED);
	while (!kcd_goal_reached(&goal));
	CHECK(kcd_total("queued") == 0, "%lld folios were queued",
	      kcd_total("queued"));
	kcd_check_counters();
}

static void shmem(void)
{
	struct kcd_goal goal;
	struct g_memory m;
	long bad;
	int fd;

	setup_zram(0, 512, NULL);
	setup_module("");
	fd = memfd_create("case", 0);
	CHECK(fd >= 0 && !ftruncate(fd, data_mb * G_MB), "no memfd");
	g_memory_map_fd(&m, data_mb, G_MIXED, fd);
	goal = kcd_goal("bypassed_shmem", 1000);
	do {
		g_memory_fill(&m);
		bad = g_memory_check(&m);
		CHECK(bad < 0, "page %ld is not as it was written", bad);
	} while (!kcd_goal_reached(&goal));
	kcd_check_counters();
}

static void same_filled(void)
{
	struct kcd_goal goal;

	setup_zram(0, 512, NULL);
	setup_module("");
	goal = kcd_goal("bypassed_same_filled", 1000);
	do
		data_check(data_mb, 0, G_SAME);
	while (!kcd_goal_reached(&goal));
	kcd_check_counters();
}

/*
 * With the min watermark put up there may be no memory to open a file with, nor for what
 * of this task is not there, and nobody then to put it down again.
 */
static int min_free_open(void)
{
	int fd = open(MIN_FREE, O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0, "cannot write " MIN_FREE);
	CHECK(!mlockall(MCL_CURRENT), "mlockall");
	return fd;
}

static void min_free_set(int fd, long long kb)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", kb);

	CHECK(pwrite(fd, text, len, 0) == len, "cannot set " MIN_FREE);
}

/*
 * The min watermark is put up, so that less is free than half of it: nothing may wait
 * until there is more again.
 */
static void scarce(void)
{
	long long min = g_read_ll(MIN_FREE);
	int fd = min_free_open();
	struct g_pressure *p;
	struct kcd_goal goal;

	CHECK(min > 0, "cannot read " MIN_FREE);
	setup_zram(0, 512, NULL);
	setup_module("");
	/* So little above it that its half is more than is free. */
	g_write(WATERMARKS, "50");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	goal = kcd_goal("bypassed_watermark", 100);
	do {
		min_free_set(fd, min + 16 * 1024);
		g_sleep_ms(200);
		min_free_set(fd, min);
		g_sleep_ms(200);
	} while (!kcd_goal_reached(&goal));
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_check_bound();
}

/* Not from /proc/meminfo: that takes memory, too. */
static long long free_kb(void)
{
	struct sysinfo info;

	CHECK(!sysinfo(&info), "sysinfo");
	return (long long)info.freeram * info.mem_unit / 1024;
}

/*
 * Half of the min watermark lies between what is free without CMA, which swap-out
 * itself cannot use, and all that is free. Where it does not any more, what is
 * counted says nothing; and where all that is free is less than that half, 7.2 cannot
 * swap out any more (swap_cluster_alloc_table() says __GFP_NOMEMALLOC), so the case
 * must not need memory to end that, and much of what is free is to be CMA.
 */
static void cma(void)
{
	long long min = g_read_ll(MIN_FREE), before, free, part, half, bypassed = 0;
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	struct g_pressure *p;
	bool holds;
	int fd;

	if (g_stat("/proc/meminfo", "CmaTotal:") <= 0)
		SKIP("this machine has no CMA");
	CHECK(min > 0, "cannot read " MIN_FREE);
	fd = min_free_open();
	setup_zram(0, 512, NULL);
	setup_module("");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	while (bypassed < 500) {
		CHECK(g_now_ns() < end, "%lld folios were bypassed", bypassed);
		free = free_kb();
		part = g_stat("/proc/meminfo", "CmaFree:");
		if (part < free / 8) {
			g_sleep_ms(10);
			continue;
		}
		half = free - part * 3 / 4;
		before = kcd_total("bypassed_watermark");
		min_free_set(fd, 2 * half);
		g_sleep_ms(200);
		holds = free_kb() > half;
		min_free_set(fd, min);
		if (holds)
			bypassed += kcd_total("bypassed_watermark") - before;
		g_sleep_ms(200);
	}
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_check_bound();
}

const struct suite_case cases_bypass[] = {
	{ "plain_disk_is_bypassed", plain_disk },
	{ "shmem_is_bypassed", shmem },
	{ "same_filled_pages_are_bypassed", same_filled },
	{ "nothing_waits_below_half_of_min", scarce },
	{ }
};

const struct suite_case cases_cma[] = {
	{ "free_cma_is_no_room", cma },
	{ }
};
