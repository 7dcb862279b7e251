// SPDX-License-Identifier: GPL-2.0-only
/*
 * kcompressdctl bench: the module off and on in turn, on this machine.
 *
 * Only kswapd's work is taken over, and kswapd wakes only when the machine as a
 * whole is short of memory; a cgroup at its limit reclaims for itself. So most
 * of the memory is pinned and the rest made too small for a load. Everything
 * runs in a cgroup of its own, which bounds what it may take, and is the first
 * to be killed if that was too much; see bench_room.c.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "ctl.h"
#include "load.h"
#include "memory.h"

#define TASKS		4
#define SETTLE_MS	1500
#define LOOK_MS		50
/* Waiting for kswapd to come to rest before the hook goes in or out. */
#define REST_TRIES	50
#define PAIRS_MAX	50

struct config {
	unsigned int depth;
	unsigned int pairs;
	unsigned int seconds;
	unsigned int arena_mb;		/* 0: a share of what is available */
	bool json;
	bool yes;
};

enum figure {
	WRITTEN,
	RECLAIMED,
	STALLS,
	DIRECT,
	P50,
	P99,
	P999,
	KSWAPD,
	WORKERS,
	FIGURES,
};

static const struct {
	const char *key;
	const char *text;
} figure_name[FIGURES] = {
	[WRITTEN]	= { "written_s", "+ pages the load wrote /s" },
	[RECLAIMED]	= { "reclaimed_s", "+ anon pages reclaimed /s" },
	[STALLS]	= { "stalls_s", "- allocation stalls /s" },
	[DIRECT]	= { "direct_percent", "- direct reclaim, % of pages" },
	[P50]		= { "touch_p50_us", "- page touch, p50, us" },
	[P99]		= { "touch_p99_us", "- page touch, p99, us" },
	[P999]		= { "touch_p999_us", "- page touch, p99.9, us" },
	[KSWAPD]	= { "kswapd_percent", "  CPU of kswapd, %" },
	[WORKERS]	= { "workers_percent", "  CPU of the workers, %" },
};

/* The intervals in order: off, on, off, on, ..., off. */
static double values[2 * PAIRS_MAX + 1][FIGURES];

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
	/* Nobody reads any more: end as if somebody did. */
	signal(SIGPIPE, SIG_IGN);
}

/* NULL, or why it has to end before its time. */
static const char *must_stop(void)
{
	if (interrupted)
		return "interrupted";
	if (load_runs())
		return bench_room_left() ? NULL : "swap is running out";
	return "the load was killed";
}

/* Lets time pass: NULL, or why it has to end. */
static const char *pass(unsigned int ms)
{
	uint64_t end = g_now_ns() + ms * 1000000ull;
	const char *why = NULL;

	while (!why && g_now_ns() < end) {
		g_sleep_ms(LOOK_MS);
		why = must_stop();
	}
	return why;
}

static const char *fill(const struct load *load, size_t mb)
{
	uint64_t pages = mb * (G_MB / G_PAGE), now;
	const char *why;

	while ((now = load->stats->written) < pages) {
		why = pass(500);
		if (why)
			return why;
		fprintf(stderr, "\rfilling memory and swap: %3u %%",
			(unsigned int)(now < pages ? 100 * now / pages : 100));
	}
	fputs("\rfilling memory and swap: 100 %\n", stderr);
	return NULL;
}

/* The load holds on meanwhile: a busy kswapd keeps the hook's change waiting. */
static int set_depth(const struct load *load, unsigned int depth)
{
	autofree char *text = text_print("%u", depth);
	static struct sample sample;
	uint64_t before;
	int tries, rc;

	load->stats->pause = true;
	sample_take(&sample);
	for (tries = 0; tries < REST_TRIES; tries++) {
		before = sample.kswapd_ns;
		sample_free(&sample);
		g_sleep_ms(100);
		sample_take(&sample);
		if (sample.kswapd_ns == before)
			break;
	}
	sample_free(&sample);
	rc = file_write(text, KCD_SYSCTL);
	load->stats->pause = false;
	return rc;
}

static void compute(double *v, const struct sample *from,
		    const struct sample *to, const uint64_t *hist,
		    uint64_t written)
{
	struct rates r;

	rates_compute(&r, from, to);
	v[WRITTEN] = written / r.seconds;
	v[RECLAIMED] = r.vm[VM_STEAL_ANON];
	v[STALLS] = r.vm[VM_STALLS];
	v[DIRECT] = r.vm[VM_STEAL_DIRECT] > 0 ? 100 * r.vm[VM_STEAL_DIRECT] /
		    (r.vm[VM_STEAL_DIRECT] + r.vm[VM_STEAL_KSWAPD]) : 0;
	v[P50] = hist_permille(hist, 500) / 1e3;
	v[P99] = hist_permille(hist, 990) / 1e3;
	v[P999] = hist_permille(hist, 999) / 1e3;
	v[KSWAPD] = r.kswapd_percent;
	v[WORKERS] = r.workers_percent;
}

