// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rig inside the guest, as PID 1: memory pressure without pause, settings
 * of the module in turn, and what each interval measured.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "config.h"
#include "guest.h"
#include "kcd.h"
#include "load.h"
#include "profile.h"
#include "report.h"
#include "sample.h"
#include "setup.h"

/* Free memory is looked at this often, the module's counters ... */
#define LOOK_MS		10
#define LOOKS_KCD	5
/* ... and the timeline goes on this often. */
#define TICK_NS		1000000000ull
/* Pages that are reclaimed before a load counts as pressing on again, ... */
#define AGAIN_PAGES	2000
/* ... unless it brings about none at all. */
#define AGAIN_MS	15000

/* Looking costs the same in all intervals, or nobody looks. */
static bool counters;

static void fail(const char *what, int rc)
{
	g_out("note,failed: %s: %s", what, strerror(-rc));
	g_out("done,1");
	g_end();
}

/* The timeline of the plot: what the last second brought. */
static void tick(const struct load_stats *st, const struct setting *setting)
{
	static uint64_t last_ns, last_written, last_vm[V_NR];
	uint64_t ns = g_now_ns(), written = st->written, vm[V_NR];
	double s = (ns - last_ns) / 1e9;

	if (last_ns && ns - last_ns < TICK_NS)
		return;
	sample_vm(vm);
	if (last_ns)
		g_out("tick,%.1f,%s,%.0f,%.0f,%.1f", ns / 1e9, setting->name,
		      (written - last_written) / s,
		      (vm[V_PGSTEAL_ANON] - last_vm[V_PGSTEAL_ANON]) / s,
		      (vm[V_ALLOCSTALL] - last_vm[V_ALLOCSTALL]) / s);
	last_ns = ns;
	last_written = written;
	memcpy(last_vm, vm, sizeof(vm));
}

/* Lets @ms pass, and notes the extremes in @iv. */
static void pass(const struct load *load, struct interval *iv, unsigned int ms)
{
	uint64_t end = g_now_ns() + ms * 1000000ull, pages;
	unsigned int looks = 0;

	iv->free_min = UINT64_MAX;
	iv->pending_max = 0;
	do {
		g_sleep_ms(LOOK_MS);
		pages = sample_free_pages();
		if (pages < iv->free_min)
			iv->free_min = pages;
		if (counters && looks++ % LOOKS_KCD == 0) {
			pages = kcd_pending_pages();
			if (pages > iv->pending_max)
				iv->pending_max = pages;
		}
		tick(load->stats, iv->setting);
		profile_read(load);
		if (!load_runs())
			fail("the load ended before its time", -ESRCH);
	} while (g_now_ns() < end);
}

/*
 * Putting the hook in or out waits until kswapd has slept once, which it never
 * does under this load; and older QEMUs may run the code that is being patched
 * half old, half new. So the load holds on, freeing nothing, until kswapd has
 * nothing to do.
 */
static void set(const struct load *load, const struct setting *setting)
{
	uint64_t before;
	int rc;

	load->stats->pause = true;
	do {
		before = sample_kswapd_ns();
		g_sleep_ms(100);
	} while (sample_kswapd_ns() != before);
	rc = kcd_set(setting);
	load->stats->pause = false;
	if (rc)
		fail("setting the module", rc);
}

static uint64_t reclaimed(void)
{
	uint64_t vm[V_NR];

	sample_vm(vm);
	return vm[V_PGSTEAL_KSWAPD] + vm[V_PGSTEAL_DIRECT];
}

/*
 * While the load held on kswapd has freed more than it does under load, by as
 * much as the load takes in seconds.
 */
static void press_again(const struct load *load, struct interval *iv)
{
	uint64_t goal = reclaimed() + AGAIN_PAGES;
	unsigned int ms;

	for (ms = 0; ms < AGAIN_MS && reclaimed() < goal; ms += 100)
		pass(load, iv, 100);
}

