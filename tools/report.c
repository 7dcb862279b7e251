// SPDX-License-Identifier: GPL-2.0-only
/*
 * kcompressdctl report: what a bug report needs. Nothing that names the machine,
 * its users or their files: no host name, no command line, no path of a swap
 * file, no name in a signing key.
 */
#include <string.h>
#include <sys/utsname.h>

#include "ctl.h"

static const char *const settings[] = {
	"/proc/sys/vm/kcompressd",
	"/proc/sys/vm/swappiness",
	"/proc/sys/vm/page-cluster",
	"/proc/sys/vm/min_free_kbytes",
	"/proc/sys/vm/watermark_scale_factor",
	"/proc/sys/vm/watermark_boost_factor",
	"/proc/sys/kernel/ftrace_enabled",
	"/proc/sys/kernel/tainted",
	"/sys/kernel/mm/lru_gen/enabled",
	"/sys/kernel/mm/transparent_hugepage/enabled",
	"/sys/kernel/security/lockdown",
	"/sys/module/zswap/parameters/enabled",
	"/sys/module/zswap/parameters/compressor",
	"/sys/module/zswap/parameters/zpool",
	"/sys/module/zswap/parameters/max_pool_percent",
	"/sys/module/zswap/parameters/shrinker_enabled",
	"/sys/module/" CTL_NAME "/srcversion",
	"/sys/module/" CTL_NAME "/taint",
	"/sys/devices/system/node/online",
	"/sys/devices/system/cpu/online",
};

static const char *const vmstat[] = {
	"allocstall", "compact_stall", "kswapd_", "oom_kill", "pageoutrun",
	"pgscan_", "pgsteal_", "pswp", "swpin_", "swpout_", "workingset_", "zswp",
};

static const char *const meminfo[] = {
	"MemTotal:", "MemFree:", "MemAvailable:", "SwapTotal:", "SwapFree:",
	"Zswap:", "Zswapped:",
};

static void title(const char *text)
{
	printf("\n== %s\n", text);
}

/* One line for a file that has one, else its lines below its name. */
static void print_file(const char *path)
{
	autofree char *text = file_read("%s", path);

	if (text)
		printf("%s:%c%s\n", path, strchr(text, '\n') ? '\n' : ' ', text);
}

static void print_lines(const char *path, const char *const *prefix, size_t n)
{
	autofree char *text = file_read("%s", path);
	char *rest = text, *line;
	size_t i;

	while ((line = lines_next(&rest)))
		for (i = 0; i < n; i++)
			if (!strncmp(line, prefix[i], strlen(prefix[i])))
				puts(line);
}

static void print_system(void)
{
	autofree char *version = file_read("/proc/sys/kernel/version");
	autofree char *text = file_read("/etc/os-release");
	char *rest = text, *line;
	struct utsname name;

	title("system");
	while ((line = lines_next(&rest)))
		if (!strncmp(line, "PRETTY_NAME=", 12))
			puts(line);
	uname(&name);
	printf("Linux %s %s %s\n", kernel_release(), version ?: "",
	       name.machine);
	print_lines("/proc/meminfo", meminfo,
		    sizeof(meminfo) / sizeof(meminfo[0]));
}

static void print_settings(void)
{
	size_t i;

	title("settings");
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		print_file(settings[i]);
}

static void print_node(unsigned int id)
{
	static const char *const files[] = {
		"stat", "wait_ns_histogram", "write_ns_histogram",
		"free_ns_histogram",
	};
	static const char *const tuning[] = { "nice", "cpumask" };
	char *path;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path = text_print(KCD_SYSFS "/node%u/%s", id, files[i]);
		print_file(path);
		free(path);
	}
	for (i = 0; i < sizeof(tuning) / sizeof(tuning[0]); i++) {
		path = text_print("/sys/devices/virtual/workqueue/" CTL_NAME "%u/%s",
				  id, tuning[i]);
		print_file(path);
		free(path);
	}
}

static void print_log(void)
{
	autofree char *log = kernel_log();

	title("kernel log");
	if (!log)
		puts("cannot be read; run this as root");
	else
		fputs(*log ? log : "no line of kcompressd\n", stdout);
}

int report_main(int argc, char **argv)
{
	struct kcd kcd;
	unsigned int i;

	ctl_no_options(argc, argv);
	puts("kcompressdctl " CTL_VERSION);
	print_system();
	title("status");
	status_print(false);
	title("doctor");
	doctor_print(false);
	print_settings();
	title("vmstat");
	print_lines("/proc/vmstat", vmstat, sizeof(vmstat) / sizeof(vmstat[0]));
	kcd_read(&kcd);
	title("nodes");
	for (i = 0; i < kcd.nodes; i++)
		print_node(kcd.node[i].id);
	kcd_free(&kcd);
	print_log();
	return CTL_OK;
}
