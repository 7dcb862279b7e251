// SPDX-License-Identifier: GPL-2.0-only
/* What the module shows, read and judged. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define RT_RUNTIME "/proc/sys/kernel/sched_rt_runtime_us"
#define FAIR_SERVER "/sys/kernel/debug/sched/fair_server/cpu%d/runtime"

/* Base pages of 2 MB. Sizes in between are off by default. */
#define HUGE_PAGES 512

/*
 * To turn it off or to unload it: RCU-tasks takes some seconds on a busy host, and waits
 * for each task that was preempted. Without module/settle.c it takes minutes.
 */
#define SOON_MS 60000
/* 2^32 ns, 4.3 s, for a folio: 100 ms, and much more for a busy host. */
#define LONG_NS (1ull << 32)

/* A busy task makes them slow, by kcd_slow_writers(). */
static bool writers_are_slow;

/* A node that has never had memory is not known; the first one always is. */
static bool knows_node(int node)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), KCD_SYSFS "/node%d", node);
	return g_exists(path);
}

void kcd_read(struct g_table *stat, int node)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), KCD_SYSFS "/node%d/stat", node);
	CHECK_RC(g_table_read(stat, path), 0);
}

long long kcd_value(int node, const char *name)
{
	struct g_table stat;
	long long value;

	kcd_read(&stat, node);
	value = g_table_get(&stat, name);
	CHECK(value >= 0, "node%d/stat has no line %s", node, name);
	return value;
}

long long kcd_total(const char *prefix)
{
	struct g_table stat;
	long long sum = 0;
	int node = 0;

	do {
		kcd_read(&stat, node);
		sum += g_table_sum(&stat, prefix);
	} while (knows_node(++node));
	return sum;
}

bool kcd_soon(uint64_t begin)
{
	return g_now_ns() - begin < SOON_MS * 1000000ull * g_patience();
}

void kcd_set_depth(unsigned int depth)
{
	uint64_t begin = g_now_ns();

	CHECK_RC(g_write(KCD_SYSCTL, "%u", depth), 0);
	CHECK(kcd_soon(begin), "setting vm.kcompressd to %u took %llu ms", depth,
	      (g_now_ns() - begin) / 1000000ull);
	CHECK(g_read_ll(KCD_SYSCTL) == depth, "vm.kcompressd is not %u", depth);
}

void kcd_unload(void)
{
	uint64_t begin = g_now_ns();

	CHECK_RC(g_module_unload("kcompressd"), 0);
	CHECK(kcd_soon(begin), "unloading took %llu ms",
	      (g_now_ns() - begin) / 1000000ull);
}

static void check_equal(int node, const char *what, long long a, long long b)
{
	struct g_table stat;

	if (a == b)
		return;
	/* For the reader; the values may have moved on since. */
	kcd_read(&stat, node);
	g_note("node%d/stat now:\n%s", node, stat.text);
	suite_fail(__FILE__, __LINE__, "node%d: %s: %lld is not %lld", node,
		   what, a, b);
}

long long kcd_took(int node, const char *histogram, unsigned long long ns,
		   long long *all)
{
	char path[G_PATH], text[4096], *line;
	unsigned long long from;
	long long count, took = 0;

	snprintf(path, sizeof(path), KCD_SYSFS "/node%d/%s", node, histogram);
	CHECK(g_read(path, text, sizeof(text)) > 0, "cannot read %s", path);
	*all = 0;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%llu %lld", &from, &count) != 2)
			break;
		*all += count;
		if (from >= ns)
			took += count;
	}
	return took;
}

/* Others wait for a folio as long as it waits, and as long as it is being written. */
static void check_longest(int node, const char *histogram)
{
	unsigned long long too_long = LONG_NS * g_patience();
	long long slow, all;

	slow = kcd_took(node, histogram, too_long, &all);
	CHECK(!slow, "node%d: %lld of %lld folios took more than %llu ms: %s", node,
	      slow, all, too_long / 1000000, histogram);
}

