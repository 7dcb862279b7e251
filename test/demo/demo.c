// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo inside the guest, as PID 1: memory pressure without pause, the
 * module off and on in turn, and what each interval measured.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest.h"
#include "load.h"
#include "report.h"
#include "sample.h"

#define SYSCTL_DEPTH	"/proc/sys/vm/kcompressd"
#define MAX_DEPTHS	4

/* Free memory is looked at this often, the timeline goes on this often. */
#define LOOK_MS		10
#define TICK_NS		1000000000ull

struct config {
	const char *load;
	const char *algo;
	unsigned int tasks;
	unsigned int active;
	size_t load_mb;
	size_t zram_mb;
	unsigned int pairs;
	unsigned int settle_ms;
	unsigned int measure_ms;
	unsigned int depths;
	unsigned int depth[MAX_DEPTHS];
};

static const char *env_text(const char *name, const char *value)
{
	return getenv(name) ?: value;
}

static unsigned int env_number(const char *name, unsigned int value)
{
	return getenv(name) ? strtoul(getenv(name), NULL, 10) : value;
}

/* The kernel hands its unknown parameters to PID 1 as the environment. */
static void read_config(struct config *c)
{
	const char *depths = env_text("DEMO_DEPTHS", "");
	char *end;

	memset(c, 0, sizeof(*c));
	c->load = env_text("DEMO_LOAD", "rewrite");
	c->algo = env_text("DEMO_ALGO", "zstd");
	c->tasks = env_number("DEMO_TASKS", 8);
	c->active = env_number("DEMO_ACTIVE", 1);
	c->load_mb = env_number("DEMO_LOAD_MB", 600);
	c->zram_mb = env_number("DEMO_ZRAM_MB", 1024);
	c->pairs = env_number("DEMO_PAIRS", 3);
	c->settle_ms = env_number("DEMO_SETTLE_MS", 1500);
	c->measure_ms = env_number("DEMO_MEASURE_MS", 6000);
	while (*depths && c->depths < MAX_DEPTHS) {
		c->depth[c->depths++] = strtoul(depths, &end, 10);
		depths = end + (*end == ',');
	}
}

/* The timeline of the plot: what the last second brought. */
static void tick(const struct load_stats *st, unsigned int depth)
{
	static uint64_t last_ns, last_written, last_vm[V_NR];
	uint64_t ns = g_now_ns(), written = st->written, vm[V_NR];
	double s = (ns - last_ns) / 1e9;

	if (last_ns && ns - last_ns < TICK_NS)
		return;
	sample_vm(vm);
	if (last_ns)
		g_out("tick,%.1f,%u,%.0f,%.0f,%.1f", ns / 1e9, depth,
		      (written - last_written) / s,
		      (vm[V_PGSTEAL_ANON] - last_vm[V_PGSTEAL_ANON]) / s,
		      (vm[V_ALLOCSTALL] - last_vm[V_ALLOCSTALL]) / s);
	last_ns = ns;
	last_written = written;
	memcpy(last_vm, vm, sizeof(vm));
}

static void fail(const char *what, int rc)
{
	g_out("note,failed: %s: %s", what, strerror(-rc));
	g_out("done,1");
	g_end();
}

/* Let @ms pass. Return: the least free memory seen, in KiB. */
static uint64_t pass(const struct load *load, unsigned int depth,
		     unsigned int ms)
{
	uint64_t end = g_now_ns() + ms * 1000000ull;
	uint64_t kb, min = UINT64_MAX;

	do {
		g_sleep_ms(LOOK_MS);
		kb = sample_free_kb();
		if (kb < min)
			min = kb;
		tick(load->stats, depth);
		if (!load_runs())
			fail("the load ended before its time", -ESRCH);
	} while (g_now_ns() < end);
	return min;
}

