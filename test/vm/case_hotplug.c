// SPDX-License-Identifier: GPL-2.0-only
/* Memory that goes while folios in it wait to be written. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define BLOCKS	"/sys/devices/system/memory/"
#define NODE1	KCD_SYSFS "/node1"
/* What ACPI calls a memory device. */
#define DIMM	"/sys/bus/acpi/devices/PNP0C80:00/"

/* The block of the memory device, which the kernel has not taken by itself. */
static const char *find_block(void)
{
	static char path[G_PATH];
	char state[G_PATH + 256], text[32];
	struct dirent *entry;
	DIR *dir = opendir(BLOCKS);

	CHECK(dir, "this kernel has no memory hotplug");
	while ((entry = readdir(dir))) {
		snprintf(state, sizeof(state), BLOCKS "%s/state", entry->d_name);
		if (g_read(state, text, sizeof(text)) > 0 &&
		    !strcmp(text, "offline")) {
			snprintf(path, sizeof(path), "%.*s", (int)sizeof(path) - 1,
				 state);
			closedir(dir);
			return path;
		}
	}
	suite_fail(__FILE__, __LINE__, "the machine has no memory to take");
}

/* Gone altogether, with the memory map of it, and a node that had nothing else. */
static void eject(const char *what)
{
	int tries;

	CHECK_RC(g_write(DIMM "eject", "1"), 0);
	for (tries = 0; g_exists(what) && tries < 600; tries++)
		g_sleep_ms(100);
	CHECK(!g_exists(what), "%s is still there", what);
}

/* A node that has just come: cpusets hear of it from a worker. */
static void bind_to(int node)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	int rc;

	while ((rc = g_bind_node(node)) == -EINVAL && g_now_ns() < end)
		g_sleep_ms(10);
	CHECK(!rc, "node %d takes nobody: %d", node, rc);
}

/* The load's pages are of that node if it is not the first: others would go elsewhere. */
static struct g_pressure *press_until_folios_wait(int node)
{
	struct g_pressure *p;
	char path[G_PATH];

	if (node)
		bind_to(node);
	p = g_pressure_start(128 + 48, G_MIXED);
	if (node)
		CHECK_RC(g_bind_node(-1), 0);
	kcd_wait_growth(node, "queued", 2000);
	/* While its node goes there may be no memory for it: it is to die, no other. */
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", p->pid);
	g_write(path, "1000");
	kcd_wait_waiting(node, 8);
	return p;
}

static void end_pressure(struct g_pressure *p)
{
	int status;

	kill(p->pid, SIGKILL);
	CHECK(waitpid(p->pid, &status, 0) == p->pid, "waitpid");
	CHECK(p->bad_page < 0, "page %ld is not as it was written", p->bad_page);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the load ended with %d",
	      status);
}

/* Memory goes under full pressure, which ends only after that has begun. */
static void offline_under_pressure(int node, const char *block)
{
	struct g_pressure *p = press_until_folios_wait(node);
	int status;
	pid_t pid;

	pid = fork();
	CHECK(pid >= 0, "fork");
	if (!pid) {
		g_sleep_ms(300);
		kill(p->pid, SIGKILL);
		_exit(0);
	}
	CHECK_RC(g_write(block, "offline"), 0);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	end_pressure(p);
	kcd_check_sums();
}

/*
 * The classic LRU makes reclaim wait while much is isolated, as all is that is to be
 * moved, and so moving waits for itself.
 */
static void setup_going(void)
{
	if (!setup_lru("7"))
		SKIP("this kernel has the classic LRU only, with which memory hardly goes");
	/* Over a disk, since the rest of memory cannot hold it all. */
	setup_disk(512);
	setup_zswap();
}

/* Movable: what the kernel keeps for itself comes from elsewhere. */
static void take_block(const char *block)
{
	char state[32];

	CHECK(g_read(block, state, sizeof(state)) > 0, "the state of the memory");
	if (strcmp(state, "online"))
		CHECK_RC(g_write(block, "online_movable"), 0);
}

