// SPDX-License-Identifier: GPL-2.0-only
/* Setting up what a case needs, and putting everything back after it. */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

/* For each CPU, as tracers have it by default. */
#define TRACING_KB 1408
#define LRU_GEN	"/sys/kernel/mm/lru_gen/enabled"
#define COMPACT	"/proc/sys/vm/compact_memory"
#define LIVEPATCH "/sys/kernel/livepatch/patcher/"
#define SIZES "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled"
#define KSM "/sys/kernel/mm/ksm/run"

void setup_module(const char *params)
{
	int rc = g_module_load("kcompressd", params);

	CHECK(!rc, "loading kcompressd %s: %s", params, strerror(-rc));
}

void setup_zram(int id, size_t mb, const char *algorithm)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), "/dev/zram%d", id);
	CHECK_RC(g_zram_setup(id, mb, algorithm), 0);
	CHECK_RC(g_swapon(path, 100 - id), 0);
}

/* As the kernel has it by itself. */
static char lru[16];

void setup_begin(void)
{
	/* The gap of a real machine: in a small one kswapd sleeps half the time. */
	g_write(WATERMARKS, "300");
	g_write(BOOST, "15000");
	if (g_read(LRU_GEN, lru, sizeof(lru)) <= 0)
		*lru = '\0';
}

bool setup_lru(const char *kind)
{
	if (!*lru)
		return false;
	CHECK_RC(g_write(LRU_GEN, "%s", kind), 0);
	return true;
}

void setup_disk(size_t mb)
{
	const char *disk = g_disk();

	CHECK(disk, "the guest has no scratch disk");
	CHECK_RC(g_mkswap(disk, mb), 0);
	CHECK_RC(g_swapon(disk, 1), 0);
}

bool setup_sizes(void)
{
	if (!g_exists(SIZES))
		return false;
	CHECK_RC(g_write(SIZES, "always"), 0);
	return true;
}

void setup_zswap(void)
{
	int rc = g_zswap_setup(NULL);

	if (rc == -ENOENT)
		SKIP("this kernel has no zswap");
	CHECK(!rc, "turning zswap on: %s", strerror(-rc));
}

ino_t setup_group(void)
{
	struct stat st;

	CHECK_RC(g_write(CGROUPS "cgroup.subtree_control", "+memory"), 0);
	CHECK_RC(mkdir(GROUP, 0755), 0);
	CHECK_RC(stat(GROUP, &st), 0);
	return st.st_ino;
}

struct g_pressure *setup_group_load(void)
{
	struct g_pressure *p;

	CHECK_RC(g_write(GROUP "/cgroup.procs", "0"), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_write(CGROUPS "cgroup.procs", "0"), 0);
	kcd_wait_growth(0, "queued", 500);
	return p;
}

static void undo_cgroups(void)
{
	char path[G_PATH + 256];
	struct dirent *entry;
	DIR *dir;

	dir = opendir(CGROUPS);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CGROUPS "%s", entry->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static void undo_cpus(void)
{
	int cpu;

	for (cpu = 1; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++)
		g_cpu_set_online(cpu, true);
}

void setup_kswapd(void)
{
	if (!g_kswapd_gave_up())
		return;
	g_note("kswapd had given up");
	g_write("/sys/kernel/mm/numa/demotion_enabled", "1");
	g_write("/sys/kernel/mm/numa/demotion_enabled", "0");
}

/* Where it was bound to one CPU. */
static void undo_kswapd(void)
{
	pid_t kswapd = g_task_find("kswapd0");
	cpu_set_t set;
	int cpu;

	if (!kswapd || sched_getaffinity(kswapd, sizeof(set), &set) ||
	    CPU_COUNT(&set) > 1)
		return;
	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++)
		CPU_SET(cpu, &set);
	sched_setaffinity(kswapd, sizeof(set), &set);
}

