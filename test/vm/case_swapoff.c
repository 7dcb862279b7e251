// SPDX-License-Identifier: GPL-2.0-only
/* Taking a swap device away while folios wait to be written to it. */
#include "suite.h"

static void full_fifo(void)
{
	struct g_pressure *p;
	int i;

	setup_disk(512);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	p = g_pressure_start(DATA_MB, G_MIXED);
	for (i = 0; i < 2; i++) {
		setup_zram(0, 512, NULL);
		kcd_wait_waiting(0, 32);
		CHECK_RC(g_swapoff("/dev/zram0"), 0);
		CHECK_RC(g_zram_reset(0), 0);
		kcd_check_counters();
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

/* The only device goes: what it held must fit into memory again. */
static void last_device(void)
{
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	p = g_pressure_start(DATA_MB, G_MIXED);
	kcd_wait_growth(0, "queued", 2000);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK_RC(g_swapoff("/dev/zram0"), 0);
	kcd_check_counters();
}

const struct suite_case cases_swapoff[] = {
	{ "swapoff_with_a_full_fifo", full_fifo },
	{ "swapoff_of_the_last_device", last_device },
	{ }
};
