// SPDX-License-Identifier: GPL-2.0-only
/* The writers as tasks: what they are allowed, and for whom they work. */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define VMSTAT	"/proc/vmstat"

/* include/linux/sched.h of the kernel */
#define PF_MEMALLOC	0x00000800
#define PF_KSWAPD	0x00020000

/* ---- flags ------------------------------------------------------------- */

#define WORKERS	64

struct seen {
	unsigned int workers;
	unsigned int memalloc;
	unsigned int kswapd;
};

/* All that have been seen to work. */
static pid_t worker[WORKERS];
static unsigned int workers;

/* Adds up the flags of a worker that works for us, or of one that does not. */
static void look_at(struct seen *seen, pid_t pid, bool works)
{
	char path[G_PATH], text[512], *end;
	unsigned long flags;
	unsigned int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (g_read(path, text, sizeof(text)) <= 0)
		return;
	/* While it works for a workqueue its name ends with a plus and that one's. */
	end = strrchr(text, ')');
	if (!end || !strstr(text, "+kcompressd0)") == works)
		return;
	/* state, ppid, pgrp, session, tty, tpgid, flags */
	CHECK(sscanf(end, ") %*c %*d %*d %*d %*d %*d %lu", &flags) == 1,
	      "cannot read %s", path);
	seen->workers++;
	seen->memalloc += !!(flags & PF_MEMALLOC);
	seen->kswapd += !!(flags & PF_KSWAPD);
	for (i = 0; i < workers && worker[i] != pid; i++)
		;
	if (works && i == workers && workers < WORKERS)
		worker[workers++] = pid;
}

static void look_at_working(struct seen *seen)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	CHECK(dir, "cannot read /proc");
	while ((entry = readdir(dir)))
		if (isdigit(entry->d_name[0]))
			look_at(seen, atoi(entry->d_name), true);
	closedir(dir);
}

/* Those that were seen to work, whatever they do now. */
static void look_at_resting(struct seen *seen)
{
	unsigned int i;

	for (i = 0; i < workers; i++)
		look_at(seen, worker[i], false);
}

static void memalloc(void)
{
	struct seen working = { 0 }, resting = { 0 };
	struct g_pressure *p;
	uint64_t end;

	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "written_worker", 500);
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	while (working.workers < 200) {
		CHECK(g_now_ns() < end, "only %u writers were seen to work",
		      working.workers);
		look_at_working(&working);
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	look_at_resting(&resting);

	g_note("%u of %u had PF_MEMALLOC, and %u of %u at rest",
	       working.memalloc, working.workers, resting.memalloc,
	       resting.workers);
	/* One may be seen just before it takes the flag, or after. */
	CHECK(working.memalloc * 10 > working.workers * 9,
	      "writers work without PF_MEMALLOC");
	CHECK(resting.workers, "no writer is left to look at");
	CHECK(!resting.memalloc, "a worker has kept PF_MEMALLOC");
	CHECK(!resting.kswapd, "a worker is taken for kswapd");
}

/* ---- credit ------------------------------------------------------------ */

struct steal {
	long long out;
	long long anon;
	long long kswapd;
	long long by_who;	/* all, by who freed them */
	long long by_kind;	/* the same, by what was freed */
};

static void steal_read(struct steal *s)
{
	struct g_table stat;

	CHECK_RC(g_table_read(&stat, VMSTAT), 0);
	s->out = g_table_get(&stat, "pswpout");
	s->anon = g_table_get(&stat, "pgsteal_anon");
	s->kswapd = g_table_get(&stat, "pgsteal_kswapd");
	s->by_kind = s->anon + g_table_get(&stat, "pgsteal_file");
	s->by_who = g_table_sum(&stat, "pgsteal_") - s->by_kind;
}

/* What happened while that much was written and read again. */
static struct steal steal_run(void)
{
	struct steal before, after;
	long long by_who, by_kind;

	steal_read(&before);
	data_check(data_mb, 1, G_MIXED);
	g_sleep_ms(300);
	steal_read(&after);
	by_who = after.by_who - before.by_who;
	by_kind = after.by_kind - before.by_kind;
	CHECK(by_who == by_kind,
	      "%lld pages were freed by somebody, but %lld of some kind",
	      by_who, by_kind);
	return (struct steal) {
		.out = after.out - before.out,
		.anon = after.anon - before.anon,
		.kswapd = after.kswapd - before.kswapd,
	};
}

/*
 * Almost all that is swapped out is freed, and whoever frees it counts it: the
 * share must not be lower because writers do it. With the classic LRU they free
 * most of it.
 */
static bool credit_shows(void)
{
	long long freed, counted, expected;
	struct steal off, on;

	kcd_set_depth(0);
	off = steal_run();
	kcd_set_depth(64);
	freed = kcd_value(0, "freed_pages");
	on = steal_run();
	freed = kcd_value(0, "freed_pages") - freed;

	g_note("off: %lld out, %lld freed, %lld by kswapd", off.out, off.anon,
	       off.kswapd);
	g_note("on: %lld out, %lld freed, %lld by kswapd, %lld of it by writers",
	       on.out, on.anon, on.kswapd, freed);
	CHECK(on.kswapd >= freed, "pgsteal_kswapd lacks what writers freed");
	counted = on.anon;
	expected = on.out * off.anon / off.out;
	/* Enough to be missed. The busier the host, the less kswapd has to do. */
	return freed * 50 > on.out && llabs(counted - expected) < freed / 2;
}