static void memory_goes(void)
{
	size_t mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024;
	const char *block = find_block();
	struct g_pressure *p;
	struct campaign c;
	long long before;
	int tries;

	setup_going();
	take_block(block);
	setup_module("depth=256 writers=1");
	/*
	 * What waits is written late, and seldom handed back: beside the most eager of tasks
	 * writers get no CPU time for ten seconds and more. A real-time task would be in the
	 * way of who takes memory away, too, which has each CPU's worker drain its lists.
	 * Who does, waits for a folio that is being written: as long as the kernel puts up with.
	 */
	g_write("/proc/sys/kernel/hung_task_timeout_secs", "120");
	setpriority(PRIO_PROCESS, kcd_slow_writers(0), -20);
	CHECK_RC(g_write(KCD_WORKQUEUE "nice", "19"), 0);
	/* Nearly as much as the rest of memory holds. */
	p = g_pressure_start(mb - 16, G_MIXED);

	campaign_begin(&c, "memory that went with folios", 1, 40);
	while (campaign_next(&c)) {
		before = kcd_value(0, "handback_forgotten");
		tries = 0;
		do {
			CHECK(tries++ < 40, "no folio was forgotten");
			take_block(block);
			offline_under_pressure(0, block);
		} while (kcd_value(0, "handback_forgotten") == before);
		g_note("%lld folios were forgotten, the %d. time",
		       kcd_value(0, "handback_forgotten") - before, tries);
	}
	CHECK(kcd_value(0, "bypassed_off"), "folios were queued while memory went");
	eject(block);
	CHECK_RC(g_pressure_stop(p), 0);

	/* All goes on in what is left. */
	p = g_pressure_start(mb + 32, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	kcd_wait_growth(0, "handback_freed", 100);
	/* How long it took is up to the other task. */
	kcd_check_sums();
	CHECK_RC(g_pressure_stop(p), 0);
}

/*
 * A node that has memory only, and that not always. Its kswapd and its writers run
 * on the CPUs of the other, and what it writes goes there as well.
 */
static void node_comes_and_goes(void)
{
	size_t mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024;
	const char *block = find_block();
	struct g_pressure *p;
	struct campaign c;
	long long before;
	int tries;

	setup_going();
	setup_module("depth=256 writers=1");
	CHECK(!g_exists(NODE1), "a node that has no memory yet is shown");
	p = g_pressure_start(mb - 16, G_MIXED);
	campaign_begin(&c, "node that came and went", 3, 40);
	while (campaign_next(&c)) {
		tries = 0;
		do {
			CHECK(tries++ < 10, "folios were queued while the node went");
			take_block(block);
			while (!g_exists(NODE1))
				g_sleep_ms(10);
			/* It may have given up while its node went. */
			setup_kswapd();
			before = kcd_value(1, "bypassed_off");
			offline_under_pressure(1, block);
		} while (kcd_value(1, "bypassed_off") == before);
	}
	CHECK(kcd_value(1, "written_worker"), "node 1 had no writer");
	eject("/sys/devices/system/node/node1");
	CHECK(kcd_value(1, "waiting") == 0 && kcd_value(1, "pending") == 0,
	      "folios of a node that is gone are not forgotten");
	CHECK_RC(g_pressure_stop(p), 0);

	p = g_pressure_start(mb + 32, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	kcd_check_counters();
	CHECK_RC(g_pressure_stop(p), 0);
}

#define PINNED_MB 32

/* A pipe that holds a page of the block, which then cannot go. */
static void pin_one(const char *block, int ends[2])
{
	char *base = mmap(NULL, PINNED_MB * G_MB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct iovec iov = { .iov_len = G_PAGE };
	uint64_t pfn, first, pages;
	unsigned int number;
	char text[64], *page;

	CHECK(base != MAP_FAILED, "memory to pin");
	CHECK(sscanf(block, BLOCKS "memory%u/", &number) == 1, "the number of %s", block);
	CHECK(g_read(BLOCKS "block_size_bytes", text, sizeof(text)) > 0, "size of a block");
	pages = strtoull(text, NULL, 16) / G_PAGE;
	first = number * pages;
	for (page = base; !iov.iov_base; page += G_PAGE) {
		CHECK(page < base + PINNED_MB * G_MB, "no page is of the block");
		pfn = page_pfn(page);
		if (pfn >= first && pfn < first + pages)
			iov.iov_base = page;
	}
	CHECK(!pipe(ends), "pipe");
	CHECK(vmsplice(ends[1], &iov, 1, 0) == G_PAGE, "vmsplice");
	munmap(base, PINNED_MB * G_MB);
}

static void awake(__attribute__((unused)) int signal)
{
}

/* Who takes memory away gives up, and the node's folios are queued again. */
static void memory_stays(void)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	/* Not restarted. */
	const struct sigaction action = { .sa_handler = awake };
	const char *block = find_block();
	int status, ends[2];
	struct g_pressure *p;
	char state[32];
	pid_t pid;
	size_t mb;

	setup_going();
	take_block(block);
	pin_one(block, ends);
	mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024;
	setup_module("depth=64");
	p = g_pressure_start(mb + 48, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	pid = fork();
	CHECK(pid >= 0, "fork");
	if (!pid) {
		sigaction(SIGTERM, &action, NULL);
		_exit(g_write(block, "offline") != -EINTR);
	}
	while (!kcd_value(0, "bypassed_off")) {
		CHECK(g_now_ns() < end, "the module was not told");
		CHECK(!waitpid(pid, NULL, WNOHANG), "nobody takes the memory away");
		g_sleep_ms(10);
	}
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status), "it has not given up: %d", status);
	CHECK(g_read(block, state, sizeof(state)) > 0 && !strcmp(state, "online"),
	      "the memory is %s", state);
	kcd_wait_growth(0, "queued", 500);
	close(ends[0]);
	close(ends[1]);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_sums();
	/* For the case that takes it for good. */
	CHECK_RC(g_write(block, "offline"), 0);
}

const struct suite_case cases_hotplug[] = {
	{ "memory_stays_and_folios_are_queued_again", memory_stays },
	{ "memory_goes_with_folios_queued", memory_goes },
	{ "a_node_comes_and_goes", node_comes_and_goes },
	{ }
};
