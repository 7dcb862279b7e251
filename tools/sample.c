// SPDX-License-Identifier: GPL-2.0-only
/* Counters of the module and of the kernel at a moment, and what changed. */
#include <dirent.h>
#include <string.h>

#include "clock.h"
#include "ctl.h"

static const char *const vm_name[VM_FIGURES] = {
	[VM_STALLS]		= "allocstall_",
	[VM_STEAL_ANON]		= "pgsteal_anon",
	[VM_STEAL_KSWAPD]	= "pgsteal_kswapd",
	[VM_STEAL_DIRECT]	= "pgsteal_direct",
};

static void read_vm(uint64_t *vm)
{
	autofree char *text = file_read("/proc/vmstat");
	unsigned int i;

	for (i = 0; i < VM_FIGURES; i++)
		vm[i] = vm_name[i][strlen(vm_name[i]) - 1] == '_' ?
			lines_sum(text, vm_name[i]) :
			lines_value(text, vm_name[i]);
}

static uint64_t thread_ns(const char *pid)
{
	return file_number(0, "/proc/%s/schedstat", pid);
}

/*
 * A kworker belongs to no queue; its name ends with that of the one it works
 * for or last worked for: "kworker/u8:2+kcompressd0".
 */
static void read_thread(struct sample *sample, const char *pid)
{
	autofree char *comm = file_read("/proc/%s/comm", pid);
	struct thread *thread;

	if (!comm)
		return;
	if (!strncmp(comm, "kswapd", 6)) {
		sample->kswapd_ns += thread_ns(pid);
	} else if (!strncmp(comm, "kworker/u", 9) &&
		   sample->threads < SAMPLE_THREADS) {
		thread = &sample->thread[sample->threads++];
		thread->pid = atoi(pid);
		thread->ours = strstr(comm, CTL_NAME);
		thread->ns = thread_ns(pid);
	}
}

static void read_threads(struct sample *sample)
{
	autofree char *path = file_path("/proc");
	DIR *proc = opendir(path);
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (*entry->d_name >= '1' && *entry->d_name <= '9')
			read_thread(sample, entry->d_name);
	if (proc)
		closedir(proc);
}

void sample_take(struct sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	sample->ns = g_now_ns();
	kcd_read(&sample->kcd);
	kcd_histogram(&sample->kcd, "wait_ns_histogram", &sample->wait);
	kcd_histogram(&sample->kcd, "write_ns_histogram", &sample->write);
	read_vm(sample->vm);
	read_threads(sample);
}

void sample_free(struct sample *sample)
{
	kcd_free(&sample->kcd);
}

static uint64_t workers_ns(const struct sample *from, const struct sample *to)
{
	const struct thread *now, *was;
	uint64_t ns = 0, before;
	unsigned int i, k;
	bool ours;

	for (i = 0; i < to->threads; i++) {
		now = &to->thread[i];
		ours = now->ours;
		before = 0;
		for (k = 0; k < from->threads; k++) {
			was = &from->thread[k];
			if (was->pid != now->pid)
				continue;
			ours = ours || was->ours;
			before = was->ns;
		}
		if (ours && now->ns > before)
			ns += now->ns - before;
	}
	return ns;
}

/* Counters begin anew when the module is loaded anew. */
static double per_second(uint64_t from, uint64_t to, double seconds)
{
	return to > from ? (to - from) / seconds : 0;
}

static double kcd_rate(const struct sample *from, const struct sample *to,
		       const char *name, double seconds)
{
	return per_second(kcd_total(&from->kcd, name),
			  kcd_total(&to->kcd, name), seconds);
}

static void percentiles(const struct histogram *from,
			const struct histogram *to, uint64_t *p50, uint64_t *p99)
{
	struct histogram hist = *to;
	unsigned int b;

	for (b = 0; b < hist.buckets; b++)
		hist.count[b] -= from->count[b] <= hist.count[b] ?
				 from->count[b] : hist.count[b];
	*p50 = histogram_percentile(&hist, 50);
	*p99 = histogram_percentile(&hist, 99);
}

void rates_compute(struct rates *rates, const struct sample *from,
		   const struct sample *to)
{
	double s = (to->ns - from->ns) / 1e9;
	unsigned int i;

	memset(rates, 0, sizeof(*rates));
	rates->seconds = s;
	rates->offered = kcd_rate(from, to, "offered", s);
	rates->bypassed = kcd_rate(from, to, "bypassed_", s);
	rates->queued = kcd_rate(from, to, "queued", s);
	rates->by_workers = kcd_rate(from, to, "written_worker", s);
	rates->by_kswapd = kcd_rate(from, to, "written_kswapd", s);
	rates->freed = kcd_rate(from, to, "handback_freed", s);
	rates->failed = kcd_rate(from, to, "failed_writes", s);
	for (i = 0; i < VM_FIGURES; i++)
		rates->vm[i] = per_second(from->vm[i], to->vm[i], s);
	rates->kswapd_percent =
		per_second(from->kswapd_ns, to->kswapd_ns, s) / 1e7;
	rates->workers_percent = workers_ns(from, to) / s / 1e7;
	percentiles(&from->wait, &to->wait, &rates->wait_p50, &rates->wait_p99);
	percentiles(&from->write, &to->write, &rates->write_p50,
		    &rates->write_p99);
}