/* NULL, or why it failed. */
static const char *measure(const struct config *c, const struct load *load,
			   unsigned int number)
{
	static uint64_t hist[HIST_BUCKETS];
	static struct sample from, to;
	unsigned int depth = number & 1 ? c->depth : 0, b;
	const struct load_stats *stats = load->stats;
	const char *why;
	uint64_t written;

	if (set_depth(load, depth))
		return "cannot set vm.kcompressd";
	why = pass(SETTLE_MS);
	if (why)
		return why;
	sample_take(&from);
	written = stats->written;
	for (b = 0; b < HIST_BUCKETS; b++)
		hist[b] = stats->hist[b];
	why = pass(c->seconds * 1000);
	sample_take(&to);
	written = stats->written - written;
	for (b = 0; b < HIST_BUCKETS; b++)
		hist[b] = stats->hist[b] - hist[b];
	compute(values[number], &from, &to, hist, written);
	sample_free(&from);
	sample_free(&to);
	if (why)
		return why;
	fprintf(stderr,
		"%2u/%u depth %-3u %7.0f written/s %7.0f reclaimed/s "
		"%6.1f stalls/s  p99 %.0f us\n",
		number + 1, 2 * c->pairs + 1, depth, values[number][WRITTEN],
		values[number][RECLAIMED], values[number][STALLS],
		values[number][P99]);
	return NULL;
}

/* ---- the result -------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *list, unsigned int n)
{
	qsort(list, n, sizeof(*list), compare);
	return n % 2 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

/* Of the intervals off (0) or on (1). */
static double median_of(enum figure f, unsigned int on, unsigned int pairs)
{
	double list[PAIRS_MAX + 1];
	unsigned int i, n = 0;

	for (i = on; i < 2 * pairs + 1; i += 2)
		list[n++] = values[i][f];
	return median(list, n);
}

/*
 * Each interval on is compared with the mean of its neighbours, so that what
 * drifts drops out; NAN where they are all zero.
 */
static double ratio_of(enum figure f, unsigned int pairs)
{
	double list[PAIRS_MAX], off;
	unsigned int i, n = 0;

	for (i = 1; i < 2 * pairs + 1; i += 2) {
		off = (values[i - 1][f] + values[i + 1][f]) / 2;
		if (off)
			list[n++] = values[i][f] / off;
	}
	return n ? median(list, n) : NAN;
}

static void print_table(const struct config *c)
{
	double ratio;
	int f;

	printf("\n%-30s %12s %9s %-3u %7s\n", "medians; +/- more/less is better",
	       "off", "depth", c->depth, "ratio");
	for (f = 0; f < FIGURES; f++) {
		printf("%-30s %14.1f %13.1f ", figure_name[f].text,
		       median_of(f, 0, c->pairs), median_of(f, 1, c->pairs));
		ratio = ratio_of(f, c->pairs);
		if (figure_name[f].text[0] == ' ' || isnan(ratio))
			putchar('\n');
		else
			printf("%7.2f\n", ratio);
	}
}

static void print_json(const struct config *c, const struct load_stats *stats)
{
	json_t *root, *figures = json_object(), *figure;
	double ratio;
	int f;

	for (f = 0; f < FIGURES; f++) {
		figure = json_pack("{s:f, s:f}",
				   "off", median_of(f, 0, c->pairs),
				   "on", median_of(f, 1, c->pairs));
		ratio = ratio_of(f, c->pairs);
		if (!isnan(ratio))
			json_object_set_new(figure, "ratio", json_real(ratio));
		json_object_set_new(figures, figure_name[f].key, figure);
	}
	root = json_pack("{s:s, s:i, s:i, s:i, s:I, s:I, s:o}",
			 "kernel", kernel_release(), "depth", c->depth,
			 "pairs", c->pairs, "seconds", c->seconds,
			 "pages_checked", (json_int_t)stats->checked,
			 "pages_wrong", (json_int_t)stats->wrong,
			 "figures", figures);
	if (!root || json_dumpf(root, stdout, JSON_INDENT(2)))
		ctl_die(CTL_FAILED, "cannot write JSON");
	putchar('\n');
	json_decref(root);
}

/* ---- the run ------------------------------------------------------------------ */