static void check_sums(int node)
{
	struct g_table stat;
	long long written;

	kcd_read(&stat, node);
	written = g_table_get(&stat, "written_worker") +
		  g_table_get(&stat, "written_kswapd");
	check_equal(node, "offered = bypassed + queued",
		    g_table_get(&stat, "offered"),
		    g_table_sum(&stat, "bypassed_") + g_table_get(&stat, "queued"));
	check_equal(node, "queued = written + waiting", g_table_get(&stat, "queued"),
		    written + g_table_get(&stat, "waiting"));
	check_equal(node, "written = handed back + failed + pending", written,
		    g_table_sum(&stat, "handback_") +
		    g_table_get(&stat, "failed_writes") +
		    g_table_get(&stat, "pending"));
	CHECK(g_table_get(&stat, "written_late") <=
	      g_table_get(&stat, "written_worker"),
	      "more folios were written late than by writers");
	CHECK(g_table_get(&stat, "writing") <= g_table_get(&stat, "waiting"),
	      "more folios are being written than wait");
	CHECK(g_table_get(&stat, "depth_max") <= 256, "the FIFO was deeper than 256");
}

void kcd_check_sums(void)
{
	int node = 0;

	do {
		check_sums(node);
	} while (knows_node(++node));
}

void kcd_check_counters(void)
{
	int node = 0;

	do {
		check_sums(node);
		check_longest(node, "wait_ns_histogram");
		/*
		 * While the host keeps one from its CPU, the guest takes that for its own
		 * time, and then a niced one has to wait for many times as long.
		 */
		if (!writers_are_slow)
			check_longest(node, "write_ns_histogram");
	} while (knows_node(++node));
}

void kcd_check_bound(void)
{
	long long bound, held, largest;
	int node = 0;

	do {
		bound = kcd_value(node, "bound_pages");
		held = kcd_value(node, "bound_pages_max");
		/* What kswapd is writing itself comes on top. */
		largest = bound < HUGE_PAGES ? 1 : HUGE_PAGES;
		CHECK(bound > 0 && held <= bound + largest,
		      "node%d: %lld pages were held, %lld may be", node, held,
		      bound);
	} while (knows_node(++node));
}

const char *kcd_hook_name(void)
{
	struct utsname kernel;
	unsigned int major, minor;

	CHECK(!uname(&kernel) &&
	      sscanf(kernel.release, "%u.%u", &major, &minor) == 2,
	      "this kernel has no version");
	return major * 100 + minor < 616 ? "swap_writepage" : "swap_writeout";
}

bool kcd_hooked(void)
{
	const char *name = kcd_hook_name();
	char text[4096], *line;

	CHECK(g_read("/sys/kernel/tracing/enabled_functions", text,
		     sizeof(text)) >= 0, "cannot read enabled_functions");
	line = strstr(text, name);
	if (!line || (line > text && line[-1] != '\n') ||
	    line[strlen(name)] != ' ')
		return false;
	line[strcspn(line, "\n")] = 0;
	/* "swap_writepage (1)    I": I is IPMODIFY, R is "with registers". */
	line += strcspn(line, ")");
	line[strcspn(line, "\t>")] = 0;
	return strchr(line, 'I');
}

pid_t kcd_slow_writers(int node)
{
	char path[G_PATH];
	int cpu = g_cpus_online() - 1;

	snprintf(path, sizeof(path),
		 "/sys/devices/virtual/workqueue/kcompressd%d/cpumask", node);
	CHECK_RC(g_write(path, "%x", 1 << cpu), 0);
	snprintf(path, sizeof(path),
		 "/sys/devices/virtual/workqueue/kcompressd%d/nice", node);
	CHECK_RC(g_write(path, "10"), 0);
	writers_are_slow = true;
	return suite_hog(cpu);
}

/*
 * One that runs stays where it is when the workqueue's CPUs change, so this is done
 * before there is anything to write.
 */
