// SPDX-License-Identifier: GPL-2.0-only
/* Data through zswap, over each kind of device, and what zswap rejects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define DEBUG "/sys/kernel/debug/zswap/"
#define PARAMETERS "/sys/module/zswap/parameters/"

static void check_stored(void)
{
	CHECK(g_read_ll(DEBUG "stored_pages") >= 0, "no " DEBUG "stored_pages");
}

static void data_through_zswap(size_t mb, enum g_kind kind, const char *counter)
{
	struct g_pressure *p;

	check_stored();
	p = g_pressure_start(mb, kind);
	kcd_wait_growth(0, counter, 1000);
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
	data_through_zswap(data_mb, G_MIXED, "queued");
}

static void over_disk(void)
{
	setup_disk(512);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_MIXED, "queued");
}

static void over_file(void)
{
	CHECK_RC(g_swap_file_setup(400), 0);
	CHECK_RC(g_swapon(G_SWAP_FILE, 1), 0);
	setup_zswap();
	setup_module("");
	data_through_zswap(data_mb, G_MIXED, "queued");
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
	data_through_zswap(data_mb, G_RANDOM, "offered");
	out = g_stat("/proc/vmstat", "pswpout") - out;
	CHECK(out > 1000, "only %lld pages went on to the disk", out);
	CHECK(kcd_total("handback_async") > 0, "none went on to the disk");
}

/*
 * While all goes on to the disk nothing is won by queueing, and kswapd asks for more at
 * a time than writers can who take turns with it.
 */
static void all_rejected(void)
{
	long long queued, rejected;
	struct g_pressure *p;

	setup_disk(512);
	setup_zswap();
	/* Full from the beginning on: 7.2 takes what does not compress. */
	CHECK_RC(g_write(PARAMETERS "max_pool_percent", "0"), 0);
	setup_module("depth=24");
	p = g_pressure_start(data_mb, G_RANDOM);
	kcd_wait_growth(0, "bypassed_rejected", 500);
	queued = kcd_value(0, "queued");
	rejected = kcd_value(0, "bypassed_rejected");
	kcd_wait_growth(0, "bypassed_rejected", 4000);
	queued = kcd_value(0, "queued") - queued;
	rejected = kcd_value(0, "bypassed_rejected") - rejected;
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%lld folios were rejected, %lld queued", rejected, queued);
	CHECK(queued * 4 < rejected, "%lld folios were queued, and %lld rejected", queued,
	      rejected);
	/* What it takes finds the way back. */
	CHECK_RC(g_write(PARAMETERS "max_pool_percent", "20"), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 1000);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Not there before zswap was turned on for the first time. */
static long long limit_hits(void)
{
	long long hits = g_read_ll(DEBUG "pool_limit_hit");

	CHECK(hits >= 0, "no " DEBUG "pool_limit_hit");
	return hits;
}

/* Full again and again, and with room in between. */
static void pool_full(void)
{
	struct g_pressure *p;
	struct campaign c;
	long long hits;
	uint64_t end;

	setup_disk(512);
	setup_zswap();
	setup_module("");
	p = g_pressure_start(data_mb, G_MIXED);
	campaign_begin(&c, "times that zswap's pool is full", 2, 300);
	while (campaign_next(&c)) {
		hits = limit_hits();
		end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
		CHECK_RC(g_write(PARAMETERS "max_pool_percent", "1"), 0);
		while (limit_hits() == hits)
			CHECK(g_now_ns() < end, "the pool was never full");
		kcd_wait_growth(0, "offered", 500);
		CHECK_RC(g_write(PARAMETERS "max_pool_percent", "20"), 0);
		kcd_wait_growth(0, "queued", 1000);
		kcd_check_counters();
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_check_bound();
}

/* ---- how the disk is asked ---------------------------------------------- */

/* Queues of the disk's own in which requests have waited for their turn. */
struct queues {
	unsigned long long at[8];
	unsigned int nr;
	unsigned long requests;
};

static struct queues kswapds, writers;

static void see_queue(const char *line)
{
	struct queues *queues = strstr(line, "kswapd") ? &kswapds : &writers;
	const char *at = strstr(line, " queue=");
	unsigned long long queue;
	unsigned int i;

	if (!at || !(strstr(line, "kswapd") || strstr(line, "kworker/")))
		return;
	queue = strtoull(at + strlen(" queue="), NULL, 0);
	queues->requests++;
	for (i = 0; i < queues->nr; i++)
		if (queues->at[i] == queue)
			return;
	CHECK(queues->nr < 8, "the disk has more than 8 queues");
	queues->at[queues->nr++] = queue;
}

/*
 * A disk may have a queue of its own for what is swapped, which files do not fill
 * (block/blk-wbt.c); up to 6.1 it is for who is kswapd.
 */
static void asked_as_kswapd(void)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	static const char * const none[] = { NULL };
	struct g_pressure *p;
	char path[G_PATH];
	unsigned int i, j;

	setup_disk(512);
	snprintf(path, sizeof(path), "/sys/block/%s/queue/wbt_lat_usec",
		 g_disk() + strlen("/dev/"));
	if (g_read_ll(path) <= 0)
		SKIP("this kernel does not throttle what is written to the disk");
	setup_zswap();
	setup_module("depth=24");
	CHECK_RC(g_write(TRACING "kprobe_events", "p:case rq_qos_wait queue=$arg1:x64\n"), 0);
	CHECK_RC(g_write(TRACING "events/kprobes/case/enable", "1"), 0);
	p = g_pressure_start(data_mb, G_RANDOM);
	/* A hundred pages side by side are one request. */
	do {
		CHECK(g_now_ns() < end, "%lu requests of kswapd, %lu of writers",
		      kswapds.requests, writers.requests);
		kcd_trace_start(none);
		kcd_wait_growth(0, "bypassed_rejected", 100);
		kcd_trace_end(see_queue);
	} while (!kswapds.nr || !writers.nr);
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%lu requests of kswapd in %u queues, %lu of writers in %u",
	       kswapds.requests, kswapds.nr, writers.requests, writers.nr);
	for (i = 0; i < writers.nr; i++) {
		for (j = 0; j < kswapds.nr && kswapds.at[j] != writers.at[i]; j++)
			;
		CHECK(j < kswapds.nr, "writers wait in another queue than kswapd");
	}
	kcd_check_counters();
}

const struct suite_case cases_zswap[] = {
	{ "zswap_over_zram", over_zram },
	{ "zswap_over_disk", over_disk },
	{ "zswap_over_swap_file", over_file },
	{ "zram_and_disk_with_and_without_zswap", zram_and_disk },
	{ "zswap_rejects_incompressible_pages", incompressible },
	{ "zswap_pool_full", pool_full },
	{ "what_zswap_rejects_is_left_to_kswapd", all_rejected },
	{ "disks_take_writers_for_kswapd", asked_as_kswapd },
	{ }
};
