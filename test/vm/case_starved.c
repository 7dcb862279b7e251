// SPDX-License-Identifier: GPL-2.0-only
/* Writers that get no CPU time: kswapd goes on, and does their work. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define FAIR_SERVER "/sys/kernel/debug/sched/fair_server/cpu%d/runtime"
#define WORKQUEUE "/sys/devices/virtual/workqueue/kcompressd0/"

/*
 * The writers' only CPU belongs to a real-time task until it is killed. Before
 * the first of them runs: one that runs stays where it is.
 */
static pid_t starve(void)
{
	const struct sched_param param = { .sched_priority = 1 };
	int cpu = g_cpus_online() - 1;
	char path[G_PATH];
	cpu_set_t set;
	pid_t pid;

	CHECK_RC(g_write("/proc/sys/kernel/sched_rt_runtime_us", "-1"), 0);
	/* From 6.12 on a share is kept for others in yet another way. */
	snprintf(path, sizeof(path), FAIR_SERVER, cpu);
	g_write(path, "0");
	CHECK_RC(g_write(WORKQUEUE "cpumask", "%x", 1 << cpu), 0);
	pid = fork();
	CHECK(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, SCHED_FIFO, &param);
	for (;;)
		;
}

static void feed(pid_t hog)
{
	char path[G_PATH];

	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	snprintf(path, sizeof(path), FAIR_SERVER, g_cpus_online() - 1);
	g_write(path, "50000000");
}

/* Full, the FIFO keeps nobody: kswapd writes the oldest for each new one. */
static void goes_on(void)
{
	struct g_pressure *p;
	long long worker;
	pid_t hog;

	setup_zram(0, 512, NULL);
	setup_module("depth=32 writers=1");
	hog = starve();
	p = g_pressure_start(DATA_MB, G_MIXED);
	kcd_wait_growth(0, "queued", 100);
	worker = kcd_value(0, "written_worker");
	kcd_wait_growth(0, "written_kswapd", 500);
	worker = kcd_value(0, "written_worker") - worker;
	feed(hog);
	CHECK(worker < 50, "starved writers wrote %lld folios", worker);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Niced beside a busy task they are slow, and nobody waits for long. */
static void niced(void)
{
	long long count, late = 0, all = 0;
	unsigned long long from;
	struct g_pressure *p;
	char text[4096], *line;

	setup_zram(0, 512, NULL);
	setup_module("depth=64 writers=1");
	kcd_slow_writers(0);
	CHECK_RC(g_write(WORKQUEUE "nice", "19"), 0);
	p = g_pressure_start(DATA_MB, G_MIXED);
	kcd_wait_growth(0, "queued", 3000);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK(g_read(KCD_SYSFS "/node0/wait_ns_histogram", text,
		     sizeof(text)) > 0, "no histogram");
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%llu %lld", &from, &count) != 2)
			break;
		all += count;
		/* 100 ms, and the same again for a busy host. */
		if (from > 268435456)
			late += count;
	}
	g_note("%lld of %lld folios waited for more than 0.27 s", late, all);
	CHECK(late * 50 < all, "many folios waited too long");
	kcd_check_counters();
}

const struct suite_case cases_starved[] = {
	{ "kswapd_goes_on_without_writers", goes_on },
	{ "writers_niced_beside_a_busy_task", niced },
	{ }
};
