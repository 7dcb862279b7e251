// SPDX-License-Identifier: GPL-2.0-only
/* Turns the counters of an interval into figures. */
#include <stdio.h>

#include "guest.h"
#include "report.h"

#define WORKERS_SHOWN	4

static double ratio(double a, double b)
{
	return b ? a / b : 0;
}

static double vm_delta(const struct interval *iv, unsigned int i)
{
	return iv->to.vm[i] - iv->from.vm[i];
}

static double kcd_delta(const struct interval *iv, unsigned int i)
{
	return iv->to.kcd.value[i] - iv->from.kcd.value[i];
}

static uint64_t bucket(const struct interval *iv, unsigned int h, unsigned int b)
{
	return iv->to.kcd.histogram[h][b] - iv->from.kcd.histogram[h][b];
}

/* That many percent of all did not exceed it, but for the bucket's width. */
static double kcd_percentile_us(const struct interval *iv, unsigned int h,
				unsigned int percent)
{
	uint64_t total = 0, seen = 0;
	unsigned int b;

	for (b = 0; b < KCD_BUCKETS; b++)
		total += bucket(iv, h, b);
	if (!total)
		return 0;
	for (b = 0; b < KCD_BUCKETS; b++) {
		seen += bucket(iv, h, b);
		if (100 * seen >= percent * total)
			break;
	}
	return (2ull << b) / 1e3;
}

/* A line of CSV, put together figure by figure: names first, then values. */
static char line[1024];
static size_t line_len;
static bool naming;

static void figure(const char *name, double value, int digits)
{
	size_t left = sizeof(line) - line_len;
	int len;

	if (naming)
		len = snprintf(line + line_len, left, ",%s", name);
	else
		len = snprintf(line + line_len, left, ",%.*f", digits, value);
	line_len += (size_t)len < left ? (size_t)len : left - 1;
}

static void memory_figures(const struct interval *iv, const struct sample_cpu *cpu,
			   double s)
{
	double direct = vm_delta(iv, V_PGSTEAL_DIRECT);
	double steal = direct + vm_delta(iv, V_PGSTEAL_KSWAPD);
	double anon = vm_delta(iv, V_PGSTEAL_ANON);
	double stalls = vm_delta(iv, V_ALLOCSTALL);

	figure("written_s", iv->written / s, 0);
	figure("anon_s", anon / s, 0);
	figure("swapout_s", (vm_delta(iv, V_PSWPOUT) + vm_delta(iv, V_ZSWPOUT) +
			     vm_delta(iv, V_SWPOUT_ZERO)) / s, 0);
	figure("swapin_s", (vm_delta(iv, V_PSWPIN) +
			    vm_delta(iv, V_ZSWPIN)) / s, 0);
	figure("stall_s", stalls / s, 1);
	figure("stall_1000", ratio(1000 * stalls, iv->written), 2);
	figure("direct_pct", ratio(100 * direct, steal), 1);
	figure("scan_per_page", ratio(vm_delta(iv, V_PGSCAN_ANON), anon), 2);
	figure("cpu_ms_1000", ratio(cpu->all / 1e3, steal), 1);
	figure("free_min", iv->free_min, 0);
	figure("failed_writes",
	       iv->to.failed_writes - iv->from.failed_writes, 0);
}

static void latency_figures(const struct interval *iv)
{
	double faults = iv->to.load_faults - iv->from.load_faults;

	figure("p50_us", hist_permille(iv->hist, 500) / 1e3, 1);
	figure("p99_us", hist_permille(iv->hist, 990) / 1e3, 1);
	figure("p999_us", hist_permille(iv->hist, 999) / 1e3, 1);
	figure("max_us", iv->max_ns / 1e3, 1);
	figure("fault_pct", ratio(100 * faults, iv->written), 1);
	figure("burst_ms", ratio(iv->burst_ns / 1e6, iv->bursts), 1);
}

static void cpu_figures(const struct interval *iv, const struct sample_cpu *cpu,
			double s)
{
	double percent = 100 / (s * 1e9);
	char name[32];
	unsigned int i;

	figure("kswapd_pct", percent * cpu->kswapd, 1);
	figure("load_pct", percent * (iv->to.load_ns - iv->from.load_ns), 1);
	figure("load_wait_pct",
	       percent * (iv->to.load_wait_ns - iv->from.load_wait_ns), 1);
	figure("workers_pct", percent * cpu->workers, 1);
	for (i = 0; i < WORKERS_SHOWN; i++) {
		snprintf(name, sizeof(name), "worker%u_pct", i + 1);
		figure(name, percent * cpu->worker[i], 1);
	}
}

static void kcd_figures(const struct interval *iv, double s)
{
	double by_worker = kcd_delta(iv, KCD_BY_WORKER);
	double by_kswapd = kcd_delta(iv, KCD_BY_KSWAPD);

	figure("queued_s", kcd_delta(iv, KCD_QUEUED) / s, 0);
	figure("by_workers_s", by_worker / s, 0);
	figure("by_kswapd_s", by_kswapd / s, 0);
	figure("late_s", kcd_delta(iv, KCD_LATE) / s, 1);
	figure("pending_max", iv->pending_max, 0);
	figure("wait_p50_us", kcd_percentile_us(iv, KCD_WAIT, 50), 0);
	figure("wait_p99_us", kcd_percentile_us(iv, KCD_WAIT, 99), 0);
	figure("write_us", ratio(kcd_delta(iv, KCD_WRITE_NS) / 1e3,
				 by_worker + by_kswapd), 1);
	figure("free_p50_us", kcd_percentile_us(iv, KCD_FREE, 50), 0);
	figure("free_p99_us", kcd_percentile_us(iv, KCD_FREE, 99), 0);
}

static void figures(const struct interval *iv)
{
	double s = (iv->to.ns - iv->from.ns) / 1e9;
	struct sample_cpu cpu;

	sample_cpu(&iv->from, &iv->to, &cpu);
	line_len = 0;
	memory_figures(iv, &cpu, s);
	latency_figures(iv);
	cpu_figures(iv, &cpu, s);
	kcd_figures(iv, s);
}

void report_header(void)
{
	static const struct interval nothing;

	naming = true;
	figures(&nothing);
	naming = false;
	g_out("csv,interval,setting,seconds%s", line);
	g_out("hist,interval,setting,what,ns,folios");
}

void report_interval(const struct interval *iv)
{
	unsigned int h, b;

	figures(iv);
	g_out("csv,%u,%s,%.2f%s", iv->number, iv->setting->name,
	      (iv->to.ns - iv->from.ns) / 1e9, line);
	for (h = 0; h < KCD_HISTOGRAMS; h++)
		for (b = 0; b < KCD_BUCKETS; b++)
			if (bucket(iv, h, b))
				g_out("hist,%u,%s,%s,%llu,%llu", iv->number,
				      iv->setting->name, kcd_histogram_name[h],
				      1ull << b,
				      (unsigned long long)bucket(iv, h, b));
}
