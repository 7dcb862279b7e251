// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest: runs the cases of the groups named on the kernel's
 * command line after "--", each in a process of its own, and puts everything
 * back after each.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define DEFAULT_SECONDS 1800
/* A killed process that is not gone by then hangs in the kernel. */
#define DEATH_SECONDS 40

static const struct {
	const char *name;
	const struct suite_case *cases;
} groups[] = {
	{ "module", cases_module },
	{ "sysctl", cases_sysctl },
	{ "depth", cases_depth },
	{ "order", cases_order },
	{ "count", cases_count },
	{ "zram", cases_zram },
	{ "zswap", cases_zswap },
	{ "memcg", cases_memcg },
	{ "bypass", cases_bypass },
	{ "cma", cases_cma },
	{ "swapoff", cases_swapoff },
	{ "machine", cases_machine },
	{ "sleep", cases_sleep },
	{ "large", cases_large },
	{ "nodes", cases_nodes },
	{ "neighbours", cases_neighbours },
	{ "writers", cases_writers },
	{ "hotplug", cases_hotplug },
	{ "failing", cases_failing },
	{ "loading", cases_loading },
	{ "calls", cases_calls },
	{ "leaks", cases_leaks },
	{ "tool", cases_tool },
	{ "race", cases_race },
	{ "race_nodes", cases_race_nodes },
	{ "come_and_go", cases_come_and_go },
	{ "elsewhere", cases_elsewhere },
	{ "storm", cases_storm },
	{ "fuzz", cases_fuzz },
	{ "security", cases_security },
	{ "starved", cases_starved },
	{ "traffic", cases_traffic },
};

size_t data_mb;

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* What the process of a case tells PID 1. */
static struct {
	char failed[512];
	char skipped[512];
} *verdict;

void suite_fail(const char *file, int line, const char *fmt, ...)
{
	int len = snprintf(verdict->failed, sizeof(verdict->failed), "%s:%d: ",
			   file, line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(verdict->failed + len, sizeof(verdict->failed) - len, fmt,
		  args);
	va_end(args);
	_exit(1);
}

void suite_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(verdict->skipped, sizeof(verdict->skipped), fmt, args);
	va_end(args);
	_exit(0);
}

/* Waits for one child, reaping others that have lost their parent. */
static bool wait_for(pid_t pid, unsigned int seconds, int *status)
{
	uint64_t end = g_now_ns() + seconds * 1000000000ull;
	pid_t got;

	while (g_now_ns() < end) {
		got = waitpid(-1, status, WNOHANG);
		if (got == pid)
			return true;
		if (got <= 0)
			g_sleep_ms(20);
	}
	return false;
}

/* False if some process cannot be killed. */
static bool kill_all(void)
{
	uint64_t end = g_now_ns() + DEATH_SECONDS * 1000000000ull;
	pid_t got;

	kill(-1, SIGKILL);
	while ((got = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (g_now_ns() > end)
			return false;
		if (!got)
			g_sleep_ms(20);
	}
	return true;
}

/* Puts why the case did not pass into verdict->failed. */
static void run_process(const struct suite_case *c)
{
	unsigned int seconds = (c->seconds ?: DEFAULT_SECONDS) * g_patience() +
			       campaign_seconds();
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		c->run();
		_exit(0);
	}
	if (!wait_for(pid, seconds, &status)) {
		/* Who waits for what, for the reader of the kernel's log. */
		g_write("/proc/sysrq-trigger", "w");
		snprintf(verdict->failed, sizeof(verdict->failed),
			 "still running after %u s", seconds);
	} else if (WIFSIGNALED(status)) {
		snprintf(verdict->failed, sizeof(verdict->failed),
			 "killed by signal %d", WTERMSIG(status));
	} else if (WEXITSTATUS(status) && !*verdict->failed) {
		snprintf(verdict->failed, sizeof(verdict->failed),
			 "ended with status %d", WEXITSTATUS(status));
	}
}

/* Returns false if the machine is not fit for another case. */
static bool run_case(const struct suite_case *c)
{
	long long out = g_stat("/proc/vmstat", "pswpout");
	uint64_t start = g_now_ns();
	const char *left = "processes that cannot be killed";
	bool fit;

	memset(verdict, 0, sizeof(*verdict));
	setup_begin();
	/* A quarter more: what it takes, and no more, since all of it takes time. */
	data_mb = g_stat("/proc/meminfo", "MemAvailable:") * 5 / 4 / 1024;
	g_klog_say("suite: %s", c->name);
	run_process(c);
	fit = kill_all();
	if (fit)
		left = setup_undo();
	if (left && !*verdict->failed)
		snprintf(verdict->failed, sizeof(verdict->failed),
			 "left behind: %s", left);

	g_note("%s: %u ms, with loads of %zu MB, %lld pages swapped out", c->name,
	       (unsigned int)((g_now_ns() - start) / 1000000), data_mb,
	       g_stat("/proc/vmstat", "pswpout") - out);
	if (*verdict->failed)
		g_fail(c->name, verdict->failed);
	else if (*verdict->skipped)
		g_skip(c->name, verdict->skipped);
	else
		g_pass(c->name);
	return fit;
}

static const struct suite_case *find_group(const char *name)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		if (!strcmp(groups[i].name, name))
			return groups[i].cases;
	return NULL;
}

/* Arguments: groups, or single cases as "group:case". */
static const struct suite_case *select_cases(const char *arg, const char **only)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s", arg);
	*only = strchr(arg, ':');
	name[strcspn(name, ":")] = 0;
	if (*only)
		(*only)++;
	return find_group(name);
}

static bool is_selected(const struct suite_case *c, const char *only)
{
	return !only || !strcmp(c->name, only);
}

static unsigned int count_selected(const char *arg)
{
	const struct suite_case *c;
	unsigned int count = 0;
	const char *only;

	for (c = select_cases(arg, &only); c && c->name; c++)
		count += is_selected(c, only);
	return count;
}

static unsigned int count_cases(int argc, char **argv)
{
	unsigned int count = 0;
	int i;

	/* What is not there is one case, which fails. */
	for (i = 1; i < argc; i++)
		count += count_selected(argv[i]) ?: 1;
	return count;
}

static void run_cases(int argc, char **argv)
{
	const struct suite_case *c;
	const char *only;
	int i;

	for (i = 1; i < argc; i++) {
		if (!count_selected(argv[i]))
			g_fail(argv[i], "there is no such group or case");
		for (c = select_cases(argv[i], &only); c && c->name; c++)
			if (is_selected(c, only) && !run_case(c))
				return;
	}
}

/*
 * Lockdep turns itself off after the first fault that it sees, and when it has run
 * out of room, and sees no other from then on. The host reads this in the log.
 */
static void check_lockdep(void)
{
	static const char name[] = "debug_locks:";
	struct g_table stats;
	const char *value;

	if (g_table_read(&stats, "/proc/lockdep_stats"))
		return;
	value = strstr(stats.text, name);
	if (!value || strtol(value + strlen(name), NULL, 10) != 1)
		g_klog_say("suite: lockdep is turned off");
}

int main(int argc, char **argv)
{
	g_begin();
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	g_plan(count_cases(argc, argv));
	if (verdict != MAP_FAILED)
		run_cases(argc, argv);
	check_lockdep();
	g_totals();
	g_coverage();
	g_end();
}
