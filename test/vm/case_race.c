// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users do to their memory while its folios wait: each page is checked
 * after all of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <linux/io_uring.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define ACTORS 3
#define ACTOR_MB 24
#define PRESSURE_MB 110
/* Most pages that one step touches. */
#define STEP_PAGES 512
/* How often a step looks for a page that waits, before it takes another. */
#define PICK_TRIES 10
#define PIPE_PAGES 8
#define MOVE_PAGES 64
#define TWINS 512
/* So many pages are left of them when all are merged. */
#define TWIN_KINDS 64
#define TWIN_WORDS (G_PAGE / sizeof(uint64_t))

#define ACTOR_PAGES (ACTOR_MB * (G_MB / G_PAGE))

#define THP "/sys/kernel/mm/transparent_hugepage"
#define NODE1 "/sys/devices/system/node/node1"
#define COMPACT "/proc/sys/vm/compact_memory"
/* At least as many as there are kinds of acts. */
#define ACTS_MAX 32

/* What all actors have done, in memory that they share. */
struct tally {
	/* Of each kind, where it did what it should. */
	unsigned long done[ACTS_MAX];
	/* Pages that they looked for, and those that waited. */
	unsigned long picked[ACTS_MAX];
	unsigned long waited[ACTS_MAX];
	long long merged_max;
	/* Of so many looked for, one waits at least. */
	unsigned int one_of;
};

struct actor {
	struct campaign *c;
	struct g_memory m;
	/* Pages of some kinds only, for KSM to merge. */
	uint64_t *twins;
	struct tally *tally;
	/* What it does now, by its place in acts[]. */
	size_t act;
};

/* Pages among which one is looked for that waits. */
struct area {
	const void *base;
	size_t pages;
	/* Where each was when last seen in the page tables: there it waits, too. */
	uint64_t pfn[ACTOR_PAGES];
};

struct range {
	size_t first;
	size_t count;
	char *base;
	size_t size;
};

/*
 * A page that waits; if none does, one that is out of its page tables and still in the
 * swap cache, and may be being written. Returns false if there is none.
 */
static bool find_waiting(struct actor *a, struct area *area, size_t *page, bool *waits)
{
	static uint64_t entry[ACTOR_PAGES];
	static unsigned char cached[ACTOR_PAGES];
	/* How many wait is chance: the seed's other choices shall not hang on it. */
	struct campaign chance = { .seed = a->c->seed };
	size_t i, nr = 0, size = area->pages * sizeof(entry[0]);
	off_t at = (uintptr_t)area->base / G_PAGE * sizeof(entry[0]);
	/* Belongs to who has opened it, and a child has memory of its own. */
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool one;

	CHECK(pread(fd, entry, size, at) == (ssize_t)size, "cannot read pagemap");
	close(fd);
	CHECK(!mincore((void *)area->base, area->pages * G_PAGE, cached), "mincore");
	*waits = false;
	for (i = 0; i < area->pages; i++) {
		if (entry[i] & PAGEMAP_PRESENT)
			area->pfn[i] = entry[i] & PAGEMAP_PFN;
		if (!(entry[i] & PAGEMAP_SWAPPED) || !(cached[i] & 1))
			continue;
		one = page_waits(area->pfn[i]);
		if (one && !*waits)
			nr = 0;
		if ((one || !*waits) && !campaign_random(&chance, ++nr))
			*page = i;
		*waits |= one;
	}
	return nr;
}

/* One that waits, if any does. Returns false if none is even on its way. */
static bool look_for(struct actor *a, struct area *area, size_t *page)
{
	bool found, waits;
	int tries = 0;

	__atomic_add_fetch(&a->tally->picked[a->act], 1, __ATOMIC_RELAXED);
	do
		found = find_waiting(a, area, page, &waits);
	while (!waits && ++tries < PICK_TRIES);
	if (waits)
		__atomic_add_fetch(&a->tally->waited[a->act], 1, __ATOMIC_RELAXED);
	return found;
}

/* Around a page that waits, if one does. */
static struct range pick(struct actor *a, size_t most)
{
	static struct area area;
	size_t page = 0, before;
	struct range r;

