// SPDX-License-Identifier: GPL-2.0-only
/* What PID 1 owes the kernel at the beginning and at the end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"

static const struct {
	const char *type;
	const char *path;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "tracefs", "/sys/kernel/tracing" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "cgroup2", "/sys/fs/cgroup" },
	{ "tmpfs", "/tmp" },
};

/**
 * g_begin() - mount what a system has, and protect PID 1 from the load
 */
void g_begin(void)
{
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].path, 0755);
		if (mount(mounts[i].type, mounts[i].path, mounts[i].type, 0,
			  NULL))
			g_klog_say("mount %s: %s", mounts[i].path,
				   strerror(errno));
	}
	/* The console stays the kernel's; what is printed goes beside it. */
	dup2(open("/dev/kmsg", O_WRONLY), 2);
	g_write("/proc/self/oom_score_adj", "-1000");
	g_write("/proc/sys/kernel/printk_devkmsg", "on");
	g_write("/proc/sys/kernel/hung_task_timeout_secs", "60");
	g_write("/proc/sys/kernel/hung_task_warnings", "-1");
	/* The program itself must not be swapped out. */
	mlockall(MCL_CURRENT);
}

/**
 * g_end() - end all processes, put everything away, power down
 */
void g_end(void)
{
	kill(-1, SIGKILL);
	g_swapoff_all();
	g_swap_file_remove();
	sync();
	g_out_end();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