/* NULL, or why it failed. The load is over in any case. */
static const char *run_load(const struct config *c, struct load *load,
			    const struct bench_room *room)
{
	const struct load_config config = {
		.kind = "rewrite",
		.tasks = TASKS,
		.active = 1,
		.mb = room->load_mb,
	};
	const char *why;
	unsigned int i;

	if (load_start(load, &config))
		return "cannot start the load";
	bench_room_leave(room);
	why = fill(load, room->load_mb);
	for (i = 0; !why && i < 2 * c->pairs + 1; i++)
		why = measure(c, load, i);
	if (why) {
		load_kill(load);
		return why;
	}
	fputs("checking all pages\n", stderr);
	if (load_stop(load)) {
		load_kill(load);
		why = load->stats->wrong ? "PAGES CAME BACK WRONG" :
		      interrupted ? "interrupted" :
		      "the load was killed while its pages were checked";
	}
	return why;
}

/* Whatever happens, the depth is set back, and the cgroup is gone. */
static int run(const struct config *c, unsigned int depth_before)
{
	autofree char *depth = text_print("%u", depth_before);
	struct bench_room room;
	struct load load = { 0 };
	const char *why;
	int rc;

	bench_room_plan(&room, c->arena_mb);
	bench_room_confirm(&room, c->yes, (2 * c->pairs + 1) *
			   (c->seconds + SETTLE_MS / 1000 + 1));
	catch_signals();
	why = bench_room_take(&room);
	if (!why) {
		/* What measures must not wait for memory. */
		mlockall(MCL_CURRENT | MCL_FUTURE);
		why = run_load(c, &load, &room);
	}
	bench_room_give_back(&room);
	rc = file_write(depth, KCD_SYSCTL);
	if (rc)
		fprintf(stderr, "kcompressdctl: setting vm.kcompressd back to %s: %s\n",
			depth, strerror(-rc));
	if (why)
		ctl_die(CTL_FAILED, "bench: %s", why);
	if (c->json)
		print_json(c, load.stats);
	else
		print_table(c);
	fprintf(stderr, "%lu pages checked, %lu wrong\n", load.stats->checked,
		load.stats->wrong);
	return CTL_OK;
}

static void usage(void)
{
	puts("usage: kcompressdctl bench [OPTION...]\n"
	     "  --depth N    compare this depth with 0 (default: what is set, or 6)\n"
	     "  --pairs N    how often each is measured (default: 3)\n"
	     "  --seconds N  length of a measurement (default: 10)\n"
	     "  --memory MB  memory that is left to the load (default: a quarter of\n"
	     "               what is available, 96 to 512)\n"
	     "  --json       the result for programs\n"
	     "  --yes        do not ask before memory is taken");
}

static bool parse(struct config *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "depth", required_argument, NULL, 'd' },
		{ "pairs", required_argument, NULL, 'p' },
		{ "seconds", required_argument, NULL, 's' },
		{ "memory", required_argument, NULL, 'm' },
		{ "json", no_argument, NULL, 'j' },
		{ "yes", no_argument, NULL, 'y' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (o) {
		case 'd':
			c->depth = ctl_number("--depth", optarg, 1, 256);
			break;
		case 'p':
			c->pairs = ctl_number("--pairs", optarg, 1, PAIRS_MAX);
			break;
		case 's':
			c->seconds = ctl_number("--seconds", optarg, 1, 600);
			break;
		case 'm':
			c->arena_mb = ctl_number("--memory", optarg,
						 BENCH_ARENA_MIN, 1 << 20);
			break;
		case 'j':
			c->json = true;
			break;
		case 'y':
			c->yes = true;
			break;
		case 'h':
			usage();
			return false;
		default:
			exit(CTL_USAGE);
		}
	}
	if (optind < argc)
		ctl_die(CTL_USAGE, "bench takes no argument '%s'", argv[optind]);
	return true;
}

int bench_main(int argc, char **argv)
{
	struct config c = { .pairs = 3, .seconds = 10 };
	struct swaps swaps;
	struct kcd kcd;
	int rc;

	if (!parse(&c, argc, argv))
		return CTL_OK;
	kcd_read(&kcd);
	kcd_need_loaded(&kcd);
	swaps_read(&swaps);
	if (!swaps_compressed(&swaps))
		ctl_die(CTL_NO,
			"there is no compressed swap, so there is nothing to "
			"compare; see kcompressdctl doctor");
	if (kernel_cpus_online() < 2)
		ctl_die(CTL_NO, "with one CPU online there is nothing to compare");
	if (kernel_cpus_fewest() <= 2 && !kcd.writers)
		fputs("kcompressdctl: where a node has two CPUs at most, kswapd writes by itself\n"
		      "while they are busy, and there both turns are the same; see writers in\n"
		      "kcompressd(4)\n", stderr);
	if (geteuid())
		ctl_die(CTL_FAILED, "bench needs root: it pins memory and sets vm.kcompressd");
	if (!c.depth)
		c.depth = kcd.depth ?: 6;
	rc = run(&c, kcd.depth);
	kcd_free(&kcd);
	return rc;
}
