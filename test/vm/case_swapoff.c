// SPDX-License-Identifier: GPL-2.0-only
/* Taking a swap device away while folios wait to be written to it. */
#include <signal.h>

#include "suite.h"

static void full_fifo(void)
{
	struct g_pressure *p;
	int i;

	setup_disk(512);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	p = g_pressure_start(data_mb, G_MIXED);
	for (i = 0; i < 2; i++) {
		setup_zram(0, 512, NULL);
		kcd_wait_waiting(0, 16);
		CHECK_RC(g_swapoff("/dev/zram0"), 0);
		CHECK_RC(g_zram_reset(0), 0);
		kcd_check_counters();
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

/* The only device goes: what it held must fit into memory again. */
static void last_device(void)
{
	struct g_pressure *swapped, *p;
	size_t mb = data_mb / 4;

	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	swapped = g_pressure_start(mb, G_MIXED);
	CHECK_RC(g_pressure_wait(swapped, mb * 256, WAIT_MS), 0);
	kill(swapped->pid, SIGSTOP);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 2000);
	CHECK_RC(g_pressure_stop(p), 0);
	/* Of the one that goes on. */
	CHECK(g_stat("/proc/meminfo", "SwapTotal:") -
	      g_stat("/proc/meminfo", "SwapFree:") > 4096, "little is swapped out");
	CHECK_RC(g_swapoff("/dev/zram0"), 0);
	kill(swapped->pid, SIGCONT);
	CHECK_RC(g_pressure_wait(swapped, swapped->pages + mb * 256, WAIT_MS), 0);
	CHECK_RC(g_pressure_stop(swapped), 0);
	kcd_check_counters();
}

/* Through zswap for a disk, which goes; what it held goes to zram, and comes back. */
static void disk_goes(void)
{
	const char *disk = g_disk();
	struct g_pressure *p;
	int i;

	setup_zswap();
	CHECK_RC(g_zram_setup(0, 512, NULL), 0);
	CHECK_RC(g_swapon("/dev/zram0", 0), 0);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	p = g_pressure_start(data_mb, G_MIXED);
	for (i = 0; i < 2; i++) {
		setup_disk(512);
		/* As many as wait at most: none is left that is for zram. */
		kcd_wait_growth(0, "queued", 256);
		kcd_wait_waiting(0, 16);
		CHECK_RC(g_swapoff(disk), 0);
		kcd_check_counters();
	}
	kcd_set_depth(0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

const struct suite_case cases_swapoff[] = {
	{ "swapoff_with_a_full_fifo", full_fifo },
	{ "swapoff_of_the_last_device", last_device },
	{ "swapoff_of_a_disk_with_folios_waiting", disk_goes },
	{ }
};
