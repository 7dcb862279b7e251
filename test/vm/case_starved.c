// SPDX-License-Identifier: GPL-2.0-only
/* Writers that get no CPU time: kswapd goes on, and what waits is written. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

/* How often a busy host may be away, and make all late that wait just then. */
#define PAUSES 3

/* Folios that have waited for that long, of @all. */
static long long waited(unsigned long long ns, long long *all)
{
	return kcd_took(0, "wait_ns_histogram", ns, all);
}

/* Beside the task that has the writers' CPU: on 5.10 ftrace may wait for that one, too. */
static void turn_on(unsigned int depth)
{
	CHECK_RC(g_write(KCD_SYSCTL, "%u", depth), 0);
}

/* Where the host is busy it may take longer than the writers can be kept waiting. */
static uint64_t tries_end(void)
{
	return g_now_ns() + WAIT_MS * 1000000ull * g_patience();
}

/* Returns false if they were not kept waiting until the end. */
static bool round_without_writers(struct g_pressure *p)
{
	long long written, by_late;
	unsigned long begin;
	pid_t hog;

	/* One that runs stays where it is until nothing waits. */
	kill(p->pid, SIGSTOP);
	kcd_wait_rest();
	hog = kcd_starve_writers();
	written = kcd_value(0, "written_worker");
	by_late = kcd_value(0, "written_late");
	kill(p->pid, SIGCONT);
	kcd_wait_growth(0, "queued", 100);
	begin = p->pages;
	kcd_wait_growth(0, "offered", 1000);
	CHECK_RC(g_pressure_wait(p, begin + 2000, WAIT_MS), 0);
	written = kcd_value(0, "written_worker") - written;
	by_late = kcd_value(0, "written_late") - by_late;
	if (!kcd_feed_writers(hog))
		return false;
	CHECK(written <= by_late, "the writers were not starved");
	return true;
}

/*
 * Full, the FIFO keeps nobody: kswapd writes the oldest for each new one, and
 * all by itself once as much is written as may be and nobody hands it back. Who
 * waits for a folio that was queued before waits 100 ms.
 */
static void goes_on(void)
{
	struct g_pressure *p;
	long long late, all;
	unsigned int rounds = 0;
	struct campaign c;
	uint64_t end;

	if (g_kernel_is("5.10."))
		SKIP("who allocates waits for each CPU's worker, in drain_all_pages()");
	setup_zram(0, 512, NULL);
	setup_module("depth=32 writers=1");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 100);
	campaign_begin(&c, "rounds without writers", 1, 300);
	while (campaign_next(&c)) {
		end = tries_end();
		while (rounds++, !round_without_writers(p))
			CHECK(g_now_ns() < end, "the writers were never kept waiting");
	}
	CHECK_RC(g_pressure_stop(p), 0);
	/* 2^29 ns, 0.5 s: 100 ms, and more for a busy host. */
	late = waited(1 << 29, &all);
	g_note("%lld of %lld folios waited for more than 0.5 s", late, all);
	CHECK(late * 100 < all + rounds * PAUSES * 32 * 100, "many folios waited too long");
	kcd_check_counters();
}

/*
 * Where kswapd writes all by itself, as much is written before long as may be, and
 * nobody hands it back: what is to happen to who waits no longer can. So a try ends
 * after a while, and the CPU is given back in between, which the kernel needs too.
 */
static bool try_ended(uint64_t begin)
{
	/* Before the task that keeps their CPU ends. */
	return g_now_ns() - begin > (g_patience() > 1 ? 20 : 8) * 1000000000ull;
}

/* Memory to give back: kswapd ends its round, though nobody frees what it has queued. */
#define ROOM (8 * G_MB)

static void *room_take(void)
{
	void *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(room != MAP_FAILED, "mmap");
	/* Or who starves the writers has it too, and it is not given back. */
	CHECK(!madvise(room, ROOM, MADV_DONTFORK), "madvise");
	CHECK(!mlock(room, ROOM), "mlock");
	return room;
}

static struct g_pressure *load_start(void)
{
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=0 writers=1");
	/* kswapd's rounds shall be short: in a long one it writes all that waits itself. */
	g_write(WATERMARKS, "10");
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * (G_MB / G_PAGE), WAIT_MS), 0);
	return p;
}

/* So many folios wait, and no writer comes. */
static pid_t let_wait(long long folios, uint64_t *begin)
{
	pid_t hog = kcd_starve_writers();

	*begin = g_now_ns();
	turn_on(256);
	while (kcd_value(0, "waiting") < folios && !try_ended(*begin))
		;
	return hog;
}

