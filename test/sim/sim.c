// SPDX-License-Identifier: GPL-2.0-only
/*
 * A model of reclaim with and without the module, by discrete events: tasks
 * that touch fresh pages without end, kswapd, and writers, on as many CPUs as
 * one likes. It knows the rules of the module and what each stage costs, and
 * nothing else of a kernel.
 *
 * Each node has CPUs, tasks, memory and a kswapd of its own; the compressed
 * pages' allocator is common to all. Arguments are NAME=VALUE; times are in us.
 */
#include <err.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX	8
#define THREADS_MAX	512
#define BATCH		32	/* pages that kswapd isolates at a time */
/* Waiting folios that one more writer is started for: by itself, and while kswapd is behind. */
#define FOLIOS_PER_WRITER 32
#define FOLIOS_PER_WRITER_BEHIND 4
#define WRITERS_MAX	16	/* of a node */
#define WRITER_BATCH	8	/* folios that a writer writes before it frees some */
/* Waiting folios for which a writer that lingers is woken, and how long it does. */
#define WRITER_WAKE	4
#define LINGER_MIN_US	200
#define LINGER_MAX_US	4000
#define SLICE_US	3000	/* that a thread runs while others wait for a CPU */

/* What it runs with, and what each stage takes a CPU for. */
static struct {
	double cpus, nodes, tasks, depth, writers, bound;
	double min, low, high;	/* watermarks, pages */
	double touch;		/* a task, to fill a page */
	double scan;		/* kswapd, to find and unmap a page, and to free it */
	double direct;		/* a task, the same; 0: as kswapd */
	double kept;		/* share of it for pages that are kept: young */
	double write;		/* to compress a page and to store it */
	double write_lock;	/* of that, under the allocator's lock */
	double device;		/* not on a CPU: a hardware compressor */
	double queue;		/* kswapd, to hand a page over */
	double free;		/* a writer, to hand a page back */
	double wake;		/* until a halted CPU runs a writer */
	double ratio;		/* of compression */
	double seconds;
} p = {
	.cpus = 4, .nodes = 1, .tasks = 1, .bound = 1000,
	.min = 700, .low = 1900, .high = 3100,
	.touch = 60, .scan = 30, .write = 60, .queue = 5, .free = 15,
	.wake = 50, .ratio = 2.5, .seconds = 4,
};

static const struct {
	const char *name;
	double *value;
} parameters[] = {
	{ "cpus", &p.cpus }, { "nodes", &p.nodes }, { "tasks", &p.tasks },
	{ "depth", &p.depth }, { "writers", &p.writers }, { "bound", &p.bound },
	{ "min", &p.min }, { "low", &p.low }, { "high", &p.high },
	{ "touch", &p.touch }, { "scan", &p.scan }, { "direct", &p.direct },
	{ "kept", &p.kept },
	{ "write", &p.write }, { "write_lock", &p.write_lock }, { "device", &p.device },
	{ "queue", &p.queue }, { "free", &p.free }, { "wake", &p.wake },
	{ "ratio", &p.ratio }, { "seconds", &p.seconds },
};

struct node;

/* What a thread does when it has had the CPU for what it asked for. */
struct thread {
	struct node *node;
	void (*next)(struct thread *t);
	void (*written)(struct thread *t);	/* and when a page is written */
	double at;		/* when that is */
	bool on_cpu;
	double since;		/* when it got the CPU */
	unsigned int pages;	/* of the batch in hand */
	unsigned int writes;	/* a writer, since it freed some */
	double linger;		/* how long it sleeps next time */
	double busy;		/* time on a CPU */
};

struct node {
	double free;			/* pages */
	unsigned int cpus_idle;
	struct thread *ready[THREADS_MAX];	/* they wait for a CPU */
	unsigned int ready_head, ready_tail;
	struct thread *kswapd;
	bool kswapd_sleeps;
	unsigned int waiting;		/* in the FIFO */
	unsigned int writing;		/* taken out of it */
	unsigned int isolated;		/* written, in kswapd's batch */
	unsigned int releasable;	/* written, back on the LRU */
	unsigned int releasing;		/* in a writer's hands */
	struct thread *idle_writer[THREADS_MAX];
	unsigned int idle_writers;
	struct thread *lingerer;	/* the last writer, while it sleeps */
	unsigned int active_writers;
};

