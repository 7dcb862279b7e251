// SPDX-License-Identifier: GPL-2.0-only
/* Reads the kernel's counters, and the CPU time of threads. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "guest.h"
#include "sample.h"

/* A name that ends in '_' stands for the sum of all that begin so. */
static const char *const vm_name[V_NR] = {
	[V_PGSCAN_ANON]		= "pgscan_anon",
	[V_PGSTEAL_ANON]	= "pgsteal_anon",
	[V_PGSTEAL_KSWAPD]	= "pgsteal_kswapd",
	[V_PGSTEAL_DIRECT]	= "pgsteal_direct",
	[V_PSWPIN]		= "pswpin",
	[V_PSWPOUT]		= "pswpout",
	[V_SWPOUT_ZERO]		= "swpout_zero",
	[V_ZSWPIN]		= "zswpin",
	[V_ZSWPOUT]		= "zswpout",
	[V_ALLOCSTALL]		= "allocstall_",
};

void sample_vm(uint64_t vm[V_NR])
{
	static struct g_table table;
	unsigned int i;
	long long value;

	g_table_read(&table, "/proc/vmstat");
	for (i = 0; i < V_NR; i++) {
		if (vm_name[i][strlen(vm_name[i]) - 1] == '_')
			value = g_table_sum(&table, vm_name[i]);
		else
			value = g_table_get(&table, vm_name[i]);
		vm[i] = value < 0 ? 0 : value;
	}
}

/* Time that the thread has spent on a CPU. */
static uint64_t thread_ns(pid_t pid)
{
	char path[G_PATH];
	long long ns;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	ns = g_read_ll(path);
	return ns < 0 ? 0 : ns;
}

/* The fields of stat after "pid (comm)", which may itself hold anything. */
static uint64_t process_faults(pid_t pid)
{
	unsigned long long minor, major;
	char path[G_PATH], text[1024], *rest;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	g_read(path, text, sizeof(text));
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu",
			    &minor, &major) != 2)
		return 0;
	return minor + major;
}

static uint64_t zram_failed_writes(void)
{
	unsigned long long writes;
	char text[256];

	g_read("/sys/block/zram0/io_stat", text, sizeof(text));
	return sscanf(text, "%*u %llu", &writes) == 1 ? writes : 0;
}

/*
 * All of them: what /proc/stat counts in ticks comes out far too low where the
 * emulator is late with them.
 */
static void read_threads(struct sample *s)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;
	char path[G_PATH], comm[64];
	uint64_t ns;
	pid_t pid;

	if (!proc)
		return;
	while ((e = readdir(proc))) {
		pid = atoi(e->d_name);
		if (pid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		g_read(path, comm, sizeof(comm));
		ns = thread_ns(pid);
		s->cpu_ns += ns;
		if (!strncmp(comm, "kswapd", 6)) {
			s->kswapd_ns += ns;
		} else if (!strncmp(comm, "kworker/u", 9) &&
			   s->workers < SAMPLE_WORKERS) {
			s->worker[s->workers].pid = pid;
			s->worker[s->workers].ns = ns;
			s->workers++;
		}
	}
	closedir(proc);
}

void sample_take(struct sample *s, const struct load *load)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->ns = g_now_ns();
	sample_vm(s->vm);
	for (i = 0; i < load->tasks; i++) {
		s->load_ns += thread_ns(load->pid[i]);
		s->load_faults += process_faults(load->pid[i]);
	}
	s->failed_writes = zram_failed_writes();
	read_threads(s);
	kcd_read(&s->kcd);
}

uint64_t sample_kswapd_ns(void)
{
	struct sample s = { 0 };

	read_threads(&s);
	return s.kswapd_ns;
}

static int busier(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

void sample_workers_ns(const struct sample *from, const struct sample *to,
		       uint64_t ns[SAMPLE_WORKERS])
{
	unsigned int i, k;

	memset(ns, 0, SAMPLE_WORKERS * sizeof(*ns));
	for (i = 0; i < to->workers; i++) {
		ns[i] = to->worker[i].ns;
		for (k = 0; k < from->workers; k++)
			if (from->worker[k].pid == to->worker[i].pid)
				ns[i] -= from->worker[k].ns;
	}
	qsort(ns, SAMPLE_WORKERS, sizeof(*ns), busier);
}

uint64_t sample_free_pages(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return (uint64_t)info.freeram * info.mem_unit / G_PAGE;
}