pid_t kcd_starve_writers(void)
{
	const struct sched_param param = { .sched_priority = 1 };
	int cpu = g_cpus_online() - 1;
	char path[G_PATH], there;
	uint64_t end;
	int ends[2];
	pid_t pid;

	/*
	 * A share is kept for others, from 6.12 on in two ways. Taken once, and not given
	 * back: when that changes under load, 6.12 warns in task_non_contending() at times,
	 * or miscounts, and then takes no change any more (-EBUSY).
	 */
	if (g_read_ll(RT_RUNTIME) >= 0)
		CHECK_RC(g_write(RT_RUNTIME, "-1"), 0);
	snprintf(path, sizeof(path), FAIR_SERVER, cpu);
	if (g_read_ll(path) > 0)
		g_write(path, "0");
	CHECK_RC(g_write(KCD_WORKQUEUE "cpumask", "%x", 1 << cpu), 0);
	CHECK(!pipe(ends), "pipe");
	pid = fork();
	CHECK(pid >= 0, "fork");
	if (pid) {
		/* Under pressure it may take its time to begin. */
		CHECK(read(ends[0], &there, 1) == 1, "the task has died");
		close(ends[0]);
		close(ends[1]);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	suite_bind(0, cpu, cpu);
	sched_setscheduler(0, SCHED_FIFO, &param);
	/*
	 * Who is to kill it may itself wait for that CPU, as 5.10 does for memory, and
	 * says so after a minute; or for a writer that was preempted there. Real-time kernels
	 * miss their threads of that CPU, too, which an alarm needs, so it looks at the clock.
	 */
	end = g_now_ns() + (g_patience() > 1 ? 50 : 20) * 1000000000ull;
	if (write(ends[1], "", 1) != 1)
		_exit(1);
	while (g_now_ns() < end)
		;
	_exit(0);
}

bool kcd_feed_writers(pid_t hog)
{
	int status;

	kill(hog, SIGKILL);
	return waitpid(hog, &status, 0) == hog && WIFSIGNALED(status);
}

void kcd_wait_waiting(int node, long long folios)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();

	while (kcd_value(node, "waiting") < folios)
		CHECK(g_now_ns() < end, "never did %lld folios wait", folios);
}

void kcd_wait_growth(int node, const char *name, long long by)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long goal = kcd_value(node, name) + by;

	while (kcd_value(node, name) < goal) {
		CHECK(g_now_ns() < end, "node%d: %s did not grow by %lld", node,
		      name, by);
		g_sleep_ms(10);
	}
}

static bool kswapd_sleeps(void)
{
	struct g_table status;
	char path[G_PATH];

	snprintf(path, sizeof(path), "/proc/%d/status", g_task_find("kswapd0"));
	CHECK_RC(g_table_read(&status, path), 0);
	return strstr(status.text, "\nState:\tS");
}

void kcd_wait_rest(void)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long offered;
	bool slept;

	do {
		CHECK(g_now_ns() < end, "kswapd does not rest");
		offered = kcd_value(0, "offered");
		slept = kswapd_sleeps();
		g_sleep_ms(500);
	} while (!slept || !kswapd_sleeps() || kcd_value(0, "waiting") ||
		 kcd_value(0, "offered") != offered);
}

void kcd_check_alone(long long folios)
{
	long long queued;

	/* Until those are done that are at it. */
	kcd_wait_growth(0, "bypassed_cpus", folios);
	queued = kcd_value(0, "queued");
	kcd_wait_growth(0, "bypassed_cpus", folios);
	CHECK(kcd_value(0, "queued") == queued, "%lld folios were queued",
	      kcd_value(0, "queued") - queued);
}

struct kcd_goal kcd_goal(const char *name, long long by)
{
	return (struct kcd_goal) {
		.name = name,
		.value = kcd_total(name) + by,
		.end_ns = g_now_ns() + WAIT_MS * 1000000ull * g_patience(),
	};
}

bool kcd_goal_reached(const struct kcd_goal *goal)
{
	long long value = kcd_total(goal->name);

	if (value >= goal->value)
		return true;
	CHECK(g_now_ns() < goal->end_ns, "%s is %lld and not yet %lld",
	      goal->name, value, goal->value);
	return false;
}

/* For so many more, on any node. */
void kcd_wait_queued(long long folios)
{
	struct kcd_goal goal = kcd_goal("queued", folios);

	while (!kcd_goal_reached(&goal))
		g_sleep_ms(10);
}
