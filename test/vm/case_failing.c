// SPDX-License-Identifier: GPL-2.0-only
/* Writes fail because zram is full: nothing is lost, nothing hangs. */
#include "suite.h"

static void zram_full(void)
{
	struct g_pressure *p;
	long long failed;
	size_t mb;

	CHECK_RC(g_zram_setup(0, 512, NULL), 0);
	CHECK_RC(g_write("/sys/block/zram0/mem_limit", "8M"), 0);
	CHECK_RC(g_swapon("/dev/zram0", 1), 0);
	setup_module("depth=64");
	/*
	 * So much that kswapd cannot get to its high watermark, but not so much
	 * that all time goes into failing: the limit takes 8 MB and holds 20.
	 */
	g_write("/proc/sys/vm/watermark_scale_factor", "500");
	mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024 + 16;
	p = g_pressure_start(mb, G_MIXED);
	kcd_wait_growth(0, "failed_writes", 100);
	CHECK_RC(g_pressure_wait(p, p->pages + mb * 32, 120000), 0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_set_depth(0);
	kcd_check_counters();

	/* With room again, it works again. */
	failed = kcd_value(0, "failed_writes");
	CHECK_RC(g_swapoff("/dev/zram0"), 0);
	CHECK_RC(g_zram_reset(0), 0);
	setup_zram(0, 512, NULL);
	kcd_set_depth(6);
	data_check_offloaded(DATA_MB, 1);
	CHECK(kcd_value(0, "failed_writes") == failed, "writes still fail");
}

const struct suite_case cases_failing[] = {
	{ "zram_full", zram_full },
	{ }
};