/* kswapd does not come, either. */
static void leave(const struct g_pressure *p, void *room)
{
	kill(p->pid, SIGSTOP);
	CHECK(!munmap(room, ROOM), "munmap");
}

static pid_t leave_alone(const struct g_pressure *p, uint64_t *begin)
{
	void *room = room_take();
	pid_t hog = let_wait(8, begin);

	leave(p, room);
	return hog;
}

/* Returns whether nobody came until now. */
static bool come_back(const struct g_pressure *p, pid_t hog)
{
	bool starved = kcd_feed_writers(hog);

	kill(p->pid, SIGCONT);
	kcd_set_depth(0);
	return starved;
}

/* What waits is written all the same. On 5.10 it may take many tries. */
static void late(void)
{
	struct g_pressure *p = load_start();
	uint64_t begin, end = tries_end();
	unsigned int tries = 0;
	pid_t hog;

	do {
		tries++;
		hog = leave_alone(p, &begin);
		while (!kcd_value(0, "written_late") && !try_ended(begin))
			;
		come_back(p, hog);
	} while (!kcd_value(0, "written_late") && g_now_ns() < end);
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%lld of %lld folios were late; tried %u times",
	       kcd_value(0, "written_late"), kcd_value(0, "queued"), tries);
	CHECK(kcd_value(0, "written_late"), "no folio was written late");
	kcd_check_counters();
}

/* As lack of memory does. From 6.1 on the user's key kills all the same. */
static void ask(void)
{
	CHECK_RC(g_write("/proc/sysrq-trigger", "f"), 0);
}

/* Others are to be killed. */
static void spare(const struct g_pressure *p)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", p->pid);
	CHECK_RC(g_write(path, "0"), 0);
}

static void victim_end(pid_t victim)
{
	kill(victim, SIGKILL);
	CHECK(waitpid(victim, NULL, 0) == victim, "waitpid");
}

static void victim_spared(pid_t victim)
{
	if (g_kernel_is("5.10."))
		CHECK(!waitpid(victim, NULL, WNOHANG), "it was killed all the same");
}

/*
 * Before a task is killed for lack of memory what waits is written, sooner than it would
 * be.
 */
static void before_kill(void)
{
	struct g_pressure *p = load_start();
	uint64_t begin, end = tries_end();
	long long slow = 0, late = 0, given = 0, all;
	unsigned int tries = 0;
	pid_t hog, victim;
	void *room;

	spare(p);
	do {
		CHECK(g_now_ns() < end,
		      "in none of %u tries; last %lld late, %lld slow, %lld pages given", tries,
		      late, slow, given);
		/* Eight times in a minute. */
		if (tries++)
			g_sleep_ms(7500);
		victim = suite_victim(1000);
		late = kcd_value(0, "written_late");
		given = kcd_value(0, "oom_pages");
		slow = waited(1 << 26, &all);
		room = room_take();
		/* Before it is late by itself. */
		hog = let_wait(1, &begin);
		ask();
		leave(p, room);
		while ((kcd_value(0, "oom_pages") == given || kcd_value(0, "waiting")) &&
		       !try_ended(begin))
			;
		slow = waited(1 << 26, &all) - slow;
		late = kcd_value(0, "written_late") - late;
		given = kcd_value(0, "oom_pages") - given;
		come_back(p, hog);
		g_sleep_ms(300);
		if (given)
			victim_spared(victim);
		victim_end(victim);
		/* 2^26 ns, 67 ms: 100 ms, and they would have been written without. */
	} while (!given || late <= slow);
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%lld folios written late, %lld pages in all; tried %u times", late, given,
	       tries);
	kcd_check_counters();
}

/* Why a try said nothing. */
struct kept {
	unsigned int idle, fed, written, given;
};

/*
 * Where nothing can be written, who is about to kill is kept for KCD_OOM_WAIT, half a
 * second. Returns how long, or 0 if there was nothing to write, or somebody to write it.
 */