static struct node nodes[NODES_MAX];
static struct thread threads[THREADS_MAX];
static unsigned int nr_threads;
static double now, allocator_until;
static uint64_t touched, reclaimed, direct, stalls;

/* ---- time -------------------------------------------------------------------- */

static double vary(double cost)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return cost * (0.5 + (state >> 11) / (double)(1ull << 53));
}

/* Gives free CPUs to those that wait for one, in order. */
static void dispatch(struct node *n)
{
	while (n->cpus_idle && n->ready_head != n->ready_tail) {
		struct thread *t = n->ready[n->ready_head++ % THREADS_MAX];

		n->cpus_idle--;
		t->on_cpu = true;
		t->since = now;
		t->at = now;
	}
}

static void ready(struct thread *t)
{
	t->at = INFINITY;
	t->node->ready[t->node->ready_tail++ % THREADS_MAX] = t;
	dispatch(t->node);
}

static void leave_cpu(struct thread *t)
{
	t->on_cpu = false;
	t->node->cpus_idle++;
	dispatch(t->node);
}

/* Gives the CPU away until @at. */
static void sleep_until(struct thread *t, double at)
{
	leave_cpu(t);
	t->at = at;
}

/* Keep the CPU that long, the last @locked of it under a lock, spinning for it. */
static void run(struct thread *t, double cost, double locked, double *lock)
{
	double end = now + cost - locked;

	if (locked) {
		end = fmax(end, *lock) + locked;
		*lock = end;
	}
	t->busy += end - now;
	t->at = end;
}

/* ---- stages ------------------------------------------------------------------ */

/* Young pages lie together, so those that are written come in bursts. */
static void run_scan(struct thread *t, double scan, double more)
{
	double cost = vary(scan * (1 - p.kept)) + more;

	if (!t->pages)
		cost += vary(scan * p.kept * BATCH);
	run(t, cost, 0, NULL);
}

static void wait_for_device(struct thread *t)
{
	t->next = t->written;
	sleep_until(t, now + vary(p.device));
}

/* A device takes as many at a time as there are. */
static void run_write(struct thread *t, void (*written)(struct thread *t))
{
	t->written = written;
	t->next = p.device ? wait_for_device : written;
	t->node->free -= 1 / p.ratio;
	run(t, vary(p.write), p.write_lock, &allocator_until);
}

static void gain(struct node *n, unsigned int pages)
{
	n->free += pages;
	reclaimed += pages;
}

static void start(struct thread *t, double delay, void (*next)(struct thread *t))
{
	t->next = next;
	t->at = now + delay;
}

/* ---- writers ------------------------------------------------------------------ */

static void writer(struct thread *t);

/* Written, but not free yet. */
static unsigned int unfreed(const struct node *n)
{
	return n->isolated + n->releasable + n->releasing;
}

static void writer_wrote(struct thread *t)
{
	t->node->writing--;
	t->node->isolated++;
	writer(t);
}

static void writer_freed(struct thread *t)
{
	t->node->releasing -= t->pages;
	gain(t->node, t->pages);
	writer(t);
}

static void writer_looks_again(struct thread *t)
{
	t->node->lingerer = NULL;
	t->node->active_writers++;
	writer(t);
}

/* The last one stays near while kswapd holds written folios. */
static void writer_leave(struct thread *t)
{
	struct node *n = t->node;

	n->active_writers--;
	if (!n->active_writers && (unfreed(n) || n->writing)) {
		n->lingerer = t;
		t->next = writer_looks_again;
		sleep_until(t, now + t->linger);
		t->linger = fmin(2 * t->linger, LINGER_MAX_US);
	} else {
		n->idle_writer[n->idle_writers++] = t;
		sleep_until(t, INFINITY);
	}
}