static void measure(const struct config *c, const struct load *load,
		    const struct setting *setting)
{
	struct load_stats *st = load->stats;
	static struct interval iv;
	unsigned int b;

	set(load, setting);
	iv.number++;
	iv.setting = setting;
	press_again(load, &iv);
	pass(load, &iv, c->settle_ms);

	for (b = 0; b < HIST_BUCKETS; b++)
		iv.hist[b] = st->hist[b];
	iv.written = st->written;
	iv.bursts = st->bursts;
	iv.burst_ns = st->burst_ns;
	st->max_ns = 0;
	if (c->profile)
		profile_begin();
	sample_take(&iv.from, load);
	pass(load, &iv, c->measure_ms);
	sample_take(&iv.to, load);
	if (c->profile)
		profile_end(load, iv.number, setting->name);
	iv.max_ns = st->max_ns;
	iv.burst_ns = st->burst_ns - iv.burst_ns;
	iv.bursts = st->bursts - iv.bursts;
	iv.written = st->written - iv.written;
	for (b = 0; b < HIST_BUCKETS; b++)
		iv.hist[b] = st->hist[b] - iv.hist[b];
	report_interval(&iv);
}

/*
 * Each interval of a setting lies between two of what it is compared with, so
 * that what drifts in the machine below drops out.
 */
static void measure_all(const struct config *c, const struct load *load)
{
	unsigned int pair, i;

	report_header();
	counters = c->off.loaded;
	measure(c, load, &c->off);
	for (pair = 0; pair < c->pairs; pair++) {
		for (i = 0; i < c->settings; i++) {
			measure(c, load, &c->setting[i]);
			measure(c, load, &c->off);
		}
	}
}

/*
 * When this is done, each page that the load writes pushes another one out. With
 * the last setting, the deepest as a rule: without the module it takes longer.
 */
static void fill(const struct config *c, const struct load *load)
{
	uint64_t pages = c->load_mb * (G_MB / G_PAGE);
	struct interval iv = { .setting = &c->setting[c->settings - 1] };
	unsigned int seconds = 0;

	set(load, iv.setting);
	while (load->stats->written < pages) {
		pass(load, &iv, 1000);
		if (++seconds % 5 == 0)
			g_out("note,filling memory and swap: %u %%",
			      (unsigned int)(100 * load->stats->written / pages));
	}
}

static void start_load(const struct config *c, struct load *load)
{
	struct load_config config = {
		.kind = c->load,
		.tasks = c->tasks,
		.active = c->active,
		.mb = c->load_mb,
		.huge = c->page_kb * 1024 > G_PAGE,
		.file = g_disk(),
		/* Behind what may be swap. */
		.file_mb = c->swap_mb,
	};
	int rc;

	g_out("note,load starts");
	rc = load_start(load, &config);
	if (rc)
		fail("starting the load", rc);
}

static void stop_load(struct load *load)
{
	int rc;

	g_out("note,checking all pages");
	rc = load_stop(load);
	g_out("note,%llu pages checked, %llu wrong",
	      (unsigned long long)load->stats->checked,
	      (unsigned long long)load->stats->wrong);
	if (rc)
		fail("checking the pages", rc);
}

int main(void)
{
	const struct setting none = { .name = "none" };
	const char *what;
	struct config c;
	struct load load;
	int rc;

	g_begin();
	what = config_read(&c);
	if (what)
		fail(what, -EINVAL);
	rc = set_up(&c, &what);
	if (rc)
		fail(what, rc);
	/* What measures must not wait for memory. */
	mlockall(MCL_CURRENT | MCL_FUTURE);
	start_load(&c, &load);
	fill(&c, &load);
	rc = c.profile ? profile_open() : 0;
	if (rc)
		fail("opening perf events", rc);
	measure_all(&c, &load);
	stop_load(&load);
	rc = kcd_set(&none);
	if (rc)
		fail("unloading the module", rc);
	g_out("done,0");
	g_end();
}