static uint64_t kept_ms(const struct g_pressure *p, struct kept *not)
{
	pid_t victim = suite_victim(1000), dead, hog;
	long long late, given, waiting;
	uint64_t begin, took;
	bool starved;

	late = kcd_value(0, "written_late");
	given = kcd_value(0, "oom_pages");
	hog = leave_alone(p, &begin);
	/* Whoever is at it still. */
	g_sleep_ms(100);
	if (!kcd_value(0, "waiting")) {
		come_back(p, hog);
		victim_end(victim);
		not->idle++;
		return 0;
	}
	begin = g_now_ns();
	ask();
	/* 5.10 spares it if anything was freed. */
	while (!(dead = waitpid(victim, NULL, WNOHANG)) && !try_ended(begin))
		usleep(1000);
	took = (g_now_ns() - begin) / 1000000;
	waiting = kcd_value(0, "waiting");
	late -= kcd_value(0, "written_late");
	given -= kcd_value(0, "oom_pages");
	starved = come_back(p, hog);
	if (!dead)
		victim_end(victim);
	if (starved && waiting && !late && !given)
		return took;
	not->fed += !starved;
	not->written += !waiting || late;
	not->given += !!given;
	/* Eight times in a minute. */
	g_sleep_ms(7500);
	return 0;
}

#define KEPT_MOST_MS 3000

static void kept_before_kill(void)
{
	unsigned int tries = 0;
	struct kept not = { 0 };
	uint64_t end, took;
	struct g_pressure *p;

	/* Where the late work runs, too. */
	CHECK_RC(g_write(SUITE_UNBOUND, "%x", 1 << (g_cpus_online() - 1)), 0);
	p = load_start();
	spare(p);
	end = tries_end();
	do {
		CHECK(g_now_ns() < end,
		      "in none of %u tries: %u idle, %u with writers, %u writing, %u giving",
		      tries, not.idle, not.fed, not.written, not.given);
		tries++;
		took = kept_ms(p, &not);
		/* A busy host, if it is not each time. */
	} while (!took || took >= KEPT_MOST_MS);
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("kept for %llu ms; tried %u times", (unsigned long long)took, tries);
	CHECK(took > 400, "kept for %llu ms", (unsigned long long)took);
	kcd_check_counters();
}

/*
 * Nobody hands back what kswapd writes by itself, so that as much is held as may
 * be. So shallow that the oldest folio is never so old that the late work would come.
 * Returns with the writers starved.
 */
static pid_t hold(void)
{
	uint64_t begin, end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	/* Less may be where memory is short. */
	long long near = kcd_value(0, "bound_pages") * 3 / 4;
	pid_t hog;

	for (;;) {
		CHECK(g_now_ns() < end, "only %lld pages were held",
		      kcd_value(0, "bound_pages_max"));
		kcd_set_depth(0);
		hog = kcd_starve_writers();
		begin = g_now_ns();
		turn_on(8);
		while (kcd_value(0, "bound_pages_max") < near && !try_ended(begin))
			;
		if (kcd_value(0, "bound_pages_max") >= near)
			return hog;
		kcd_feed_writers(hog);
	}
}

/* And no more is than may be. */
static void bound(void)
{
	struct g_pressure *p;
	pid_t hog;

	setup_zram(0, 512, NULL);
	setup_module("depth=32 writers=1");
	p = g_pressure_start(data_mb, G_MIXED);
	hog = hold();
	/* That it goes on, and how, does not matter here. */
	g_sleep_ms(2000);
	kcd_feed_writers(hog);
	kcd_check_bound();
	g_note("%lld pages were held, %lld may be",
	       kcd_value(0, "bound_pages_max"), kcd_value(0, "bound_pages"));
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_check_bound();
}

/*
 * What is held is handed back before a task is killed. False if writers came to it, or
 * if nearly all was handed back after who asked had seen that there is some.
 */
static bool hand_back_before_kill(const struct g_pressure *p)
{
	pid_t victim = suite_victim(1000), hog;
	long long held, left, given, before;
	void *room = room_take();
	uint64_t end;
	bool starved;

	hog = hold();
	kill(p->pid, SIGSTOP);
	CHECK(!munmap(room, ROOM), "munmap");
	/* kswapd ends its round, the late work writes what waits and hands a part back. */
	g_sleep_ms(1000 * g_patience());
	held = kcd_value(0, "pending_pages");
	before = kcd_value(0, "oom_pages");
	ask();
	end = g_now_ns() + 3 * 1000000000ull * g_patience();
	/* kswapd may bring some more. */
	do {
		left = kcd_value(0, "pending_pages");
		given = kcd_value(0, "oom_pages") - before;
	} while ((left >= held / 2 || given <= held / 2) && g_now_ns() < end);
	starved = kcd_feed_writers(hog);
	kill(p->pid, SIGCONT);
	if (starved && held > 64) {
		g_note("%lld pages were held, then %lld; %lld counted", held, left, given);
		CHECK(given, "none were counted");
		CHECK(left < held / 2, "%lld of %lld pages were held on", left, held);
		victim_spared(victim);
	}
	victim_end(victim);
	return starved && held > 64 && given > held / 2;
}

