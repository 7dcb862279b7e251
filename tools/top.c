// SPDX-License-Identifier: GPL-2.0-only
/* kcompressdctl top: what happens now, on the terminal or as lines for a log. */
#include <getopt.h>
#include <locale.h>
#include <ncurses.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "ctl.h"

#define BAR_WIDTH 40

struct view {
	unsigned int seconds;		/* between two samples */
	unsigned int count;		/* views to show; 0: no end */
	struct sample samples[2];
	unsigned int newest;		/* index of the later sample */
	struct rates rates;
};

static const struct sample *view_now(const struct view *view)
{
	return &view->samples[view->newest];
}

/* Takes the next sample in place of the older one. */
static void view_advance(struct view *view)
{
	struct sample *from = &view->samples[view->newest];
	struct sample *to = &view->samples[!view->newest];

	sample_free(to);
	sample_take(to);
	view->newest = !view->newest;
	rates_compute(&view->rates, from, to);
}

/* Histograms have buckets of powers of two: it took less than this. */
static const char *time_text(uint64_t ns, char *buf, size_t size)
{
	if (!ns)
		snprintf(buf, size, "-");
	else if (ns < 10000000)
		snprintf(buf, size, "<%.0f us", ns / 1e3);
	else
		snprintf(buf, size, "<%.0f ms", ns / 1e6);
	return buf;
}

/* ---- lines for a log -------------------------------------------------------- */

static void batch_line(const struct view *view)
{
	const struct rates *r = &view->rates;
	char clock[32];
	time_t now = time(NULL);

	strftime(clock, sizeof(clock), "%FT%T", localtime(&now));
	printf("%s %9.0f %9.0f %9.0f %9.0f %9.0f %7.0f %7lu "
	       "%9.0f %9.0f %9.0f %9.0f %8.1f %8.1f %8.1f %9.0f\n",
	       clock, r->offered, r->bypassed, r->by_workers, r->by_kswapd,
	       r->freed, r->failed, kcd_total(&view_now(view)->kcd, "waiting"),
	       r->wait_p50 / 1e3, r->wait_p99 / 1e3, r->write_p50 / 1e3,
	       r->write_p99 / 1e3, r->kswapd_percent, r->workers_percent,
	       r->vm[VM_STALLS], r->vm[VM_STEAL_ANON]);
	fflush(stdout);
}

static int run_batch(struct view *view)
{
	unsigned int done;

	printf("%-19s %9s %9s %9s %9s %9s %7s %7s "
	       "%9s %9s %9s %9s %8s %8s %8s %9s\n",
	       "time", "offered/s", "bypass/s", "worker/s", "kswapd/s",
	       "freed/s", "fail/s", "waiting", "wait50us", "wait99us",
	       "write50us", "write99us", "kswapd%", "workers%", "stalls/s",
	       "anon/s");
	for (done = 0; !view->count || done < view->count; done++) {
		sleep(view->seconds);
		view_advance(view);
		if (!view_now(view)->kcd.loaded)
			ctl_die(CTL_NOT_LOADED, "the module was unloaded");
		batch_line(view);
	}
	return CTL_OK;
}

/* ---- the terminal ------------------------------------------------------------ */