static void writer(struct thread *t)
{
	struct node *n = t->node;

	if (n->waiting && t->writes < WRITER_BATCH) {
		n->waiting--;
		n->writing++;
		t->writes++;
		t->linger = LINGER_MIN_US;
		run_write(t, writer_wrote);
	} else if (n->releasable) {
		t->writes = 0;
		t->linger = LINGER_MIN_US;
		t->pages = n->releasable < BATCH ? n->releasable : BATCH;
		n->releasable -= t->pages;
		n->releasing += t->pages;
		t->next = writer_freed;
		run(t, vary(p.free * t->pages), 0, NULL);
	} else if (n->waiting) {
		t->writes = 0;
		writer(t);
	} else {
		t->writes = 0;
		writer_leave(t);
	}
}

/* As the module does by itself; one more where tasks are about to stall. */
static unsigned int writers_most(bool stalls)
{
	int kept = stalls ? 1 : 2;

	if (p.writers)
		return p.writers;
	return fmin(fmax((int)(p.cpus / p.nodes) - kept, 1), WRITERS_MAX);
}

/* What waits has become more; @overflow: more than may. */
static void wake_writer(struct node *n, bool overflow)
{
	unsigned int share = n->free < p.low ? FOLIOS_PER_WRITER_BEHIND :
					       FOLIOS_PER_WRITER;
	bool too_few = overflow && n->free < p.low && n->active_writers < writers_most(false);
	struct thread *t = n->lingerer;

	if (n->active_writers >= writers_most(n->free < (p.min + p.low) / 2) ||
	    (n->waiting <= share * n->active_writers && !too_few))
		return;
	if (t && !overflow && n->waiting < WRITER_WAKE && n->waiting < p.depth)
		return;
	n->lingerer = NULL;
	n->active_writers++;
	start(t ?: n->idle_writer[--n->idle_writers], p.wake, writer);
}

/* ---- kswapd ------------------------------------------------------------------- */

static void kswapd(struct thread *t);

/* The batch goes back to the LRU; what is written of it can be freed. */
static void kswapd_batch_done(struct thread *t)
{
	struct node *n = t->node;

	n->releasable += n->isolated;
	n->isolated = 0;
	t->pages = 0;
}

static void kswapd_next(struct thread *t)
{
	if (++t->pages == BATCH)
		kswapd_batch_done(t);
	kswapd(t);
}

static void kswapd_wrote_its_own(struct thread *t)
{
	gain(t->node, 1);
	kswapd_next(t);
}

static void kswapd_wrote_the_oldest(struct thread *t)
{
	t->node->writing--;
	t->node->isolated++;
	kswapd_next(t);
}

/* How many pages may wait now: kcd_policy_limits() and kcd_queue_step(). */
static double room(const struct node *n)
{
	return fmin(p.bound, (n->free - p.min / 2) / 2) - n->writing - unfreed(n);
}

static void kswapd_scanned(struct thread *t)
{
	struct node *n = t->node;
	bool fits = n->waiting + 1 <= room(n);

	if (!p.depth || (!fits && !n->waiting)) {
		run_write(t, kswapd_wrote_its_own);
	} else if (fits && n->waiting < p.depth) {
		n->waiting++;
		wake_writer(n, false);
		kswapd_next(t);
	} else {
		/* It takes the place of the oldest. */
		wake_writer(n, true);
		n->writing++;
		run_write(t, kswapd_wrote_the_oldest);
	}
}

static void kswapd(struct thread *t)
{
	struct node *n = t->node;

	if (n->free >= p.high) {
		kswapd_batch_done(t);
		n->kswapd_sleeps = true;
		sleep_until(t, INFINITY);
		return;
	}
	t->next = kswapd_scanned;
	run_scan(t, p.scan, p.depth ? p.queue : 0);
}

/* ---- tasks -------------------------------------------------------------------- */

static void task(struct thread *t);

/* An old page is given back for each new one: so is its compressed copy. */
static void task_touched(struct thread *t)
{
	touched++;
	t->node->free += 1 / p.ratio;
	task(t);
}

static void task_scanned(struct thread *t);

static void task_wrote(struct thread *t)
{
	gain(t->node, 1);
	direct++;
	if (++t->pages == BATCH) {
		task(t);
		return;
	}
	t->next = task_scanned;
	run_scan(t, p.direct ?: p.scan, 0);
}

static void task_scanned(struct thread *t)
{
	run_write(t, task_wrote);
}

