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

/* Loads of fresh pages give back this many at once. */
#define CHUNK	64

/* Between two bursts: time enough for kswapd to come to rest. */
#define REST_MS	1000

struct kind {
	const char *name;
	bool writes;
	bool fresh;
	bool bursts;
	bool reads;
};

static const struct kind kinds[] = {
	{ "rewrite", .writes = true },
	{ "touch", .writes = true, .fresh = true },
	{ "burst", .writes = true, .fresh = true, .bursts = true },
	{ "mixed", .writes = true, .reads = true },
	{ "file", .reads = true },
};

static void count(volatile uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/*
 * Store to one word without changing it, whatever fault that takes, and time
 * it. Reading the word first would be one fault more.
 */
static void touch(struct load_stats *st, void *page)
{
	uint64_t max, ns = g_now_ns();

	__atomic_fetch_or((volatile uint64_t *)page, 0, __ATOMIC_RELAXED);
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
 * Fresh pages are given back unread, since reading them would swap them in, but
 * for one of each chunk.
 */
static void give_back(struct load_stats *st, const struct g_memory *m,
		      size_t page)
{
	check(st, m, page);
	madvise(m->base + page * G_PAGE, CHUNK * G_PAGE, MADV_DONTNEED);
	memset(&m->generation[page], 0, CHUNK * sizeof(*m->generation));
}

static void read_file(struct load_stats *st, int fd, off_t from)
{
	static char page[G_PAGE];

	if (pread(fd, page, sizeof(page), from) != sizeof(page))
		count(&st->wrong);
}

/* Return: true if nobody asked to hold on meanwhile. */
static bool one_turn(struct load_stats *st, const struct kind *kind,
		     struct g_memory *m, int fd, off_t from)
{
	bool undisturbed = true;
	size_t page;

	for (page = 0; page < m->pages && !st->stop; page++) {
		while (st->pause) {
			undisturbed = false;
			g_sleep_ms(1);
		}
		if (kind->reads)
			read_file(st, fd, from + page * G_PAGE);
		if (kind->fresh && page % CHUNK == 0)
			give_back(st, m, page);
		if (kind->writes) {
			touch(st, m->base + page * G_PAGE);
			check(st, m, page);
			g_page_write(m, page);
		}
		count(&st->written);
	}
	return undisturbed && !st->stop;
}

static void one_burst(struct load_stats *st, const struct kind *kind,
		      struct g_memory *m)
{
	uint64_t ns = g_now_ns();

	if (one_turn(st, kind, m, -1, 0)) {
		__atomic_fetch_add(&st->burst_ns, g_now_ns() - ns,
				   __ATOMIC_RELAXED);
		count(&st->bursts);
	}
	g_sleep_ms(REST_MS);
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
					   const struct load_config *config,
					   const struct kind *kind,
					   unsigned int task)
{
	size_t mb = config->mb / config->tasks, page;
	off_t from = (config->file_mb + task * mb) * G_MB;
	struct load_stats *st = load->stats;
	struct g_memory m;
	int fd = -1;

	prctl(PR_SET_NAME, "kcd-load");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load_kill_me_first();
	if (kind->reads) {
		fd = open(config->file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err(1, "%s", config->file);
	}
	g_memory_map(&m, mb, G_MIXED);
	/* Huge pages make the work of a touch vary 512-fold. */
	madvise(m.base, m.pages * G_PAGE,
		config->huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);

	while (!st->stop) {
		sem_wait(&st->turn[task]);
		if (kind->bursts)
			one_burst(st, kind, &m);
		else
			one_turn(st, kind, &m, fd, from);
		if (!st->stop)
			sem_post(&st->turn[(task + 1) % load->tasks]);
	}
	for (page = 0; page < m.pages; page++)
		check(st, &m, page);
	sem_post(&st->turn[(task + 1) % load->tasks]);
	_exit(st->wrong ? 1 : 0);
}

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

int load_start(struct load *load, const struct load_config *config)
{
	const struct kind *kind = find_kind(config->kind);
	unsigned int i;

	if (!kind || !config->active || config->active > config->tasks ||
	    config->tasks > LOAD_TASKS_MAX || (kind->reads && !config->file))
		return -EINVAL;
	load->stats = mmap(NULL, sizeof(*load->stats), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (load->stats == MAP_FAILED)
		return -errno;
	load->tasks = config->tasks;
	for (i = 0; i < load->tasks; i++)
		sem_init(&load->stats->turn[i], 1, 0);
	/* Far from each other, so that none takes the pages of one that runs. */
	for (i = 0; i < config->active; i++)
		sem_post(&load->stats->turn[i * load->tasks / config->active]);
	for (i = 0; i < load->tasks; i++) {
		load->pid[i] = fork();
		if (load->pid[i] < 0)
			return -errno;
		if (!load->pid[i])
			work(load, config, kind, i);
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
	/* Nothing is measured any more: they check their pages all at a time. */
	for (i = 0; i < load->tasks; i++)
		sem_post(&load->stats->turn[i]);
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
