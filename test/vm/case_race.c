// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users do to their memory while its folios wait: each page is checked
 * after all of it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define ACTORS 3
#define ACTOR_MB 24
#define PRESSURE_MB 110
/* Most pages that one step touches. */
#define STEP_PAGES 512
#define PIPE_PAGES 8
#define TWINS 512

#define ACTOR_PAGES (ACTOR_MB * (G_MB / G_PAGE))
/* Documentation/admin-guide/mm/pagemap.rst of the kernel */
#define PAGEMAP_SWAPPED (1ull << 62)

/* What all actors have done, in memory that they share. */
struct tally {
	unsigned long picked;
	unsigned long on_waiting;
	long long merged_max;
};

struct actor {
	struct campaign *c;
	struct g_memory m;
	/* Pages of four kinds, for KSM to merge. */
	uint64_t *twins;
	struct tally *tally;
};

struct range {
	size_t first;
	size_t count;
	char *base;
	size_t size;
};

/*
 * One of its pages that is out of its page tables and still in the swap cache: with
 * slow writers most of them wait, or are being written. Returns false if there is
 * none.
 */
static bool find_waiting(struct actor *a, size_t *page)
{
	static uint64_t entry[ACTOR_PAGES];
	static unsigned char cached[ACTOR_PAGES];
	size_t i, nr = 0;
	off_t at = (uintptr_t)a->m.base / G_PAGE * sizeof(entry[0]);
	/* Belongs to who has opened it, and a child has memory of its own. */
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	CHECK(pread(fd, entry, sizeof(entry), at) == sizeof(entry),
	      "cannot read pagemap");
	close(fd);
	CHECK(!mincore(a->m.base, ACTOR_PAGES * G_PAGE, cached), "mincore");
	for (i = 0; i < ACTOR_PAGES; i++)
		if (entry[i] & PAGEMAP_SWAPPED && cached[i] & 1 &&
		    !campaign_random(a->c, ++nr))
			*page = i;
	return nr;
}

/* Around a page that waits, if one does. */
static struct range pick(struct actor *a, size_t most)
{
	struct range r;
	size_t page = 0;

	r.count = 1 + campaign_random(a->c, most);
	r.first = campaign_random(a->c, a->m.pages - r.count);
	__atomic_add_fetch(&a->tally->picked, 1, __ATOMIC_RELAXED);
	if (find_waiting(a, &page)) {
		size_t before = campaign_random(a->c, r.count);

		r.first = page > before ? page - before : 0;
		if (r.first > a->m.pages - r.count)
			r.first = a->m.pages - r.count;
		if (kcd_value(0, "waiting"))
			__atomic_add_fetch(&a->tally->on_waiting, 1,
					   __ATOMIC_RELAXED);
	}
	r.base = a->m.base + r.first * G_PAGE;
	r.size = r.count * G_PAGE;
	return r;
}

static void check(struct actor *a, struct range r)
{
	size_t page;

	for (page = r.first; page < r.first + r.count; page++)
		CHECK(g_page_check(&a->m, page),
		      "page %zu is not as it was written", page);
}

static void act_write(struct actor *a)
{
	struct range r = pick(a, STEP_PAGES);
	size_t page;

	check(a, r);
	for (page = r.first; page < r.first + r.count; page++)
		g_page_write(&a->m, page);
}

static void act_check(struct actor *a)
{
	check(a, pick(a, STEP_PAGES));
}

/* The child sees what was there, and writes to copies of its own. */
static void act_fork(struct actor *a)
{
	struct range r = pick(a, STEP_PAGES);
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0, "fork");
	if (!pid) {
		check(a, r);
		act_write(a);
		check(a, r);
		_exit(0);
	}
	act_write(a);
	waitpid(pid, &status, 0);
	/* Somebody has to go when memory is out. */
	CHECK(!status || WIFSIGNALED(status), "the child found a wrong page");
	check(a, r);
}

/* Away and back again. What other advice has split cannot move at once. */
static void act_mremap(struct actor *a)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
	struct range r = pick(a, STEP_PAGES);
	char *to = mmap(NULL, r.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	CHECK(to != MAP_FAILED, "mmap");
	if (mremap(r.base, r.size, r.size, flags, to) == to)
		CHECK(mremap(to, r.size, r.size, flags, r.base) == r.base,
		      "mremap");
	else
		munmap(to, r.size);
	check(a, r);
}

static void act_advise(struct actor *a)
{
	static const int advice[] = {
		MADV_PAGEOUT, MADV_PAGEOUT, MADV_COLD, MADV_WILLNEED,
		MADV_HUGEPAGE, MADV_NOHUGEPAGE,
	};
	struct range r = pick(a, STEP_PAGES);

	/* Some kernels do not know some of them. */
	madvise(r.base, r.size,
		advice[campaign_random(a->c, sizeof(advice) / sizeof(advice[0]))]);
	if (campaign_random(a->c, 2))
		check(a, r);
}

