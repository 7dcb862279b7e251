// SPDX-License-Identifier: GPL-2.0-only
/* Two nodes: each has its own FIFO and its own writers. */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

static void need_two(void)
{
	CHECK(g_nodes() == 2, "the machine has %d nodes", g_nodes());
}

static void need_three_cpus_each(void)
{
	need_two();
	CHECK(g_exists("/sys/devices/system/node/node0/cpu2") &&
	      g_exists("/sys/devices/system/node/node1/cpu3"),
	      "the nodes have not three CPUs each");
}

/* Pressure on one node only, from a process bound to it. */
static struct g_pressure *press_node(int node)
{
	char path[G_PATH];
	struct g_pressure *p;
	long long mb;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/vmstat",
		 node);
	mb = g_stat(path, "nr_free_pages") / 256;
	CHECK(mb > 50, "node%d has %lld MB free", node, mb);
	CHECK_RC(g_bind_node(node), 0);
	p = g_pressure_start(mb + 60, G_MIXED);
	CHECK_RC(g_bind_node(-1), 0);
	return p;
}

static void both_nodes(void)
{
	struct g_pressure *p[2];
	int node;

	need_two();
	setup_zram(0, 1024, NULL);
	setup_module("");
	CHECK(g_exists("/sys/devices/virtual/workqueue/kcompressd0") &&
	      g_exists("/sys/devices/virtual/workqueue/kcompressd1"),
	      "a workqueue is missing");
	for (node = 0; node < 2; node++)
		p[node] = press_node(node);
	for (node = 0; node < 2; node++) {
		kcd_wait_growth(node, "written_worker", 1500);
		/* From 7.2 on kswapd looks twice, and frees most itself. */
		kcd_wait_growth(node, "handback_freed", 30);
	}
	for (node = 0; node < 2; node++)
		CHECK_RC(g_pressure_stop(p[node]), 0);
	kcd_check_counters();
}

static void one_node(void)
{
	long long other;
	struct g_pressure *p;
	int node;

	need_two();
	setup_zram(0, 1024, NULL);
	setup_module("");
	for (node = 0; node < 2; node++) {
		other = kcd_value(!node, "queued");
		p = press_node(node);
		kcd_wait_growth(node, "written_worker", 1500);
		CHECK_RC(g_pressure_stop(p), 0);
		CHECK(kcd_value(!node, "queued") - other < 500,
		      "pressure on node %d queued %lld folios on the other",
		      node, kcd_value(!node, "queued") - other);
	}
	kcd_check_counters();
}

/* Writers of one node that do not get on do not hold up the other's. */
static void independent(void)
{
	struct g_pressure *p[2];
	int node;

	need_two();
	setup_zram(0, 1024, NULL);
	setup_module("depth=64 writers=1");
	kcd_slow_writers(0);
	for (node = 0; node < 2; node++)
		p[node] = press_node(node);
	kcd_wait_waiting(0, 4);
	kcd_wait_growth(1, "written_worker", 1500);
	kcd_check_counters();
	for (node = 0; node < 2; node++)
		CHECK_RC(g_pressure_stop(p[node]), 0);
	kcd_set_depth(0);
	CHECK(kcd_total("waiting") == 0, "folios still wait");
}

/* Idle CPUs of the other node are no help to one whose own two are busy. */
static void busy_node(void)
{
	struct g_pressure *p[2];
	pid_t hog[2];
	int node;

	need_three_cpus_each();
	setup_zram(0, 1024, NULL);
	setup_module("depth=24");
	for (node = 0; node < 2; node++)
		p[node] = press_node(node);
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_cpu_set_online(2, false), 0);
	hog[0] = suite_hog(0);
	hog[1] = suite_hog(1);
	kcd_check_alone(500);
	kcd_wait_growth(1, "written_worker", 500);
	kcd_check_alone(500);

	CHECK_RC(g_cpu_set_online(2, true), 0);
	kcd_wait_growth(0, "written_worker", 500);
	/* Beside these a task that is bound to the node waits minutes for it from 7.2 on. */
	for (node = 0; node < 2; node++)
		kill(hog[node], SIGKILL);
	for (node = 0; node < 2; node++)
		CHECK_RC(g_pressure_stop(p[node]), 0);
	kcd_check_counters();
}

/* Writers of a node without CPUs run on the other, and take memory there. */
static void no_cpus(void)
{
	struct g_pressure *p;
	long long goal;
	uint64_t end;
	int cpu;

	need_three_cpus_each();
	setup_zram(0, 1024, NULL);
	setup_module("depth=24");
	for (cpu = 3; cpu < 6; cpu++)
		CHECK_RC(g_cpu_set_online(cpu, false), 0);
	p = press_node(1);
	kcd_wait_growth(1, "written_worker", 500);

	/* The other node has none left for copies, while this one has. */
	CHECK_RC(g_module_load("hoarder", "node=0"), 0);
	goal = kcd_value(1, "bypassed_watermark") + 500;
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	while (kcd_value(1, "bypassed_watermark") < goal) {
		CHECK(g_now_ns() < end, "its folios are queued all the same");
		CHECK_RC(g_write("/sys/module/hoarder/parameters/node", "0"), 0);
		g_sleep_ms(1);
	}
	CHECK_RC(g_module_unload("hoarder"), 0);
	kcd_wait_growth(1, "written_worker", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* While a worker works for a workqueue its name ends with a plus and that one's. */
static unsigned int working(const char *workqueue)
{
	char path[G_PATH + 256], name[64];
	unsigned int nr = 0;
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	CHECK(dir, "cannot read /proc");
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (isdigit(entry->d_name[0]) &&
		    g_read(path, name, sizeof(name)) > 0 && strchr(name, '+') &&
		    !strcmp(strchr(name, '+') + 1, workqueue))
			nr++;
	}
	closedir(dir);
	return nr;
}

/* All that were asked for, though the machine has another node. */
static void all_writers(void)
{
	uint64_t rise, end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	unsigned int now, most = 0;
	struct g_pressure *p;

	need_three_cpus_each();
	setup_zram(0, 1024, NULL);
	setup_module("depth=256 writers=16");
	/* One CPU of each node, and the first one's busy, so that many folios wait. */
	CHECK_RC(g_write(KCD_WORKQUEUE "cpumask", "%x", 1 << 2 | 1 << 5), 0);
	CHECK_RC(g_write(KCD_WORKQUEUE "nice", "19"), 0);
	suite_hog(2);
	p = press_node(0);
	/* More than the half that would be the share of one of two. */
	while (most <= 8) {
		CHECK(g_now_ns() < end, "at most %u writers worked", most);
		/* kswapd is behind at once when it rises, which asks for more of them. */
		CHECK_RC(g_write(WATERMARKS, "10"), 0);
		g_sleep_ms(500);
		CHECK_RC(g_write(WATERMARKS, "1000"), 0);
		rise = g_now_ns();
		do {
			now = working("kcompressd0");
			if (now > most)
				most = now;
		} while (most <= 8 && g_now_ns() - rise < 2000000000ull);
	}
	CHECK_RC(g_pressure_stop(p), 0);
	g_note("%u writers worked", most);
	kcd_check_counters();
}

const struct suite_case cases_nodes[] = {
	{ "both_nodes_have_writers", both_nodes },
	{ "a_folio_is_queued_on_its_own_node", one_node },
	{ "nodes_are_independent", independent },
	{ "a_node_of_two_busy_cpus_steps_aside", busy_node },
	{ "a_node_without_cpus_looks_at_the_other", no_cpus },
	{ "all_writers_of_a_node_work", all_writers },
	{ }
};
