// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo's memory pressure: one process that holds more than memory and
 * never lets up, so that every interval measures the same steady state.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "load.h"

/* The touch load gives back this many pages at once. */
#define CHUNK	64

/* Read and store one word, whatever faults that takes, and time it. */
static void touch(struct load_stats *st, void *page)
{
	volatile uint64_t *word = page;
	uint64_t ns = g_now_ns();

	*word = *word;
	ns = g_now_ns() - ns;
	st->hist[hist_bucket(ns)]++;
	if (ns > st->max_ns)
		st->max_ns = ns;
}

static void check(struct load_stats *st, const struct g_memory *m, size_t page)
{
	if (!m->generation[page])
		return;
	st->checked++;
	if (!g_page_check(m, page))
		st->wrong++;
}

/*
 * Pages of the touch load are given back unread, since reading them would
 * swap them in, but for one of each chunk.
 */
static void give_back(struct load_stats *st, const struct g_memory *m,
		      size_t page)
{
	check(st, m, page);
	madvise(m->base + page * G_PAGE, CHUNK * G_PAGE, MADV_DONTNEED);
	memset(&m->generation[page], 0, CHUNK * sizeof(*m->generation));
}

static void __attribute__((noreturn)) work(struct load_stats *st, size_t mb,
					   bool fresh)
{
	struct g_memory m;
	size_t page;

	prctl(PR_SET_NAME, "demo-load");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	g_write("/proc/self/oom_score_adj", "500");
	g_memory_map(&m, mb, G_MIXED);
	/* Huge pages would make the work of a touch vary 512-fold. */
	madvise(m.base, m.pages * G_PAGE, MADV_NOHUGEPAGE);

	for (page = 0; !st->stop; page = (page + 1) % m.pages) {
		while (st->pause)
			g_sleep_ms(1);
		if (fresh && page % CHUNK == 0)
			give_back(st, &m, page);
		touch(st, m.base + page * G_PAGE);
		check(st, &m, page);
		g_page_write(&m, page);
		st->written++;
	}
	for (page = 0; page < m.pages; page++)
		check(st, &m, page);
	_exit(st->wrong ? 1 : 0);
}

int load_start(struct load *load, const char *kind, size_t mb)
{
	if (strcmp(kind, "rewrite") && strcmp(kind, "touch"))
		return -EINVAL;
	load->stats = mmap(NULL, sizeof(*load->stats), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (load->stats == MAP_FAILED)
		return -errno;
	load->pid = fork();
	if (load->pid < 0)
		return -errno;
	if (!load->pid)
		work(load->stats, mb, !strcmp(kind, "touch"));
	return 0;
}

bool load_runs(const struct load *load)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, load->pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       !info.si_pid;
}

int load_stop(struct load *load)
{
	int status;

	load->stats->stop = true;
	if (waitpid(load->pid, &status, 0) != load->pid || status)
		return -EIO;
	return 0;
}
