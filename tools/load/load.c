// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory pressure, to measure under: processes that hold more than memory and never
 * let up, so that every interval measures the same steady state. They take
 * turns, as the applications of somebody who has many open and works with one.
 * So the pages that are reclaimed seldom belong to the process that runs. If
 * they did, the kernel would have to interrupt that process's CPU for each
 * page (try_to_unmap_flush_dirty()), and in an emulated machine with more CPUs
 * than the host has cores kswapd would do little but wait for the answers.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "load.h"
#include "memory.h"

/* The touch load gives back this many pages at once. */
#define CHUNK	64

static void count(volatile uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Read and store one word, whatever faults that takes, and time it. */
static void touch(struct load_stats *st, void *page)
{
	volatile uint64_t *word = page;
	uint64_t max, ns = g_now_ns();

	*word = *word;
	ns = g_now_ns() - ns;
	count(&st->hist[hist_bucket(ns)]);
	max = st->max_ns;
	while (ns > max &&
	       !__atomic_compare_exchange_n(&st->max_ns, &max, ns, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static void check(struct load_stats *st, const struct g_memory *m, size_t page)
{
	if (!m->generation[page])
		return;
	count(&st->checked);
	if (!g_page_check(m, page))
		count(&st->wrong);
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

static void one_turn(struct load_stats *st, struct g_memory *m, bool fresh)
{
	size_t page;

	for (page = 0; page < m->pages && !st->stop; page++) {
		while (st->pause)
			g_sleep_ms(1);
		if (fresh && page % CHUNK == 0)
			give_back(st, m, page);
		touch(st, m->base + page * G_PAGE);
		check(st, m, page);
		g_page_write(m, page);
		count(&st->written);
	}
}

void load_kill_me_first(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	if (fd < 0 || write(fd, "1000", 4) != 4)
		warn("oom_score_adj");
	if (fd >= 0)
		close(fd);
}

static void __attribute__((noreturn)) work(const struct load *load,
					   unsigned int task, size_t mb,
					   bool fresh)
{
	struct load_stats *st = load->stats;
	struct g_memory m;
	size_t page;

	prctl(PR_SET_NAME, "kcd-load");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load_kill_me_first();
	g_memory_map(&m, mb, G_MIXED);
	/* Huge pages would make the work of a touch vary 512-fold. */
	madvise(m.base, m.pages * G_PAGE, MADV_NOHUGEPAGE);

	while (!st->stop) {
		sem_wait(&st->turn[task]);
		one_turn(st, &m, fresh);
		if (!st->stop)
			sem_post(&st->turn[(task + 1) % load->tasks]);
	}
	for (page = 0; page < m.pages; page++)
		check(st, &m, page);
	sem_post(&st->turn[(task + 1) % load->tasks]);
	_exit(st->wrong ? 1 : 0);
}

int load_start(struct load *load, const char *kind, unsigned int tasks,
	       unsigned int active, size_t mb)
{
	unsigned int i;

	if ((strcmp(kind, "rewrite") && strcmp(kind, "touch")) || !active ||
	    active > tasks || tasks > LOAD_TASKS_MAX)
		return -EINVAL;
	load->stats = mmap(NULL, sizeof(*load->stats), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (load->stats == MAP_FAILED)
		return -errno;
	load->tasks = tasks;
	for (i = 0; i < tasks; i++)
		sem_init(&load->stats->turn[i], 1, 0);
	/* Far from each other, so that none takes the pages of one that runs. */
	for (i = 0; i < active; i++)
		sem_post(&load->stats->turn[i * tasks / active]);
	for (i = 0; i < tasks; i++) {
		load->pid[i] = fork();
		if (load->pid[i] < 0)
			return -errno;
		if (!load->pid[i])
			work(load, i, mb / tasks, !strcmp(kind, "touch"));
	}
	return 0;
}

bool load_runs(void)
{
	siginfo_t info = { 0 };

	return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       !info.si_pid;
}

int load_stop(struct load *load)
{
	unsigned int i;
	int status, rc = 0;

	load->stats->stop = true;
	for (i = 0; i < load->tasks; i++) {
		if (waitpid(load->pid[i], &status, 0) != load->pid[i])
			return -EINTR;
		load->pid[i] = 0;
		if (status)
			rc = -EIO;
	}
	return rc;
}

void load_kill(struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->tasks; i++) {
		if (!load->pid[i])
			continue;
		kill(load->pid[i], SIGKILL);
		waitpid(load->pid[i], NULL, 0);
	}
}