/* Pages that are given up read as zero, or with MADV_FREE as they were. */
static void act_discard(struct actor *a)
{
	struct range r = pick(a, 64);
	size_t page;
	uint64_t word;
	void *again;

	switch (campaign_random(a->c, 3)) {
	case 0:
		CHECK(!madvise(r.base, r.size, MADV_DONTNEED), "MADV_DONTNEED");
		break;
	case 1:
		again = mmap(r.base, r.size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		CHECK(again == r.base, "mmap");
		break;
	default:
		CHECK(!madvise(r.base, r.size, MADV_FREE), "MADV_FREE");
		for (page = r.first; page < r.first + r.count; page++) {
			memcpy(&word, a->m.base + page * G_PAGE, sizeof(word));
			CHECK(!word || g_page_check(&a->m, page),
			      "page %zu is neither old nor zero", page);
		}
	}
	for (page = r.first; page < r.first + r.count; page++) {
		memcpy(&word, a->m.base + page * G_PAGE, sizeof(word));
		CHECK(!word || g_page_check(&a->m, page),
		      "page %zu is neither old nor zero", page);
		g_page_write(&a->m, page);
	}
}

static void act_lock(struct actor *a)
{
	struct range r = pick(a, 64);

	mlock(r.base, r.size);
	check(a, r);
	munlock(r.base, r.size);
}

/* A pipe holds references to the pages while they are swapped out. */
static void act_pin(struct actor *a)
{
	static char copy[PIPE_PAGES * G_PAGE];
	struct range r = pick(a, PIPE_PAGES);
	struct iovec iov = { r.base, r.size };
	ssize_t got, len = 0;
	int fd[2];

	check(a, r);
	CHECK(!pipe2(fd, O_CLOEXEC), "pipe2");
	got = vmsplice(fd[1], &iov, 1, 0);
	CHECK(got == (ssize_t)r.size, "vmsplice");
	madvise(r.base, r.size, MADV_PAGEOUT);
	while (len < got) {
		ssize_t part = read(fd[0], copy + len, got - len);

		CHECK(part > 0, "read from the pipe");
		len += part;
	}
	close(fd[0]);
	close(fd[1]);
	CHECK(!memcmp(copy, r.base, r.size), "the pipe holds other data");
	check(a, r);
}

static void act_twins(struct actor *a)
{
	size_t words = G_PAGE / sizeof(uint64_t), page, i;
	long long merged;
	uint64_t *twin;

	for (i = 0; i < 32; i++) {
		page = campaign_random(a->c, TWINS);
		twin = a->twins + page * words;
		CHECK(twin[0] == 0x55 + page % 4 &&
		      twin[words - 1] == 0x55 + page % 4,
		      "twin %zu is %llx", page, (unsigned long long)twin[0]);
		twin[campaign_random(a->c, words)] = 0x55 + page % 4;
	}
	madvise(a->twins, TWINS * G_PAGE, MADV_PAGEOUT);
	merged = g_read_ll("/sys/kernel/mm/ksm/pages_sharing");
	if (merged > a->tally->merged_max)
		a->tally->merged_max = merged;
}

static void act_compact(struct actor *a)
{
	if (!campaign_random(a->c, 8))
		g_write("/proc/sys/vm/compact_memory", "1");
}

static void (* const acts[])(struct actor *a) = {
	act_write, act_write, act_check, act_fork, act_mremap, act_advise,
	act_discard, act_lock, act_pin, act_twins, act_compact,
};

static void twins_make(struct actor *a)
{
	size_t words = G_PAGE / sizeof(uint64_t), page, i;

	a->twins = mmap(NULL, TWINS * G_PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(a->twins != MAP_FAILED, "mmap");
	for (page = 0; page < TWINS; page++)
		for (i = 0; i < words; i++)
			a->twins[page * words + i] = 0x55 + page % 4;
	madvise(a->twins, TWINS * G_PAGE, MADV_MERGEABLE);
}

static pid_t actor_start(struct campaign *c, unsigned int number,
			 struct tally *tally)
{
	struct actor a = { .c = c, .tally = tally };
	pid_t pid = fork();

	CHECK(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->seed += number;
	g_memory_map(&a.m, ACTOR_MB, G_MIXED);
	g_memory_fill(&a.m);
	twins_make(&a);
	while (campaign_next(c))
		acts[campaign_random(c, sizeof(acts) / sizeof(acts[0]))](&a);
	CHECK(g_memory_check(&a.m) < 0, "a page is not as it was written");
	_exit(0);
}

static void users(void)
{
	struct kcd_goal goal;
	struct g_pressure *p;
	struct campaign c;
	struct tally *tally;
	pid_t pid[ACTORS];
	int i, status;

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(tally != MAP_FAILED, "mmap");
	setup_zram(0, 512, NULL);
	setup_module("depth=64 writers=1");
	kcd_slow_writers(0);
	g_write("/sys/kernel/mm/ksm/sleep_millisecs", "20");
	g_write("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	g_write("/sys/kernel/mm/ksm/run", "1");
	p = g_pressure_start(PRESSURE_MB, G_MIXED);
	campaign_begin(&c, "steps of each user", 60, 100000);
	goal = kcd_goal("queued", 500);
	for (i = 0; i < ACTORS; i++)
		pid[i] = actor_start(&c, i, tally);
	for (i = 0; i < ACTORS; i++) {
		CHECK(waitpid(pid[i], &status, 0) == pid[i], "waitpid");
		/* Who failed has left its reason. */
		if (status)
			_exit(1);
	}
	/* All of that had the module at work beside it. */
	while (!kcd_goal_reached(&goal))
		g_sleep_ms(10);
	g_note("%lld queued; %lu of %lu steps at unmapped pages while some waited; %lld merged",
	       kcd_total("queued"), tally->on_waiting, tally->picked,
	       tally->merged_max);
	CHECK(tally->on_waiting * 20 > tally->picked, "hardly any page waited");
	CHECK(tally->merged_max, "KSM has merged nothing");
	CHECK_RC(g_pressure_stop(p), 0);
	g_write("/sys/kernel/mm/ksm/run", "2");
	kcd_check_counters();
}

const struct suite_case cases_race[] = {
	{ "users_of_waiting_memory", users },
	{ }
};
