// SPDX-License-Identifier: GPL-2.0-only
/* Data through zswap, over each kind of device, and what zswap rejects. */
#include "suite.h"

#define DEBUG "/sys/kernel/debug/zswap/"
#define PARAMETERS "/sys/module/zswap/parameters/"

static void check_stored(void)
{
	CHECK(g_read_ll(DEBUG "stored_pages") >= 0, "no " DEBUG "stored_pages");
}

static void data_through_zswap(size_t mb, enum g_kind kind)
{
	struct g_pressure *p;

	check_stored();
	p = g_pressure_start(mb, kind);
	kcd_wait_growth(0, "queued", 1000);
	CHECK_RC(g_pressure_wait(p, mb * 256 * 2, WAIT_MS), 0);
	if (kind == G_MIXED)
		CHECK(g_read_ll(DEBUG "stored_pages") > 0, "zswap holds nothing");
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_check_bound();
}

static void over_zram(void)
{
	setup_zram(0, 512, NULL);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_MIXED);
}

static void over_disk(void)
{
	setup_disk(512);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_MIXED);
}

static void over_file(void)
{
	CHECK_RC(g_swap_file_setup(400), 0);
	CHECK_RC(g_swapon(G_SWAP_FILE, 1), 0);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_MIXED);
}

/* zram first, then the disk, and zswap turned on and off over both. */
static void zram_and_disk(void)
{
	struct g_pressure *p;
	int i;

	CHECK_RC(g_zram_setup(0, 64, NULL), 0);
	CHECK_RC(g_swapon("/dev/zram0", 10), 0);
	setup_disk(512);
	setup_zswap();
	setup_module("depth=32");
	p = g_pressure_start(data_mb + 40, G_MIXED);
	CHECK_RC(g_pressure_wait(p, (data_mb + 40) * 256, WAIT_MS), 0);
	for (i = 0; i < 6; i++) {
		CHECK_RC(g_write(PARAMETERS "enabled", "%d", i & 1), 0);
		CHECK_RC(g_pressure_wait(p, p->pages + 10000, WAIT_MS), 0);
	}
	kcd_wait_growth(0, "queued", 1000);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK(kcd_total("bypassed_device") > 0, "none went to the disk");
	kcd_check_counters();
}

/* What does not compress goes on to the disk, and comes back from it. */
static void incompressible(void)
{
	/* Counts what goes to a device; 6.1 does not count the rejects. */
	long long out = g_stat("/proc/vmstat", "pswpout");

	setup_disk(512);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_RANDOM);
	out = g_stat("/proc/vmstat", "pswpout") - out;
	CHECK(out > 1000, "only %lld pages went on to the disk", out);
	CHECK(kcd_total("handback_async") > 0, "none went on to the disk");
}

static void pool_full(void)
{
	long long before;

	setup_disk(512);
	setup_zswap();
	/* Not there before zswap was turned on for the first time. */
	before = g_read_ll(DEBUG "pool_limit_hit");
	CHECK(before >= 0, "no " DEBUG "pool_limit_hit");
	CHECK_RC(g_write(PARAMETERS "max_pool_percent", "1"), 0);
	setup_module("");
	data_through_zswap(data_mb, G_MIXED);
	CHECK(g_read_ll(DEBUG "pool_limit_hit") > before,
	      "the pool was never full");
}

const struct suite_case cases_zswap[] = {
	{ "zswap_over_zram", over_zram },
	{ "zswap_over_disk", over_disk },
	{ "zswap_over_swap_file", over_file },
	{ "zram_and_disk_with_and_without_zswap", zram_and_disk },
	{ "zswap_rejects_incompressible_pages", incompressible },
	{ "zswap_pool_full", pool_full },
	{ }
};