	r.count = 1 + campaign_random(a->c, most);
	r.first = campaign_random(a->c, a->m.pages - r.count);
	before = campaign_random(a->c, r.count);
	area.base = a->m.base;
	area.pages = ACTOR_PAGES;
	if (look_for(a, &area, &page)) {
		r.first = page > before ? page - before : 0;
		if (r.first > a->m.pages - r.count)
			r.first = a->m.pages - r.count;
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

/*
 * The acts: true if it has been done, false where the kernel may well refuse it; all
 * else ends the case.
 */

static bool act_write(struct actor *a)
{
	struct range r = pick(a, STEP_PAGES);
	size_t page;

	check(a, r);
	for (page = r.first; page < r.first + r.count; page++)
		g_page_write(&a->m, page);
	return true;
}

static bool act_check(struct actor *a)
{
	check(a, pick(a, STEP_PAGES));
	return true;
}

/* The child sees what was there, and writes to copies of its own. */
static bool act_fork(struct actor *a)
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
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	/* Who failed has left its reason. */
	if (WIFEXITED(status) && status)
		_exit(1);
	/* Somebody has to go when memory is out. */
	CHECK(!status || WTERMSIG(status) == SIGKILL, "a child was killed by signal %d",
	      WTERMSIG(status));
	check(a, r);
	return !status;
}

/* Away and back again. What other advice has split cannot move at once. */
static bool act_mremap(struct actor *a)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
	struct range r = pick(a, STEP_PAGES);
	bool moved;
	char *to = mmap(NULL, r.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	CHECK(to != MAP_FAILED, "mmap");
	moved = mremap(r.base, r.size, r.size, flags, to) == to;
	if (moved) {
		CHECK(mremap(to, r.size, r.size, flags, r.base) == r.base,
		      "mremap back: %s", strerror(errno));
	} else {
		CHECK(errno == EFAULT, "mremap: %s", strerror(errno));
		CHECK(!munmap(to, r.size), "munmap");
	}
	check(a, r);
	return moved;
}

static bool advise(struct actor *a, int advice)
{
	struct range r = pick(a, STEP_PAGES);

	CHECK(!madvise(r.base, r.size, advice), "advice %d: %s", advice,
	      strerror(errno));
	if (campaign_random(a->c, 2))
		check(a, r);
	return true;
}

static bool is_zero(const char *page)
{
	static const char zero[G_PAGE];

	return !memcmp(page, zero, G_PAGE);
}

/* Pages that were given up, for which others may be there. */
static void check_zero(struct actor *a, struct range r)
{
	size_t page;

	for (page = r.first; page < r.first + r.count; page++) {
		CHECK(is_zero(a->m.base + page * G_PAGE), "page %zu is not zero", page);
		g_page_write(&a->m, page);
	}
}

static bool act_dontneed(struct actor *a)
{
	struct range r = pick(a, 64);

	CHECK(!madvise(r.base, r.size, MADV_DONTNEED), "MADV_DONTNEED");
	check_zero(a, r);
	return true;
}

static bool act_map_anew(struct actor *a)
{
	struct range r = pick(a, 64);
	void *again = mmap(r.base, r.size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(again == r.base, "mmap");
	check_zero(a, r);
	return true;
}

/* A hole, which others could take, and then fresh pages. */
static bool act_unmap(struct actor *a)
{
	struct range r = pick(a, 64);

	CHECK(!munmap(r.base, r.size), "munmap");
	CHECK(mmap(r.base, r.size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == r.base,
	      "mmap: %s", strerror(errno));
	check_zero(a, r);
	return true;
}

/* As they were, until the kernel takes them: zero from then on. */
static void check_freed(struct actor *a, size_t page)
{
	CHECK(g_page_check(&a->m, page) || is_zero(a->m.base + page * G_PAGE),
	      "page %zu is neither old nor zero", page);
}

static bool act_free(struct actor *a)
{
	struct range r = pick(a, 64);
	size_t page;

	CHECK(!madvise(r.base, r.size, MADV_FREE), "MADV_FREE");
	for (page = r.first; page < r.first + r.count; page++)
		check_freed(a, page);
	for (page = r.first; page < r.first + r.count; page++) {
		check_freed(a, page);
		g_page_write(&a->m, page);
	}
	return true;
}

/* Under pressure there may be no page to lock. */
static bool act_lock(struct actor *a)
{
	struct range r = pick(a, 64);
	bool locked = !mlock(r.base, r.size);

	CHECK(locked || errno == EAGAIN || errno == ENOMEM, "mlock: %s", strerror(errno));
	check(a, r);
	CHECK(!munlock(r.base, r.size), "munlock");
	return locked;
}

/* A pipe holds references to the pages while they are swapped out. */
static bool act_pin(struct actor *a)
{
	static char copy[PIPE_PAGES * G_PAGE];
	struct range r = pick(a, PIPE_PAGES);
	struct iovec iov = { r.base, r.size };
	ssize_t got, len = 0;
	int fd[2];

	CHECK(!pipe2(fd, O_CLOEXEC), "pipe2");
	/* Nobody has touched the pages since they were found: it may have to wait for one. */
	got = vmsplice(fd[1], &iov, 1, 0);
	CHECK(got == (ssize_t)r.size, "vmsplice");
	CHECK(!madvise(r.base, r.size, MADV_PAGEOUT), "MADV_PAGEOUT");
	while (len < got) {
		ssize_t part = read(fd[0], copy + len, got - len);

		CHECK(part > 0, "read from the pipe");
		len += part;
	}
	close(fd[0]);
	close(fd[1]);
	CHECK(!memcmp(copy, r.base, r.size), "the pipe holds other data");
	check(a, r);
	return true;
}

/* Buffers of a ring are pinned for as long as it is there. */
static bool act_register(struct actor *a)
{
	struct range r = pick(a, PIPE_PAGES);
	struct iovec iov = { r.base, r.size };
	struct io_uring_params params = { 0 };
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	bool pinned;

	CHECK(ring >= 0 || errno == ENOMEM, "io_uring_setup: %s", strerror(errno));
	if (ring < 0)
		return false;
	/* Where there is no memory for all of them, it says EFAULT. */
	pinned = !syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1);
	CHECK(pinned || errno == ENOMEM || errno == EFAULT, "io_uring_register: %s",
	      strerror(errno));
	CHECK(!madvise(r.base, r.size, MADV_PAGEOUT), "MADV_PAGEOUT");
	check(a, r);
	close(ring);
	check(a, r);
	return pinned;
}

/* Not all the same: what one word fills is not queued. */
static uint64_t twin_word(size_t page, size_t i)
{
	return 0x55 + page % TWIN_KINDS + (i % 8 << 32);
}

static void check_twin(const struct actor *a, size_t page)
{
	const uint64_t *twin = a->twins + page * TWIN_WORDS;
	size_t i;

	for (i = 0; i < TWIN_WORDS; i++)
		CHECK(twin[i] == twin_word(page, i), "word %zu of twin %zu is %llx", i, page,
		      (unsigned long long)twin[i]);
}

static bool act_twins(struct actor *a)
{
	static struct area area;
	long long merged;
	size_t page, i, word;

	area.base = a->twins;
	area.pages = TWINS;
	for (i = 0; i < 32; i++) {
		page = campaign_random(a->c, TWINS);
		word = campaign_random(a->c, TWIN_WORDS);
		if (!i)
			look_for(a, &area, &page);
		check_twin(a, page);
		a->twins[page * TWIN_WORDS + word] = twin_word(page, word);
	}
	/* Else kswapd comes for them. */
	if (!campaign_random(a->c, 4))
		CHECK(!madvise(a->twins, TWINS * G_PAGE, MADV_PAGEOUT), "MADV_PAGEOUT");
	merged = g_read_ll("/sys/kernel/mm/ksm/pages_sharing");
	if (merged > a->tally->merged_max)
		a->tally->merged_max = merged;
	return true;
}

/* True if pages have moved: a waiting folio is off the LRU, and must not. */
static bool act_compact(struct actor *a)
{
	struct range r = pick(a, STEP_PAGES);
	long long moved = g_stat("/proc/vmstat", "pgmigrate_success");

	CHECK_RC(g_write(COMPACT, "1"), 0);
	moved = g_stat("/proc/vmstat", "pgmigrate_success") - moved;
	check(a, r);
	return moved > 0;
}

/* To the other node, or not; what is not in the page tables stays where it is. */
static bool act_move(struct actor *a)
{
	struct range r = pick(a, MOVE_PAGES);
	int from[MOVE_PAGES], to[MOVE_PAGES], status[MOVE_PAGES];
	void *page[MOVE_PAGES];
	bool moved = false;
	size_t i;
	long rc;

	check(a, r);
	for (i = 0; i < r.count; i++) {
		page[i] = r.base + i * G_PAGE;
		to[i] = campaign_random(a->c, 2);
		status[i] = -1;
	}
	/* Where they are now. */
	CHECK(!syscall(SYS_move_pages, 0, r.count, page, NULL, from, 0), "move_pages: %s",
	      strerror(errno));
	rc = syscall(SYS_move_pages, 0, r.count, page, to, status, MPOL_MF_MOVE);
	CHECK(rc >= 0 || errno == ENOMEM, "move_pages: %s", strerror(errno));
	for (i = 0; i < r.count; i++)
		moved |= from[i] == !to[i] && status[i] == to[i];
	check(a, r);
	return moved;
}

/**
 * struct act - one thing that users do
 * @share: how often it is done, of all
 * @run: does it; NULL: it is @advice
 * @needs: file that kernels have that can do it; NULL: all can
 */
struct act {
	const char *name;
	unsigned int share;
	bool (*run)(struct actor *a);
	int advice;
	const char *needs;
};

/* What splits mappings comes after what they have to be whole for. */
static const struct act acts[] = {
	{ "mremap", 6, act_mremap },
	{ "write", 12, act_write },
	{ "check", 6, act_check },
	{ "fork", 6, act_fork },
	{ "pageout", 2, NULL, MADV_PAGEOUT },
	{ "cold", 1, NULL, MADV_COLD },
	{ "willneed", 1, NULL, MADV_WILLNEED },
	{ "dontneed", 2, act_dontneed },
	{ "mmap", 2, act_map_anew },
	{ "munmap", 2, act_unmap },
	{ "free", 2, act_free },
	{ "mlock", 6, act_lock },
	{ "vmsplice", 6, act_pin },
	{ "io_uring", 4, act_register },
	{ "twins", 6, act_twins },
	{ "compact", 1, act_compact, 0, COMPACT },
	{ "move_pages", 6, act_move, 0, NODE1 },
	{ "hugepage", 1, NULL, MADV_HUGEPAGE, THP },
	{ "nohugepage", 1, NULL, MADV_NOHUGEPAGE, THP },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

_Static_assert(ACTS <= ACTS_MAX, "each kind has its place in the tally");

static bool can_act(const struct act *act)
{
	return !act->needs || g_exists(act->needs);
}

/* Each kind once, then at random. */
static const struct act *pick_act(struct campaign *c)
{
	const struct act *act;
	unsigned int at = 0;

	if (c->done <= ACTS)
		return &acts[c->done - 1];
	for (act = acts; act < acts + ACTS; act++)
		at += act->share;
	at = campaign_random(c, at);
	for (act = acts; at >= act->share; act++)
		at -= act->share;
	return act;
}

static void step(struct actor *a)
{
	const struct act *act = pick_act(a->c);

	a->act = act - acts;
	if (can_act(act) && (act->run ? act->run(a) : advise(a, act->advice)))
		__atomic_add_fetch(&a->tally->done[a->act], 1, __ATOMIC_RELAXED);
}

/* Less than one of so many met a page that waited. */
static bool hardly_waited(const struct tally *tally)
{
	unsigned long picked = 0, waited = 0;
	size_t i;

	for (i = 0; i < ACTS; i++) {
		picked += __atomic_load_n(&tally->picked[i], __ATOMIC_RELAXED);
		waited += __atomic_load_n(&tally->waited[i], __ATOMIC_RELAXED);
	}
	return waited * tally->one_of <= picked;
}

static void check_acts(const struct tally *tally)
{
	char text[1024];
	size_t i, len = 0;

	for (i = 0; i < ACTS; i++) {
		len += snprintf(text + len, sizeof(text) - len, "%s%s %lu (%lu of %lu)",
				i ? ", " : "", acts[i].name, tally->done[i],
				tally->waited[i], tally->picked[i]);
	}
	g_note("done (where a page waited): %s", text);
	for (i = 0; i < ACTS; i++) {
		CHECK(tally->done[i] || !can_act(&acts[i]), "%s was never done",
		      acts[i].name);
		/* In a few rounds that is chance. */
		CHECK(tally->waited[i] || tally->picked[i] < 10 * tally->one_of,
		      "%s never met a page that waited", acts[i].name);
	}
	CHECK(!hardly_waited(tally), "hardly any page waited");
}

static void twins_make(struct actor *a)
{
	size_t page, i;

	a->twins = mmap(NULL, TWINS * G_PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(a->twins != MAP_FAILED, "mmap");
	for (page = 0; page < TWINS; page++)
		for (i = 0; i < TWIN_WORDS; i++)
			a->twins[page * TWIN_WORDS + i] = twin_word(page, i);
	CHECK(!madvise(a->twins, TWINS * G_PAGE, MADV_MERGEABLE), "MADV_MERGEABLE");
}

static pid_t actor_start(struct campaign *c, unsigned int number,
			 struct tally *tally)
{
	struct actor a = { .c = c, .tally = tally };
	pid_t pid = fork();
	uint64_t end;
	size_t page;

	CHECK(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->seed += number;
	g_memory_map(&a.m, ACTOR_MB, G_MIXED);
	g_memory_fill(&a.m);
	twins_make(&a);
	/* What is done before that meets no page that waits. */
	kcd_wait_queued(500);
	while (campaign_next(c))
		step(&a);
	/* The busier the host, the fewer wait: then it takes more steps. */
	end = g_now_ns() + 120 * 1000000000ull * g_patience();
	while (hardly_waited(tally) && g_now_ns() < end)
		step(&a);
	CHECK(g_memory_check(&a.m) < 0, "a page is not as it was written");
	for (page = 0; page < TWINS; page++)
		check_twin(&a, page);
	_exit(0);
}

static void users(unsigned int pressure_mb, const char *what)
{
	struct g_pressure *p;
	struct campaign c;
	struct tally *tally;
	pid_t pid[ACTORS];
	int i, status, node, nodes = g_nodes();

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(tally != MAP_FAILED, "mmap");
	/* Of the pages of two nodes fewer wait. */
	tally->one_of = nodes > 1 ? 60 : 12;
	setup_zram(0, 512 * nodes, NULL);
	setup_module("depth=64 writers=1");
	for (node = 0; node < nodes; node++)
		kcd_slow_writers(node);
	g_write("/sys/kernel/mm/ksm/sleep_millisecs", "20");
	g_write("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	g_write("/sys/kernel/mm/ksm/run", "1");
	p = g_pressure_start(pressure_mb, G_MIXED);
	campaign_begin(&c, what, 60, 5000);
	for (i = 0; i < ACTORS; i++)
		pid[i] = actor_start(&c, i, tally);
	for (i = 0; i < ACTORS; i++) {
		CHECK(waitpid(pid[i], &status, 0) == pid[i], "waitpid");
		CHECK(!WIFSIGNALED(status), "a user was killed by signal %d",
		      WTERMSIG(status));
		/* Who failed has left its reason. */
		if (status)
			_exit(1);
	}
	g_note("%lld queued; %lld merged", kcd_total("queued"), tally->merged_max);
	check_acts(tally);
	/* Large folios have to be split before, for which there is hardly time. */
	CHECK(tally->merged_max || nodes > 1, "KSM has merged nothing");
	CHECK_RC(g_pressure_stop(p), 0);
	/* Compaction moves zram's pages, and keeps who writes to it: for 4 s once. */
	kcd_check_sums();
}

static void one_node(void)
{
	/* Debug kernels leave so little that with what users take it may be too much. */
	users(g_patience() > 1 ? PRESSURE_MB * 3 / 4 : PRESSURE_MB, "steps of each user");
}

/* Folios are larger, too, where the kernel can, and what is done to a part concerns all. */
static void two_nodes(void)
{
	bool large = setup_sizes();
	long long folios, pages;

	users(data_mb, "steps of each user on two nodes");
	folios = kcd_total("handback_freed");
	pages = kcd_total("freed_pages");
	g_note("%lld folios of %lld pages were freed by writers", folios, pages);
	/* What has been swapped in may be in small ones for good. */
	CHECK(!large || (pages - folios) * 10 > pages,
	      "hardly any folio had more than one page");
}

const struct suite_case cases_race[] = {
	{ "users_of_waiting_memory", one_node },
	{ }
};

const struct suite_case cases_race_nodes[] = {
	{ "users_of_large_and_moving_memory", two_nodes },
	{ }
};
