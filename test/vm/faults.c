// SPDX-License-Identifier: GPL-2.0-only
/* What kernels of test/debug let fail, as often as they are told to. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define DEBUG "/sys/kernel/debug/"
/* More than any case brings about. */
#define TIMES 1000000000

static const char * const kinds[] = { "failslab", "fail_page_alloc", "fail_make_request" };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void set(const char *kind, const char *name, const char *value)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), DEBUG "%s/%s", kind, name);
	CHECK_RC(g_write(path, "%s", value), 0);
}

void faults_need(void)
{
	if (!g_exists(DEBUG "failslab/probability"))
		SKIP("this kernel injects no faults");
}

void faults_of_allocations(void)
{
	faults_need();
	set("failslab", "verbose", "0");
	set("failslab", "ignore-gfp-wait", "N");
	set("fail_page_alloc", "verbose", "0");
	set("fail_page_alloc", "ignore-gfp-wait", "N");
	/* Those of vmalloc(), and what zram stores in. */
	set("fail_page_alloc", "ignore-gfp-highmem", "N");
	set("fail_page_alloc", "min-order", "0");
}

/* Those that there are; the kernel may start more writers. */
static void mark_tasks(void)
{
	DIR *proc = opendir("/proc");
	char path[G_PATH], name[32];
	struct dirent *entry;
	unsigned int marked = 0;

	CHECK(proc, "no /proc");
	while ((entry = readdir(proc))) {
		if (!atoi(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (g_read(path, name, sizeof(name)) <= 0 ||
		    (strncmp(name, "kswapd", 6) &&
		     strncmp(name, "kworker/u", 9)))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/make-it-fail",
			 entry->d_name);
		marked += !g_write(path, "1");
	}
	closedir(proc);
	CHECK(marked > 1, "only %u tasks were marked", marked);
}

void faults_begin(const char *kind, unsigned int percent)
{
	char text[16];

	mark_tasks();
	set(kind, "task-filter", "Y");
	set(kind, "verbose", "0");
	snprintf(text, sizeof(text), "%d", TIMES);
	set(kind, "times", text);
	snprintf(text, sizeof(text), "%u", percent);
	set(kind, "probability", text);
}

long long faults_end(const char *kind)
{
	char path[G_PATH];

	set(kind, "probability", "0");
	snprintf(path, sizeof(path), DEBUG "%s/times", kind);
	return TIMES - g_read_ll(path);
}

void faults_undo(void)
{
	char path[G_PATH];
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		snprintf(path, sizeof(path), DEBUG "%s/probability", kinds[i]);
		g_write(path, "0");
		snprintf(path, sizeof(path), DEBUG "%s/task-filter", kinds[i]);
		g_write(path, "N");
	}
}
