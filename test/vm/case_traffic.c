// SPDX-License-Identifier: GPL-2.0-only
/* Much is swapped out and in again, and each page is checked each time. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

/* Folios of one round; between two the depth changes. */
#define ROUND 1000
/* What has been swapped in may be in small folios for good: now and then all anew. */
#define FRESH 20

static long long written(void)
{
	return kcd_total("written_worker") + kcd_total("written_kswapd");
}

/* Full: thousands of folios. */
static void traffic(const char *what, unsigned long full)
{
	struct g_pressure *p;
	struct campaign c;
	long long goal;
	uint64_t end;

	p = g_pressure_start(data_mb, G_MIXED);
	goal = written();
	campaign_begin(&c, what, 10, full);
	while (campaign_next(&c)) {
		kcd_set_depth(1 + campaign_random(&c, 256));
		goal += ROUND;
		end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
		while (written() < goal) {
			CHECK(g_now_ns() < end, "only %lld of %lld folios",
			      written(), goal);
			/* Fails if a page is not as it was written. */
			CHECK(p->bad_page < 0, "page %ld is wrong", p->bad_page);
			g_sleep_ms(10);
		}
		if (!(c.done % FRESH)) {
			CHECK_RC(g_pressure_stop(p), 0);
			p = g_pressure_start(data_mb, G_MIXED);
		}
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	/* What is written again after it has failed is no traffic. */
	CHECK(kcd_total("failed_writes") * 50 < written(), "%lld of %lld writes failed",
	      kcd_total("failed_writes"), written());
	kcd_check_counters();
}

static void over_zram(void)
{
	setup_zram(0, 512, NULL);
	setup_module("");
	traffic("1000 folios over zram", 2000);
}

static void over_zswap(void)
{
	setup_disk(512);
	setup_zswap();
	setup_module("");
	traffic("1000 folios over zswap", 1500);
}

/* Most of the pages that writers freed were in larger ones. */
static void check_large_freed(void)
{
	long long folios = kcd_total("handback_freed"), pages = kcd_total("freed_pages");

	g_note("%lld folios of %lld pages were freed by writers", folios, pages);
	CHECK((pages - folios) * 10 > pages, "hardly any folio had more than one page");
}

static void need_sizes(void)
{
	if (!setup_sizes())
		SKIP("this kernel has no folios of 64 KiB for anonymous memory");
}

static void sizes_over_zram(void)
{
	need_sizes();
	setup_zram(0, 512, NULL);
	setup_module("");
	traffic("1000 folios of several sizes over zram", 1500);
	check_large_freed();
}

/* Where zswap does not take large ones (up to 6.12), they are the disk's. */
static void sizes_over_zswap(void)
{
	char path[G_PATH];

	need_sizes();
	/* On what is said to turn the kernel keeps no room for larger ones. */
	CHECK(g_disk(), "the guest has no scratch disk");
	snprintf(path, sizeof(path), "/sys/block%s/queue/rotational",
		 strrchr(g_disk(), '/'));
	CHECK_RC(g_write(path, "0"), 0);
	setup_disk(512);
	setup_zswap();
	setup_module("");
	traffic("1000 folios of several sizes over zswap", 1500);
	if (kcd_total("bypassed_device"))
		g_note("%lld were left to the disk", kcd_total("bypassed_device"));
	else
		check_large_freed();
}

const struct suite_case cases_traffic[] = {
	{ "traffic_over_zram", over_zram },
	{ "traffic_over_zswap", over_zswap },
	{ "traffic_of_several_sizes", sizes_over_zram },
	{ "traffic_of_several_sizes_over_zswap", sizes_over_zswap },
	{ }
};
