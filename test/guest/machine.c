// SPDX-License-Identifier: GPL-2.0-only
/* The kernel, processors, nodes, other programs. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define MPOL_DEFAULT 0
#define MPOL_BIND 2

bool g_kernel_is(const char *version)
{
	struct utsname kernel;

	return !uname(&kernel) &&
	       !strncmp(kernel.release, version, strlen(version));
}

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

pid_t g_task_find(const char *name)
{
	char path[G_PATH], comm[64];
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		if (!atoi(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (g_read(path, comm, sizeof(comm)) > 0 && !strcmp(comm, name))
			found = atoi(entry->d_name);
	}
	if (proc)
		closedir(proc);
	return found;
}

/* All that comes out of the pipe; what does not fit is thrown away. */
static void drain(int fd, char *out, size_t size)
{
	char rest[4096];
	size_t len = 0;
	ssize_t got;

	do {
		got = len < size - 1 ? read(fd, out + len, size - 1 - len) :
				       read(fd, rest, sizeof(rest));
		if (got > 0 && len < size - 1)
			len += got;
	} while (got > 0);
	out[len] = 0;
}

bool g_kswapd_gave_up(void)
{
	static const char name[] = "node_unreclaimable:";
	static char text[128 * 1024];
	const char *found = text;

	if (g_read("/proc/zoneinfo", text, sizeof(text)) < 0)
		return false;
	while ((found = strstr(found, name))) {
		found += strlen(name);
		if (atoi(found))
			return true;
	}
	return false;
}

unsigned int g_patience(void)
{
	const char *text = getenv("patience");

	return text ? atoi(text) : 1;
}

int g_run_output(const char * const argv[], char *out, size_t size)
{
	int status, ends[2];
	pid_t pid;

	if (pipe(ends))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(argv[0], (char * const *)argv);
		_exit(127);
	}
	close(ends[1]);
	drain(ends[0], out, size);
	close(ends[0]);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
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
