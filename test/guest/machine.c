// SPDX-License-Identifier: GPL-2.0-only
/* Processors, nodes, time, other programs. */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#define MPOL_DEFAULT 0
#define MPOL_BIND 2

int g_cpus_online(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

int g_cpu_set_online(int cpu, bool online)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 cpu);
	return g_write(path, "%d", online);
}

int g_nodes(void)
{
	char path[G_PATH];
	int node;

	for (node = 0; ; node++) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d",
			 node);
		if (!g_exists(path))
			return node;
	}
}

int g_bind_node(int node)
{
	unsigned long mask = 1ul << node;

	if (node < 0)
		return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) ?
			-errno : 0;
	/* The kernel takes one bit less than it is told. */
	return syscall(SYS_set_mempolicy, MPOL_BIND, &mask,
		       sizeof(mask) * 8 + 1) ? -errno : 0;
}

uint64_t g_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void g_sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

int g_run(const char * const argv[])
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		execv(argv[0], (char * const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}
