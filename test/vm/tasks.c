// SPDX-License-Identifier: GPL-2.0-only
/* Tasks beside the load, and whether a task is still there. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

void suite_bind(pid_t pid, int first, int last)
{
	cpu_set_t set;
	int cpu;

	CPU_ZERO(&set);
	for (cpu = first; cpu <= last; cpu++)
		CPU_SET(cpu, &set);
	CHECK(!sched_setaffinity(pid, sizeof(set), &set), "task %d cannot be bound to CPUs",
	      pid);
}

pid_t suite_hog(int cpu)
{
	pid_t pid = fork();

	CHECK(pid >= 0, "fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	suite_bind(0, cpu, cpu);
	for (;;)
		;
}

pid_t suite_victim(int score)
{
	pid_t pid = fork();

	CHECK(pid >= 0, "fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	g_write("/proc/self/oom_score_adj", "%d", score);
	for (;;)
		pause();
}

bool suite_has_ended(pid_t pid, siginfo_t *info)
{
	info->si_pid = 0;
	CHECK(!waitid(P_PID, pid, info, WEXITED | WNOHANG | WNOWAIT), "waitid");
	return info->si_pid;
}