static void credit(void)
{
	bool shows = false;
	int tries;

	setup_lru("0");
	setup_zram(0, 512, NULL);
	setup_module("depth=0");
	for (tries = 0; !shows && tries < 3; tries++)
		shows = credit_shows();
	CHECK(shows, "writers freed less than 2 %%, or pgsteal_anon lacks it");
}

/* ---- how many ---------------------------------------------------------- */

static struct {
	long long now;
	long long most;
} writing;

static void see(const char *line)
{
	if (kcd_trace_is(line, "write"))
		writing.now++;
	else if (!kcd_trace_field(line, "kswapd"))
		writing.now--;
	writing.most = writing.now > writing.most ? writing.now : writing.most;
}

/*
 * Folios that others than kswapd wrote at a time, at most, while kswapd has to free much
 * at once: the watermarks rise. The late work may be one of them, so again if it had
 * something to do.
 */
static long long most_at_a_time(unsigned int depth)
{
	static const char * const events[] = { "write", "written", NULL };
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long late;

	do {
		CHECK(g_now_ns() < end, "no folios, or late ones all the time");
		late = kcd_value(0, "written_late");
		writing.now = 0;
		writing.most = 0;
		kcd_trace_start(events);
		kcd_set_depth(depth);
		CHECK_RC(g_write(WATERMARKS, "1000"), 0);
		g_sleep_ms(1000);
		kcd_set_depth(0);
		CHECK_RC(g_write(WATERMARKS, "10"), 0);
		kcd_trace_end(see);
		CHECK(!writing.now, "%lld folios were never written", writing.now);
	} while (!writing.most || kcd_value(0, "written_late") != late);
	return writing.most;
}

static void wait_most(unsigned int depth, long long writers)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long most;

	do {
		CHECK(g_now_ns() < end, "never %lld writers at depth %u", writers, depth);
		most = most_at_a_time(depth);
		CHECK(most <= writers, "%lld writers at depth %u", most, depth);
	} while (most < writers);
}

/*
 * Two of four CPUs are left to kswapd and to the task, until that is about to stall:
 * then there is a third writer. For two folios one would do, were the FIFO not full.
 */
static void number(void)
{
	struct g_pressure *p;
	long long most;

	CHECK(g_cpus_online() == 4, "the guest has %d CPUs", g_cpus_online());
	setup_zram(0, 512, NULL);
	setup_module("depth=0");
	kcd_trace_room(2048);
	p = g_pressure_start(data_mb, G_MIXED);
	wait_most(24, 3);
	wait_most(2, 2);
	CHECK_RC(g_write(KCD_SYSFS "/writers", "1"), 0);
	most = most_at_a_time(24);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK(most == 1, "with one writer %lld", most);
}

/* ---- what they leave ---------------------------------------------------- */

#define ROUNDS 10
/* What else is freed on an idle CPU. */
#define LISTED 16

/* Free pages in the lists of a CPU, which no watermark counts. */
static long long listed(int cpu)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	long long pages = 0, count;
	char line[256];
	int of = -1;

	CHECK(file, "cannot read /proc/zoneinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " cpu: %d", &of) != 1 && of == cpu &&
		    sscanf(line, " count: %lld", &count) == 1)
			pages += count;
	fclose(file);
	return pages;
}

/* They may still look for what kswapd lets go of. */
static long long left_at(int cpu)
{
	long long pages;
	int tries = 20;

	while ((pages = listed(cpu)) > LISTED && tries--)
		g_sleep_ms(20);
	return pages;
}

/* Less may wait than usual: half of what is above half of min is less than the bound. */
static bool little_is_free(void)
{
	long long kb = g_stat("/proc/meminfo", "MemFree:");

	return (kb - g_read_ll(MIN_FREE) / 2) / 2 < kcd_value(0, "bound_pages") * 4;
}

/*
 * Where little is free, what a writer's CPU keeps is what others do not find: nobody
 * but the writer runs on the last CPU, and all have come to rest.
 */
static void lists(void)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	int cpu = g_cpus_online() - 1, rounds = 0, empty = 0;
	long long pages, most = 0;
	struct g_pressure *p;

	/* At rest no more is to be free than that. */
	CHECK_RC(g_write(WATERMARKS, "10"), 0);
	CHECK_RC(g_write(BOOST, "0"), 0);
	setup_zram(0, 512, NULL);
	setup_module("depth=64 writers=1");
	CHECK_RC(g_write(KCD_WORKQUEUE "cpumask", "%x", 1 << cpu), 0);
	suite_bind(g_task_find("kswapd0"), 0, 0);
	suite_bind(0, 0, cpu - 1);
	p = g_pressure_start(data_mb, G_MIXED);
	while (rounds < ROUNDS) {
		CHECK(g_now_ns() < end, "in %d rounds only little was free", rounds);
		kcd_wait_growth(0, "written_worker", 200);
		kill(p->pid, SIGSTOP);
		kcd_wait_rest();
		pages = left_at(cpu);
		if (little_is_free()) {
			rounds++;
			empty += pages <= LISTED;
			most = pages > most ? pages : most;
		}
		kill(p->pid, SIGCONT);
	}
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%lld pages were left in the lists at most", most);
	/* Something may come there after the writer has ended: on 7.2 in one round. */
	CHECK(empty >= ROUNDS * 7 / 10, "in %d of %d rounds more than %d pages were left",
	      ROUNDS - empty, ROUNDS, LISTED);
	kcd_check_counters();
}

const struct suite_case cases_writers[] = {
	{ "writers_have_memalloc_and_workers_lose_it", memalloc },
	{ "kswapd_is_credited_with_what_writers_free", credit },
	{ "one_writer_more_where_it_is_needed", number },
	{ "what_a_writers_cpu_keeps_is_put_back", lists },
	{ }
};