static const char *undo_module(void)
{
	/* An open file, of a process that has just been killed. */
	uint64_t begin = g_now_ns();
	int tries, rc = -EAGAIN;

	for (tries = 0; rc && tries < 50; tries++) {
		rc = g_module_unload("kcompressd");
		if (rc)
			g_sleep_ms(100);
	}
	if (rc)
		return "the module";
	if (!kcd_soon(begin))
		return "the module, for too long";
	if (g_exists(KCD_SYSCTL))
		return KCD_SYSCTL;
	if (g_exists(KCD_SYSFS))
		return KCD_SYSFS;
	if (kcd_hooked())
		return "the hook";
	if (g_exists("/sys/devices/virtual/workqueue/kcompressd0"))
		return "the workqueue";
	if (g_exists(TRACING "events/kcompressd"))
		return "the tracepoints";
	return NULL;
}

static void undo_tracing(void)
{
	g_write(TRACING "tracing_on", "0");
	g_write(TRACING "events/enable", "0");
	g_write(TRACING "current_tracer", "nop");
	g_write(TRACING "set_ftrace_filter", "\n");
	g_write(TRACING "set_ftrace_pid", "\n");
	g_write(TRACING "set_event_pid", "\n");
	g_write(TRACING "kprobe_events", "\n");
	g_write(TRACING "dynamic_events", "\n");
	g_write(TRACING "trace", "\n");
	g_write(TRACING "trace_clock", "local");
	if (g_read_ll(TRACING "buffer_size_kb") > TRACING_KB)
		g_write(TRACING "buffer_size_kb", "%d", TRACING_KB);
}

int setup_livepatch_end(void)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	int rc;

	g_write(LIVEPATCH "enabled", "0");
	while (g_exists(LIVEPATCH) && g_now_ns() < end)
		g_sleep_ms(100);
	/* Its directory goes before the last reference. */
	while ((rc = g_module_unload("patcher")) && g_now_ns() < end)
		g_sleep_ms(100);
	return rc;
}

/* The cases' own modules. A livepatch ends by and by. */
static const char *undo_others(void)
{
	static const char * const others[] = { "holder", "namesake", "hoarder", "twin" };
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (g_module_unload(others[i]))
			return others[i];
	return setup_livepatch_end() ? "the livepatch" : NULL;
}

/* Compaction puts the CPUs' batches onto the LRU before it begins. */
static const char *undo_pages(void)
{
	/* What one case has left is not the next one's fault. */
	static int before;
	unsigned int held, tries;
	int left;

	/* The kernel's own tasks may have a page for a moment. */
	for (tries = 0; (left = pages_left(&held)) > before && tries < 20; tries++) {
		g_write(COMPACT, "1");
		if (tries)
			g_sleep_ms(100);
	}
	if (left < 0)
		return "no /proc/kpageflags";
	if (left <= before)
		return NULL;
	before = left;
	g_note("%d pages are left, %u of them locked or in the swap cache", left, held);
	return held ? "pages that are locked or in the swap cache" :
		      "references to pages";
}

const char *setup_undo(void)
{
	const char *left, *others;
	int zram;

	faults_undo();
	g_write("/sys/power/pm_test", "none");
	g_write(SIZES, "never");
	if (g_read_ll(KSM) == 1)
		g_write(KSM, "2");
	if (*lru)
		g_write(LRU_GEN, "%s", lru);
	undo_tracing();
	undo_cpus();
	g_write(SUITE_UNBOUND, "%x", (1 << sysconf(_SC_NPROCESSORS_CONF)) - 1);
	undo_kswapd();
	setup_kswapd();
	left = undo_module();
	others = undo_others();
	if (others)
		left = others;
	g_write("/proc/sys/kernel/ftrace_enabled", "1");
	if (g_swapoff_all())
		left = "a swap device";
	if (g_dm_remove(SUITE_DM))
		left = "a device-mapper device";
	if (g_swap_file_remove())
		left = "the mount";
	g_write(G_ZSWAP "enabled", "0");
	g_write(G_ZSWAP "max_pool_percent", "20");
	for (zram = 0; zram < 2; zram++)
		if (g_zram_reset(zram))
			left = "a zram device";
	/* Algorithms are set afresh, too. */
	if (g_module_unload("zram"))
		left = "the zram module";
	undo_cgroups();
	/* Where swap could not be turned off, what is there is in use. */
	return left ?: undo_pages();
}