/* Lines that do not fit are left out; ncurses cuts off what is too wide. */
static void line(int *y, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void line(int *y, const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		ctl_die(CTL_FAILED, "out of memory");
	va_end(args);
	mvaddnstr((*y)++, 0, text, COLS);
}

static void heading(int *y, const char *text, const char *a, const char *b)
{
	attron(A_BOLD);
	line(y, "%-28s %12s %14s", text, a, b);
	attroff(A_BOLD);
}

static void draw_folios(const struct view *view, int *y)
{
	const struct kcd *kcd = &view_now(view)->kcd;
	const struct rates *r = &view->rates;

	heading(y, "FOLIOS", "/s", "TOTAL");
	line(y, "%-28s %12.0f %14lu", "offered by kswapd", r->offered,
	     kcd_total(kcd, "offered"));
	line(y, "%-28s %12.0f %14lu", "  taken the kernel's way", r->bypassed,
	     kcd_total(kcd, "bypassed_"));
	line(y, "%-28s %12.0f %14lu", "  queued", r->queued,
	     kcd_total(kcd, "queued"));
	line(y, "%-28s %12.0f %14lu", "    written by workers", r->by_workers,
	     kcd_total(kcd, "written_worker"));
	line(y, "%-28s %12.0f %14lu", "    written by kswapd", r->by_kswapd,
	     kcd_total(kcd, "written_kswapd"));
	line(y, "%-28s %12.0f %14lu", "freed by workers", r->freed,
	     kcd_total(kcd, "handback_freed"));
	line(y, "%-28s %12.0f %14lu", "failed writes", r->failed,
	     kcd_total(kcd, "failed_writes"));
}

static void draw_queue(const struct view *view, int *y)
{
	const struct kcd *kcd = &view_now(view)->kcd;
	unsigned int i, waiting, filled;
	char bar[BAR_WIDTH + 1];

	heading(y, "QUEUE", "", "");
	for (i = 0; i < kcd->nodes; i++) {
		waiting = lines_value(kcd->node[i].stat, "waiting");
		filled = kcd->depth ? BAR_WIDTH * waiting / kcd->depth : 0;
		if (filled > BAR_WIDTH)
			filled = BAR_WIDTH;
		memset(bar, '.', BAR_WIDTH);
		memset(bar, '#', filled);
		bar[BAR_WIDTH] = 0;
		line(y, "node%-3u [%s] %u/%u", kcd->node[i].id, bar, waiting,
		     kcd->depth);
	}
}

static void draw(const struct view *view)
{
	const struct kcd *kcd = &view_now(view)->kcd;
	const struct rates *r = &view->rates;
	autofree char *writers = kcd_writers(kcd);
	char a[32], b[32];
	int y = 0;

	erase();
	attron(A_REVERSE);
	line(&y, "kcompressd %s: %s, depth %u, writers %s, Linux %s; q quits",
	     kcd->version ?: "", kcd_state(kcd), kcd->depth, writers,
	     kernel_release());
	attroff(A_REVERSE);
	draw_folios(view, &y);
	draw_queue(view, &y);
	heading(&y, "TIME", "P50", "P99");
	line(&y, "%-28s %12s %14s", "waiting in the queue",
	     time_text(r->wait_p50, a, sizeof(a)),
	     time_text(r->wait_p99, b, sizeof(b)));
	line(&y, "%-28s %12s %14s", "writing",
	     time_text(r->write_p50, a, sizeof(a)),
	     time_text(r->write_p99, b, sizeof(b)));
	heading(&y, "CPU", "%", "");
	line(&y, "%-28s %12.1f", "kswapd", r->kswapd_percent);
	line(&y, "%-28s %12.1f", "workers", r->workers_percent);
	heading(&y, "MEMORY", "/s", "");
	line(&y, "%-28s %12.0f", "anon pages reclaimed", r->vm[VM_STEAL_ANON]);
	line(&y, "%-28s %12.0f", "pages by direct reclaim",
	     r->vm[VM_STEAL_DIRECT]);
	line(&y, "%-28s %12.0f", "allocation stalls", r->vm[VM_STALLS]);
	refresh();
}

/* Until the next sample is due; false if the user wants to leave. */
static bool wait_keys(const struct view *view, uint64_t due)
{
	uint64_t now;
	int key;

	while ((now = g_now_ns()) < due) {
		timeout((due - now) / 1000000 + 1);
		key = getch();
		if (key == 'q' || key == 'Q')
			return false;
		if (key == KEY_RESIZE)
			draw(view);
	}
	return true;
}

static int run_terminal(struct view *view)
{
	SCREEN *screen = NULL;
	unsigned int done;
	bool loaded = true;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		screen = newterm(NULL, stdout, stdin);
	if (!screen)
		ctl_die(CTL_FAILED,
			"this is no terminal that can be drawn on; try top --batch");
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	draw(view);
	for (done = 0; loaded && (!view->count || done < view->count); done++) {
		if (!wait_keys(view, view_now(view)->ns +
			       view->seconds * 1000000000ull))
			break;
		view_advance(view);
		draw(view);
		loaded = view_now(view)->kcd.loaded;
	}
	endwin();
	delscreen(screen);
	if (!loaded)
		ctl_die(CTL_NOT_LOADED, "the module was unloaded");
	return CTL_OK;
}

static void usage(void)
{
	puts("usage: kcompressdctl top [OPTION...]\n"
	     "  --batch             lines for a log instead of the live view\n"
	     "  --interval SECONDS  between two samples (default: 1)\n"
	     "  --count N           leave after N samples");
}

int top_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "batch", no_argument, NULL, 'b' },
		{ "interval", required_argument, NULL, 'i' },
		{ "count", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	static struct view view;
	bool batch = false;
	int c, rc;

	view.seconds = 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 'b':
			batch = true;
			break;
		case 'i':
			view.seconds = ctl_number("--interval", optarg, 1, 3600);
			break;
		case 'c':
			view.count = ctl_number("--count", optarg, 1, 1000000000);
			break;
		case 'h':
			usage();
			return CTL_OK;
		default:
			return CTL_USAGE;
		}
	}
	if (optind < argc)
		ctl_die(CTL_USAGE, "top takes no argument '%s'", argv[optind]);

	setlocale(LC_ALL, "");
	sample_take(&view.samples[0]);
	kcd_need_loaded(&view.samples[0].kcd);
	rc = batch ? run_batch(&view) : run_terminal(&view);
	sample_free(&view.samples[0]);
	sample_free(&view.samples[1]);
	return rc;
}