static void task(struct thread *t)
{
	struct node *n = t->node;

	if (n->free < p.low && n->kswapd_sleeps) {
		n->kswapd_sleeps = false;
		start(n->kswapd, 0, kswapd);
	}
	if (n->free > p.min) {
		n->free--;
		t->next = task_touched;
		run(t, vary(p.touch), 0, NULL);
	} else {
		stalls++;
		t->pages = 0;
		t->next = task_scanned;
		run_scan(t, p.direct ?: p.scan, 0);
	}
}

/* ---- the run ------------------------------------------------------------------ */

static struct thread *add_thread(struct node *n)
{
	struct thread *t = &threads[nr_threads++];

	if (nr_threads == THREADS_MAX)
		errx(1, "too many threads");
	t->node = n;
	t->at = INFINITY;
	t->linger = LINGER_MIN_US;
	return t;
}

static void set_up(struct node *n)
{
	unsigned int cpus = p.cpus / p.nodes, i;

	n->cpus_idle = cpus;
	n->free = p.high;
	n->kswapd = add_thread(n);
	n->kswapd_sleeps = true;
	for (i = 0; i < (p.writers ?: WRITERS_MAX) && p.depth; i++)
		n->idle_writer[n->idle_writers++] = add_thread(n);
	for (i = 0; i < p.tasks / p.nodes; i++)
		start(add_thread(n), 0, task);
}

/* Who comes next; a linear search is quick enough for a few hundred threads. */
static struct thread *earliest(void)
{
	struct thread *t = &threads[0];
	unsigned int i;

	for (i = 1; i < nr_threads; i++)
		if (threads[i].at < t->at)
			t = &threads[i];
	return t;
}

static void run_until(double end)
{
	struct thread *t;

	for (t = earliest(); t->at < end; t = earliest()) {
		now = t->at;
		if (!t->on_cpu) {
			ready(t);
		} else if (now - t->since > SLICE_US &&
			   t->node->ready_head != t->node->ready_tail) {
			leave_cpu(t);
			ready(t);
		} else {
			t->next(t);
		}
	}
	now = end;
}

static void parse(const char *arg)
{
	const char *value = strchr(arg, '=');
	char *end = NULL;
	size_t i;

	for (i = 0; value && i < sizeof(parameters) / sizeof(*parameters); i++) {
		if (strlen(parameters[i].name) == (size_t)(value - arg) &&
		    !strncmp(parameters[i].name, arg, value - arg)) {
			*parameters[i].value = strtod(value + 1, &end);
			break;
		}
	}
	if (!end || *end || end == value + 1 || *parameters[i].value < 0)
		errx(2, "'%s' is not NAME=VALUE of a parameter", arg);
}

int main(int argc, char **argv)
{
	unsigned int i;
	double busy;

	for (i = 1; i < (unsigned int)argc; i++)
		parse(argv[i]);
	if (p.nodes < 1 || p.nodes > NODES_MAX || p.cpus < p.nodes ||
	    p.tasks < p.nodes || !p.ratio)
		errx(2, "nodes, each with a CPU and a task; at most %u", NODES_MAX);
	/* There is nobody to hand over to: tasks are busy all the time. */
	if (p.cpus / p.nodes < 2 || (p.cpus / p.nodes < 3 && !p.writers))
		p.depth = 0;
	for (i = 0; i < p.nodes; i++)
		set_up(&nodes[i]);
	/* Until it is as it stays. */
	run_until(1e6);
	touched = 0;
	reclaimed = 0;
	direct = 0;
	stalls = 0;
	for (i = 0; i < nr_threads; i++)
		threads[i].busy = 0;
	run_until(1e6 * (1 + p.seconds));
	for (i = 0, busy = 0; i < nr_threads; i++)
		busy += threads[i].busy;
	printf("touched_s=%.0f reclaimed_s=%.0f stalls_s=%.1f direct_pct=%.1f ",
	       touched / p.seconds, reclaimed / p.seconds, stalls / p.seconds,
	       reclaimed ? 100.0 * direct / reclaimed : 0);
	printf("kswapd_pct=%.1f cpu_us=%.1f\n",
	       nodes[0].kswapd->busy / p.seconds / 1e4,
	       reclaimed ? busy / reclaimed : 0);
	return 0;
}