static void held_before_kill(void)
{
	uint64_t end = tries_end();
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=32 writers=1");
	p = g_pressure_start(data_mb, G_MIXED);
	spare(p);
	while (!hand_back_before_kill(p)) {
		CHECK(g_now_ns() < end, "never was more than half of much counted");
		/* hold() goes by the most that was ever held. */
		kcd_unload();
		setup_module("depth=32 writers=1");
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

#define ASKS 12
/* KCD_OOM_MOST. */
#define HELPS 8

/* Where oom.c returns to who is to kill. */
static void watch_helps(void)
{
	CHECK_RC(g_write(TRACING "kprobe_events", "r:case kcompressd:kcd_oom_notify\n"), 0);
	CHECK_RC(g_write(TRACING "events/kprobes/case/enable", "1"), 0);
}

/*
 * Was it helped? The pages are counted bit by bit: until it returns, or the next that asks
 * would be taken for helped.
 */
static bool ask_and_wait(void)
{
	long long asked = g_stat(TRACING "kprobe_profile", "case"), given;
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();

	given = kcd_value(0, "oom_pages");
	ask();
	while (g_stat(TRACING "kprobe_profile", "case") == asked)
		CHECK(g_now_ns() < end, "the module was not asked");
	return kcd_value(0, "oom_pages") > given;
}

/* Eight times in a minute, which begins with the first. */
static void kills_go_on(void)
{
	unsigned int asks, helps = 0;
	struct g_pressure *p;
	pid_t hog, victims[ASKS];
	uint64_t begin, first;
	bool starved, next;

	setup_zram(0, 512, NULL);
	first = g_now_ns();
	setup_module("depth=32 writers=1");
	watch_helps();
	for (asks = 0; asks < ASKS; asks++)
		victims[asks] = suite_victim(1000);
	p = g_pressure_start(data_mb, G_MIXED);
	spare(p);
	hog = hold();
	begin = g_now_ns();
	for (asks = 0; asks < ASKS; asks++) {
		while (kcd_value(0, "pending_pages") < 64 && !try_ended(begin))
			;
		helps += ask_and_wait();
	}
	/* Who has run out of memory by itself has asked, too. */
	next = g_now_ns() - first > 55 * 1000000000ull;
	starved = kcd_feed_writers(hog);
	for (asks = 0; asks < ASKS; asks++)
		victim_end(victims[asks]);
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("helped %u times of %u", helps, ASKS);
	/* Without the task that keeps the writers waiting there may be nothing to help with. */
	CHECK(helps > HELPS / 2 || !starved, "helped %u times only", helps);
	CHECK(helps <= HELPS || next, "helped %u times", helps);
}

/* Niced beside a busy task they are slow, and nobody waits for long. */
static void niced(void)
{
	struct g_pressure *p;
	long long late, all;

	setup_zram(0, 512, NULL);
	setup_module("depth=64 writers=1");
	kcd_slow_writers(0);
	CHECK_RC(g_write(KCD_WORKQUEUE "nice", "19"), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 3000);
	CHECK_RC(g_pressure_stop(p), 0);
	/* 2^29 ns, 0.5 s: 100 ms, and more for a busy host. */
	late = waited(1 << 29, &all);
	g_note("%lld of %lld folios waited for more than 0.5 s", late, all);
	CHECK(late * 50 < all + PAUSES * 64 * 50, "many folios waited too long");
	CHECK(kcd_value(0, "written_late") + kcd_value(0, "written_kswapd"),
	      "the writers were quick");
	kcd_check_counters();
}

const struct suite_case cases_starved[] = {
	{ "kswapd_goes_on_without_writers", goes_on },
	{ "late_folios_are_written", late },
	{ "what_waits_is_written_before_a_kill", before_kill },
	{ "no_more_is_held_than_may_be", bound },
	{ "what_is_held_is_handed_back_before_a_kill", held_before_kill },
	{ "kills_go_on_after_some_help", kills_go_on },
	{ "who_kills_is_kept_for_half_a_second", kept_before_kill },
	{ "writers_niced_beside_a_busy_task", niced },
	{ }
};
