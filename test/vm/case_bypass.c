// SPDX-License-Identifier: GPL-2.0-only
/* Folios that must take the kernel's own way, and be counted. */
#include <sys/mman.h>
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

const struct suite_case cases_bypass[] = {
	{ "plain_disk_is_bypassed", plain_disk },
	{ "shmem_is_bypassed", shmem },
	{ "same_filled_pages_are_bypassed", same_filled },
	{ }
};
