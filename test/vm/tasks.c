// SPDX-License-Identifier: GPL-2.0-only
/* Tasks beside the load, and whether a task is still there. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

pid_t suite_hog(int cpu)
{
	cpu_set_t set;
	pid_t pid = fork();

	CHECK(pid >= 0, "fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
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
