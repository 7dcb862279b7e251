// SPDX-License-Identifier: GPL-2.0-only
/* kcompressdctl against the module itself. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define TOOL "/usr/bin/kcompressdctl"
#define WORDS 12
#define BENCH_CGROUP "/sys/fs/cgroup/kcompressdctl-bench"

/* kcompressdctl(8) */
enum {
	OK,
	OFF = 3,
	NOT_LOADED,
};

static char text[16384];

/* Words up to NULL; fails the case unless the exit status is @expected. */
static void tool(int expected, ...)
{
	const char *argv[WORDS] = { TOOL };
	va_list args;
	int rc, i;

	va_start(args, expected);
	for (i = 1; i < WORDS - 1; i++) {
		argv[i] = va_arg(args, const char *);
		if (!argv[i])
			break;
	}
	va_end(args);
	rc = g_run_output(argv, text, sizeof(text));
	if (rc != expected)
		g_note("%s", text);
	CHECK(rc == expected, "%s: exit status %d instead of %d", argv[1], rc,
	      expected);
}

static void says(const char *expected)
{
	if (!strstr(text, expected))
		g_note("%s", text);
	CHECK(strstr(text, expected), "does not say '%s'", expected);
}

static void status(void)
{
	char line[64];

	setup_zram(0, 512, "zstd");
	tool(NOT_LOADED, "status", NULL);
	says("not loaded");
	says("modprobe kcompressd");

	setup_module("depth=24 writers=2");
	data_check_offloaded(data_mb, 0);
	tool(OK, "status", NULL);
	says(": on");
	says("hook attached, depth 24, writers 2");
	says("/dev/zram0");
	says("zstd");
	tool(OK, "status", "--json", NULL);
	says("\"state\": \"on\"");
	snprintf(line, sizeof(line), "\"queued\": %lld,", kcd_total("queued"));
	says(line);

	kcd_set_depth(0);
	tool(OFF, "status", NULL);
	says("hook detached");
}

static void doctor(void)
{
	tool(OFF, "doctor", NULL);
	says("there is no swap");
	says("is installed, not loaded");
	says("are those that the module was built for");

	setup_zram(0, 512, NULL);
	tool(OK, "doctor", NULL);
	setup_module("");
	tool(OK, "doctor", NULL);
	says("is loaded");
}

/* Its line says what the counters say. */
static void top(void)
{
	struct g_pressure *p;
	double offered, cpu;
	char *last;

	setup_zram(0, 512, NULL);
	tool(NOT_LOADED, "top", "--batch", NULL);
	setup_module("depth=24");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 2000);
	tool(OK, "top", "--batch", "--count", "1", "--interval", "5", NULL);
	CHECK_RC(g_pressure_stop(p), 0);
	last = strchr(text, '\n');
	CHECK(last && sscanf(last, " %*s %lf %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lf",
			     &offered, &cpu) == 2, "no line: %s", text);
	CHECK(offered > 0 && offered < kcd_total("offered"),
	      "%f were offered per second, %lld in all", offered,
	      kcd_total("offered"));
	CHECK(cpu > 0, "the workers took no CPU");

	tool(1, "top", NULL);
	says("--batch");
}

static void report(void)
{
	setup_zram(0, 512, NULL);
	setup_module("");
	tool(OK, "report", NULL);
	says("\noffered ");
	says("/sys/kernel/mm/kcompressd/node0/wait_ns_histogram:\n1 0\n2 0\n");
	says("/sys/devices/virtual/workqueue/kcompressd0/cpumask: ");
}

/* Nothing of it is left. */
static void bench_is_over(void)
{
	CHECK(g_read_ll(KCD_SYSCTL) == 17, "vm.kcompressd is not set back");
	CHECK(!g_exists(BENCH_CGROUP), "left its cgroup");
}

static void bench(void)
{
	setup_zram(0, 128, NULL);
	setup_module("depth=17");
	tool(OFF, "bench", "--yes", NULL);
	says("of swap are free");
	CHECK_RC(g_swapoff("/dev/zram0"), 0);
	tool(OFF, "bench", "--yes", NULL);
	says("no compressed swap");
	CHECK_RC(g_zram_reset(0), 0);

	setup_zram(0, 512, NULL);
	tool(OK, "bench", "--yes", "--depth", "24", "--pairs", "1", "--seconds",
	     "3", NULL);
	says("page touch, p99");
	says(" 0 wrong");
	CHECK(kcd_total("queued") > 0, "nothing was queued");
	bench_is_over();
}

static void bench_interrupted(void)
{
	int status, tries = 0;
	pid_t pid;

	setup_zram(0, 512, NULL);
	setup_module("depth=17");
	pid = fork();
	if (!pid) {
		execl(TOOL, TOOL, "bench", "--yes", NULL);
		_exit(127);
	}
	/* When it has set the depth the load runs. */
	while (g_read_ll(KCD_SYSCTL) == 17 && tries++ < 1000)
		g_sleep_ms(100);
	CHECK(g_exists(BENCH_CGROUP), "it has no cgroup");
	kill(pid, SIGINT);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1,
	      "ended with status %x", status);
	bench_is_over();
}

const struct suite_case cases_tool[] = {
	{ "kcompressdctl_status", status },
	{ "kcompressdctl_doctor", doctor },
	{ "kcompressdctl_top", top },
	{ "kcompressdctl_report", report },
	{ "kcompressdctl_bench", bench },
	{ "kcompressdctl_bench_interrupted", bench_interrupted },
	{ }
};
