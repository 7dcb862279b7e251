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

function label(s)
{
	if (s == "none")
		return "not loaded"
	return s == "0" ? "off" : "depth " s
}

function bar(v, max,    s, n)
{
	for (n = max ? int(30 * v / max + 0.5) : 0; n > 0; n--)
		s = s "#"
	return s
}

function rounded(r)
{
	# summary.awk has 999 for something compared with nothing.
	return r == "" ? "" : r == 999 ? "inf" : sprintf("%.2f", r)
}

function table(    f, s, line)
{
	line = sprintf("%-32s", "medians; +/- more/less is better")
	for (s = 1; s <= nr_settings; s++)
		line = line sprintf(s > 1 ? "%11s  ratio" : "%11s",
				    label(settings[s]))
	print line
	for (f = 1; f <= figures; f++) {
		# Few loads come in bursts.
		if (names[f] == "burst_ms" && !max[names[f], 1])
			continue
		line = sprintf("%s %-30s", signs[names[f]], texts[names[f]])
		for (s = 1; s <= nr_settings; s++) {
			line = line sprintf("%11s", number(median[names[f], s]))
			if (s > 1)
				line = line sprintf("%7s",
					signs[names[f]] == " " ? "" : \
					rounded(ratio[names[f], s]))
		}
		print line
	}
}

function bars(name,    s, top)
{
	top = 0
	for (s = 1; s <= nr_settings; s++)
		if (median[name, s] > top)
			top = median[name, s]
	printf "\n%s (%s is better)\n", texts[name],
		signs[name] == "+" ? "more" : "less"
	for (s = 1; s <= nr_settings; s++)
		printf "  %-10s %9s %-30s %s..%s\n", label(settings[s]),
			number(median[name, s]), bar(median[name, s], top),
			number(min[name, s]), number(max[name, s])
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
	figure("burst_ms", "-", "a burst, ms", 0)
	figure("kswapd_pct", " ", "CPU of kswapd, %", 1)
	figure("workers_pct", " ", "CPU of the workers, %", 1)
	figure("load_pct", " ", "CPU of the load, %", 0)
	figure("load_wait_pct", " ", "  waiting for a CPU, %", 0)
	figure("cpu_ms_1000", "-", "CPU of all per 1000 pages, ms", 0)
	figure("scan_per_page", "-", "anon scanned per reclaimed", 0)
	figure("free_min", "+", "least free memory, pages", 0)
	figure("failed_writes", "-", "failed swap writes", 0)
	figure("queued_s", " ", "pages queued /s", 0)
	figure("by_workers_s", " ", "  written by workers /s", 0)
	figure("late_s", " ", "    of these late /s", 0)
	figure("by_kswapd_s", " ", "  written by kswapd /s", 0)
	figure("pending_max", " ", "most written, not yet freed", 0)
}

NR == 1 {
	next
}

{
	s = ++lines[$1]
	if (s > nr_settings)
		settings[++nr_settings] = $2
	median[$1, s] = $3
	min[$1, s] = $4
	max[$1, s] = $5
	ratio[$1, s] = $6
}

END {
	table()
	for (f = 1; f <= figures; f++)
		if (chart[names[f]])
			bars(names[f])
}
