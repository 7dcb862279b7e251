// SPDX-License-Identifier: GPL-2.0-only
/* Turns the counters of an interval into figures. */
#include "guest.h"
#include "report.h"

static double ratio(double a, double b)
{
	return b ? a / b : 0;
}

static double vm_delta(const struct interval *iv, unsigned int i)
{
	return iv->to.vm[i] - iv->from.vm[i];
}

static double module_delta(const struct interval *iv, unsigned int i)
{
	return iv->to.module[i] - iv->from.module[i];
}

void report_header(void)
{
	g_out("csv,interval,depth,seconds,written_s,anon_s,swapout_s,swapin_s,"
	      "stall_s,stall_1000,direct_pct,p50_us,p99_us,p999_us,max_us,"
	      "fault_pct,"
	      "scan_per_page,kswapd_pct,workers_pct,load_pct,cpu_ms_1000,"
	      "min_free_kb,failed_writes,queued_s,by_workers_s,by_kswapd_s");
}

void report_interval(const struct interval *iv)
{
	double ns = iv->to.ns - iv->from.ns;
	double s = ns / 1e9;
	double direct = vm_delta(iv, V_PGSTEAL_DIRECT);
	double steal = direct + vm_delta(iv, V_PGSTEAL_KSWAPD);
	double scan = vm_delta(iv, V_PGSCAN_DIRECT) +
		      vm_delta(iv, V_PGSCAN_KSWAPD);
	double anon = vm_delta(iv, V_PGSTEAL_ANON);
	double swapout = vm_delta(iv, V_PSWPOUT) + vm_delta(iv, V_SWPOUT_ZERO);
	double faults = iv->to.load_faults - iv->from.load_faults;
	double failed = iv->to.failed_writes - iv->from.failed_writes;
	double stalls = vm_delta(iv, V_ALLOCSTALL);
	double cpu = iv->to.cpu_ns - iv->from.cpu_ns;

	g_out("csv,%u,%u,%.2f,%.0f,%.0f,%.0f,%.0f,"
	      "%.1f,%.2f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,"
	      "%.2f,%.1f,%.1f,%.1f,%.1f,%.0f,%.0f,%.0f,%.0f,%.0f",
	      iv->number, iv->depth, s, iv->written / s, anon / s, swapout / s,
	      vm_delta(iv, V_PSWPIN) / s, stalls / s,
	      ratio(1000 * stalls, iv->written), ratio(100 * direct, steal),
	      hist_permille(iv->hist, 500) / 1e3,
	      hist_permille(iv->hist, 990) / 1e3,
	      hist_permille(iv->hist, 999) / 1e3, iv->max_ns / 1e3,
	      ratio(100 * faults, iv->written), ratio(scan, steal),
	      100 * (iv->to.kswapd_ns - iv->from.kswapd_ns) / ns,
	      100 * sample_workers_ns(&iv->from, &iv->to) / ns,
	      100 * (iv->to.load_ns - iv->from.load_ns) / ns,
	      ratio(cpu / 1e3, anon), (double)iv->min_free_kb, failed,
	      module_delta(iv, M_QUEUED) / s,
	      module_delta(iv, M_WRITTEN_WORKER) / s,
	      module_delta(iv, M_WRITTEN_KSWAPD) / s);
}
