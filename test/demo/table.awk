# SPDX-License-Identifier: GPL-2.0
#
# Shows what summary.awk printed as a table, and its main figures as bars.

function figure(name, better, text, bars)
{
	names[++figures] = name
	signs[name] = better
	texts[name] = text
	chart[name] = bars
}

function number(v,    s)
{
	if (v >= 100 || v == int(v))
		s = sprintf("%.0f", v)
	else
		s = sprintf(v >= 10 ? "%.1f" : "%.2f", v)
	while (match(s, /[0-9][0-9][0-9][0-9]([.,]|$)/))
		s = substr(s, 1, RSTART) "," substr(s, RSTART + 1)
	return s
}

function setting(d)
{
	return d ? "depth " d : "off"
}

function bar(v, max,    s, n)
{
	for (n = max ? int(30 * v / max + 0.5) : 0; n > 0; n--)
		s = s "#"
	return s
}

function table(    f, d, line)
{
	line = sprintf("%-32s", "medians; +/- more/less is better")
	for (d = 1; d <= nr_depths; d++)
		line = line sprintf(depths[d] ? "%11s  ratio" : "%11s",
				    setting(depths[d]))
	print line
	for (f = 1; f <= figures; f++) {
		line = sprintf("%s %-30s", signs[names[f]], texts[names[f]])
		for (d = 1; d <= nr_depths; d++) {
			line = line sprintf("%11s",
				number(median[names[f], depths[d]]))
			if (depths[d])
				line = line sprintf("%7s",
					signs[names[f]] == " " ? "" : \
					ratio[names[f], depths[d]])
		}
		print line
	}
}

function bars(name,    d, top)
{
	top = 0
	for (d = 1; d <= nr_depths; d++)
		if (median[name, depths[d]] > top)
			top = median[name, depths[d]]
	printf "\n%s (%s is better)\n", texts[name],
		signs[name] == "+" ? "more" : "less"
	for (d = 1; d <= nr_depths; d++)
		printf "  %-9s %9s %-30s %s..%s\n", setting(depths[d]),
			number(median[name, depths[d]]),
			bar(median[name, depths[d]], top),
			number(min[name, depths[d]]),
			number(max[name, depths[d]])
}

BEGIN {
	FS = ","
	figure("written_s", "+", "pages the load wrote /s", 1)
	figure("anon_s", "+", "anon pages reclaimed /s", 1)
	figure("swapout_s", "+", "pages swapped out /s", 0)
	figure("stall_s", "-", "allocation stalls /s", 1)
	figure("stall_1000", "-", "  per 1000 pages written", 0)
	figure("direct_pct", "-", "direct reclaim, % of pages", 1)
	figure("p50_us", "-", "page touch, p50, us", 0)
	figure("p99_us", "-", "page touch, p99, us", 1)
	figure("p999_us", "-", "page touch, p99.9, us", 0)
	figure("max_us", "-", "page touch, slowest, us", 0)
	figure("kswapd_pct", " ", "CPU of kswapd, %", 1)
	figure("workers_pct", " ", "CPU of the workers, %", 1)
	figure("load_pct", " ", "CPU of the load, %", 0)
	figure("cpu_ms_1000", "-", "CPU of all per 1000 pages, ms", 0)
	figure("scan_per_page", "-", "pages scanned per reclaimed", 0)
	figure("min_free_kb", "+", "least free memory, KiB", 0)
	figure("failed_writes", "-", "failed swap writes", 0)
	figure("queued_s", " ", "pages queued /s", 0)
	figure("by_workers_s", " ", "  written by workers /s", 0)
	figure("by_kswapd_s", " ", "  written by kswapd /s", 0)
}

NR == 1 {
	next
}

{
	if (!($2 in seen)) {
		seen[$2] = 1
		depths[++nr_depths] = $2
	}
	median[$1, $2] = $3
	min[$1, $2] = $4
	max[$1, $2] = $5
	ratio[$1, $2] = $6
}

END {
	table()
	for (f = 1; f <= figures; f++)
		if (chart[names[f]])
			bars(names[f])
}