/*
 * Putting the hook in or out waits until kswapd has slept once, which it never
 * does under this load; and older QEMUs may run the code that is being patched
 * half old, half new. So the load holds on, freeing nothing, until kswapd has
 * nothing to do.
 */
static void set_depth(const struct config *c, const struct load *load,
		      unsigned int depth)
{
	uint64_t before;
	int rc;

	if (!c->depths)
		return;
	load->stats->pause = true;
	do {
		before = sample_kswapd_ns();
		g_sleep_ms(100);
	} while (sample_kswapd_ns() != before);
	rc = g_write(SYSCTL_DEPTH, "%u", depth);
	load->stats->pause = false;
	if (rc)
		fail("setting vm.kcompressd", rc);
}

static void measure(const struct config *c, const struct load *load,
		    unsigned int depth)
{
	static struct interval iv;
	struct load_stats *st = load->stats;
	unsigned int b;

	set_depth(c, load, depth);
	pass(load, depth, c->settle_ms);

	iv.number++;
	iv.depth = depth;
	for (b = 0; b < HIST_BUCKETS; b++)
		iv.hist[b] = st->hist[b];
	iv.written = st->written;
	st->max_ns = 0;
	sample_take(&iv.from, load);
	iv.min_free_kb = pass(load, depth, c->measure_ms);
	sample_take(&iv.to, load);
	iv.max_ns = st->max_ns;
	iv.written = st->written - iv.written;
	for (b = 0; b < HIST_BUCKETS; b++)
		iv.hist[b] = st->hist[b] - iv.hist[b];
	report_interval(&iv);
}

/*
 * Each interval with the module on lies between two with it off, so that what
 * drifts in the machine below drops out.
 */
static void measure_all(const struct config *c, const struct load *load)
{
	unsigned int pair, d;

	report_header();
	measure(c, load, 0);
	for (pair = 0; pair < c->pairs; pair++) {
		if (!c->depths)
			measure(c, load, 0);
		for (d = 0; d < c->depths; d++) {
			measure(c, load, c->depth[d]);
			measure(c, load, 0);
		}
	}
}

/* When this is done, each page that the load writes pushes another one out. */
static void fill(const struct config *c, const struct load *load)
{
	uint64_t pages = c->load_mb * (G_MB / G_PAGE);
	unsigned int seconds = 0;

	while (load->stats->written < pages) {
		pass(load, 0, 1000);
		if (++seconds % 5 == 0)
			g_out("note,filling memory and swap: %u %%",
			      (unsigned int)(100 * load->stats->written / pages));
	}
}

static void set_up(const struct config *c)
{
	int rc;

	rc = g_zram_setup(0, c->zram_mb, c->algo) ?: g_swapon("/dev/zram0", 0);
	if (rc)
		fail("setting up zram", rc);
	/* The gap between the watermarks that a real machine has, in pages. */
	g_write("/proc/sys/vm/watermark_scale_factor", "100");
	rc = c->depths ? g_module_load("kcompressd", NULL) : 0;
	if (rc)
		fail("loading the module", rc);
	/* What measures must not wait for memory. */
	mlockall(MCL_CURRENT | MCL_FUTURE);
}

int main(void)
{
	struct config c;
	struct load load;
	int rc;

	g_begin();
	read_config(&c);
	set_up(&c);
	g_out("note,load starts");
	rc = load_start(&load, c.load, c.tasks, c.active,
			c.load_mb);
	if (rc)
		fail("starting the load", rc);
	set_depth(&c, &load, 0);
	fill(&c, &load);
	measure_all(&c, &load);
	g_out("note,checking all pages");
	rc = load_stop(&load);
	g_out("note,%llu pages checked, %llu wrong",
	      (unsigned long long)load.stats->checked,
	      (unsigned long long)load.stats->wrong);
	if (rc)
		fail("checking the pages", rc);
	rc = c.depths ? g_module_unload("kcompressd") : 0;
	if (rc)
		fail("unloading the module", rc);
	g_out("done,0");
	g_end();
}
