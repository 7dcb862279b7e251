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

/* Time that a thread has spent on a CPU, and waiting for one; false if it has ended. */
static bool thread_ns(pid_t pid, uint64_t *ns, uint64_t *wait_ns)
{
	unsigned long long run, waited;
	char path[G_PATH], text[128];

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	if (g_read(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%llu %llu", &run, &waited) != 2)
		return false;
	*ns = run;
	*wait_ns = waited;
	return true;
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

static enum sample_kind kind_of(const char *comm)
{
	if (!strncmp(comm, "kswapd", 6))
		return SAMPLE_KSWAPD;
	return strncmp(comm, "kworker/u", 9) ? SAMPLE_OTHER : SAMPLE_WORKER;
}

/*
 * All of them: what /proc/stat counts in ticks comes out far too low where the
 * emulator is late with them.
 */
static void read_threads(struct sample *s)
{
	DIR *proc = opendir("/proc");
	struct sample_thread *thread;
	const struct dirent *e;
	char path[G_PATH], comm[64];
	uint64_t wait_ns;
	pid_t pid;

	if (!proc)
		return;
	while ((e = readdir(proc)) && s->threads < SAMPLE_THREADS) {
		pid = atoi(e->d_name);
		if (pid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		thread = &s->thread[s->threads];
		if (g_read(path, comm, sizeof(comm)) <= 0 ||
		    !thread_ns(pid, &thread->ns, &wait_ns))
			continue;
		thread->pid = pid;
		thread->kind = kind_of(comm);
		s->threads++;
	}
	closedir(proc);
}

void sample_take(struct sample *s, const struct load *load)
{
	uint64_t ns, wait_ns;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->ns = g_now_ns();
	sample_vm(s->vm);
	for (i = 0; i < load->tasks; i++) {
		if (thread_ns(load->pid[i], &ns, &wait_ns)) {
			s->load_ns += ns;
			s->load_wait_ns += wait_ns;
		}
		s->load_faults += process_faults(load->pid[i]);
	}
	s->failed_writes = zram_failed_writes();
	read_threads(s);
	kcd_read(&s->kcd);
}

uint64_t sample_kswapd_ns(void)
{
	static struct sample s;
	uint64_t ns = 0;
	unsigned int i;

	s.threads = 0;
	read_threads(&s);
	for (i = 0; i < s.threads; i++)
		if (s.thread[i].kind == SAMPLE_KSWAPD)
			ns += s.thread[i].ns;
	return ns;
}

static int busier(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* What a thread had at the earlier sample; 0 if it came later. */
static uint64_t had(const struct sample *from, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < from->threads; i++)
		if (from->thread[i].pid == pid)
			return from->thread[i].ns;
	return 0;
}

void sample_cpu(const struct sample *from, const struct sample *to,
		struct sample_cpu *cpu)
{
	unsigned int i, workers = 0;
	uint64_t ns, before;

	memset(cpu, 0, sizeof(*cpu));
	for (i = 0; i < to->threads; i++) {
		ns = to->thread[i].ns;
		before = had(from, to->thread[i].pid);
		/* Less than before: another one of that number. */
		if (before <= ns)
			ns -= before;
		cpu->all += ns;
		if (to->thread[i].kind == SAMPLE_KSWAPD)
			cpu->kswapd += ns;
		if (to->thread[i].kind != SAMPLE_WORKER)
			continue;
		cpu->workers += ns;
		if (workers < SAMPLE_WORKERS)
			cpu->worker[workers++] = ns;
	}
	qsort(cpu->worker, SAMPLE_WORKERS, sizeof(*cpu->worker), busier);
}

uint64_t sample_free_pages(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return (uint64_t)info.freeram * info.mem_unit / G_PAGE;
}
