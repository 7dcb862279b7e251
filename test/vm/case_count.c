// SPDX-License-Identifier: GPL-2.0-only
/* Counters: that they add up, and that they tell of work that is done. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static void sampled_under_load(void)
{
	unsigned int samples;
	long long queued;
	struct g_pressure *p;
	uint64_t end;

	setup_zram(0, 512, NULL);
	setup_module("depth=16");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 100);
	queued = kcd_value(0, "queued");
	end = g_now_ns() + 5000000000ull;
	for (samples = 0; g_now_ns() < end || samples < 50; samples++)
		kcd_check_counters();
	CHECK(kcd_value(0, "queued") > queued, "there was no load meanwhile");
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Counters never go down. */
static void monotonic(void)
{
	static const char * const names[] = {
		"offered", "queued", "written_worker", "written_kswapd",
		"handback_freed", "freed_pages", "depth_max", "wait_ns",
		"write_ns",
	};
	long long last[sizeof(names) / sizeof(names[0])] = { 0 }, now;
	struct g_pressure *p;
	struct g_table stat;
	uint64_t end;
	size_t i;

	setup_zram(0, 512, NULL);
	setup_module("depth=2");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "written_kswapd", 100);
	kcd_wait_growth(0, "handback_freed", 100);
	end = g_now_ns() + 4000000000ull;
	while (g_now_ns() < end) {
		kcd_read(&stat, 0);
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			now = g_table_get(&stat, names[i]);
			CHECK(now >= last[i], "%s went from %lld to %lld",
			      names[i], last[i], now);
			last[i] = now;
		}
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(last[i] > 0, "%s stayed 0", names[i]);
	CHECK_RC(g_pressure_stop(p), 0);
}

static long long histogram_sum(const char *name)
{
	char path[G_PATH], text[4096], *line, *rest;
	long long bound, last = -1, sum = 0;

	snprintf(path, sizeof(path), KCD_SYSFS "/node0/%s", name);
	CHECK(g_read(path, text, sizeof(text)) > 0, "cannot read %s", path);
	for (line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		bound = strtoll(line, &rest, 10);
		CHECK(bound > last, "%s: bounds do not rise", name);
		last = bound;
		sum += strtoll(rest, NULL, 10);
	}
	return sum;
}

/* What is undecided is so for 100 ms, or until a busy host comes back. */
static void wait_decided(void)
{
	uint64_t begin = g_now_ns();

	while (kcd_value(0, "pending"))
		CHECK(kcd_soon(begin), "%lld are pending at rest",
		      kcd_value(0, "pending"));
}

/* At rest, each histogram has counted what its counter has. */
static void histograms(void)
{
	long long written;

	setup_zram(0, 512, NULL);
	setup_module("depth=24");
	data_check_offloaded(data_mb, 0);
	kcd_set_depth(0);
	written = kcd_value(0, "written_worker") +
		  kcd_value(0, "written_kswapd");
	CHECK(histogram_sum("wait_ns_histogram") == kcd_value(0, "queued"),
	      "wait_ns_histogram has %lld", histogram_sum("wait_ns_histogram"));
	CHECK(histogram_sum("write_ns_histogram") == written,
	      "write_ns_histogram has %lld of %lld",
	      histogram_sum("write_ns_histogram"), written);
	/* Freeing goes on a little after the FIFO is empty. */
	wait_decided();
	CHECK(histogram_sum("free_ns_histogram") ==
	      kcd_value(0, "handback_freed"), "free_ns_histogram has %lld",
	      histogram_sum("free_ns_histogram"));
	CHECK(kcd_value(0, "freed_pages") >= kcd_value(0, "handback_freed"),
	      "fewer pages than folios were freed");
}

/* What kswapd writes itself is looked after, too, when nothing more comes. */
static void nothing_pending(void)
{
	struct g_pressure *p;
	int i;

	setup_zram(0, 512, NULL);
	setup_module("depth=1");
	p = g_pressure_start(data_mb, G_MIXED);
	for (i = 0; i < 12; i++) {
		kcd_wait_growth(0, "written_kswapd", 50);
		kill(p->pid, SIGSTOP);
		kcd_wait_rest();
		wait_decided();
		kill(p->pid, SIGCONT);
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

/* The point of it all: kswapd's folios are compressed and freed by others. */
static void offloads(void)
{
	long long out = g_stat("/proc/vmstat", "pswpout");
	long long offered, refused, queued, worker, failed;
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 6000);
	/* MGLRU looks at its batch a second time and frees most of it then. */
	kcd_wait_growth(0, "handback_freed", 100);
	CHECK_RC(g_pressure_stop(p), 0);
	g_sleep_ms(300);

	out = g_stat("/proc/vmstat", "pswpout") - out;
	offered = kcd_value(0, "offered");
	queued = kcd_value(0, "queued");
	worker = kcd_value(0, "written_worker");
	g_note("%lld swapped out: %lld by kswapd, %lld queued, %lld by writers, %lld freed",
	       out, offered, queued, worker, kcd_value(0, "handback_freed"));
	CHECK(offered <= out, "more was offered than swapped out");
	CHECK(queued * 2 > offered, "less than half was queued");
	/* While the host keeps writers from their CPUs no more may be taken. */
	refused = kcd_value(0, "bypassed_bound") + kcd_value(0, "bypassed_watermark");
	CHECK(queued * 10 > (offered - refused) * 8, "less than 80 %% was queued");
	CHECK(worker * 2 > queued, "writers wrote less than half");
	CHECK((kcd_value(0, "handback_freed") + kcd_value(0, "handback_gone")) *
	      2 > queued, "less than half was freed");
	/* All who reclaim take from the same reserves: the device may find none left. */
	failed = kcd_value(0, "failed_writes");
	CHECK(failed * 1000 <= queued, "%lld writes failed", failed);
}

/*
 * The kernel itself counts each page that it gives to a device, or, from 6.12 on, keeps
 * as a zero in its stead. So many are those of kswapd's that were written here or left
 * to it: all are single pages where there is too little memory for huge ones.
 */
static void written_once(void)
{
	static struct alone before, after;
	long long out, zero, written, bypassed;
	struct g_pressure *p;

	p = alone_begin(&before);
	alone_work("queued", 2000);
	alone_end(&before, &after);
	alone_stop(p);

	out = alone_growth(&before.vmstat, &after.vmstat, "pswpout");
	/* Both are -1 where it is not counted. */
	zero = alone_growth(&before.vmstat, &after.vmstat, "swpout_zero");
	written = alone_growth(&before.stat, &after.stat, "written_worker") +
		  alone_growth(&before.stat, &after.stat, "written_kswapd");
	bypassed = alone_growth(&before.stat, &after.stat, "bypassed_");
	g_note("%lld pages and %lld zeros swapped out; %lld written, %lld bypassed", out,
	       zero, written, bypassed);
	CHECK(!alone_growth(&before.stat, &after.stat, "failed_writes"), "writes failed");
	CHECK(written + bypassed == out + zero, "%lld written and bypassed, %lld swapped out",
	      written + bypassed, out + zero);
}

const struct suite_case cases_count[] = {
	{ "counters_add_up_under_load", sampled_under_load },
	{ "counters_never_go_down", monotonic },
	{ "histograms_match_counters", histograms },
	{ "nothing_stays_pending", nothing_pending },
	{ "each_is_written_once", written_once },
	{ "most_of_kswapds_work_is_offloaded", offloads },
	{ }
};
