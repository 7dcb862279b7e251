# SPDX-License-Identifier: GPL-2.0
#
# goals.awk goals summary.csv
# prints which goals were reached, as a Markdown table.

function load_names(    names)
{
	names["anon_s_ratio"] = "reclaimed"
	names["stall_s_ratio"] = "stalls"
	names["p99_us_ratio"] = "p99"
	names["p999_us_ratio"] = "p99.9"
	names["max_us_ratio"] = "slowest touch"
	names["burst_ms_ratio"] = "burst"
	names["written_s_ratio"] = "pages of the load"
	names["cpu_ms_1000_ratio"] = "CPU per page"
	names["scan_per_page_ratio"] = "scanned per page"
	names["free_less"] = "pages less free"
	names["failed_more"] = "more failed writes"
}

function trim(s)
{
	gsub(/^ +| +$/, "", s)
	return s
}

function number(v)
{
	if (v == 999)
		return "∞"
	return v == int(v) ? v "" : sprintf("%.2f", v)
}

# Each figure of a goal is a goal of its own.
function add_goal(text, machine, setting, bound,    i)
{
	i = match(bound, /[<>]=/)
	goals++
	texts[goals] = text
	machines[goals] = machine
	settings[goals] = setting
	figures[goals] = substr(bound, 1, i - 1)
	most[goals] = substr(bound, i, 1) == "<"
	bounds[goals] = substr(bound, i + 2) + 0
}

function measured(g, v)
{
	if (!of[g]++ || v < low[g])
		low[g] = v
	if (of[g] == 1 || v > high[g])
		high[g] = v
	if (most[g] ? v <= bounds[g] : v >= bounds[g])
		met[g]++
}

BEGIN {
	load_names(names)
}

FNR == 1 {
	file++
}

file == 1 && /^[^#]/ {
	split($0, part, ";")
	n = split(trim(part[4]), bound, " ")
	for (i = 1; i <= n; i++)
		add_goal(trim(part[1]), trim(part[2]), trim(part[3]), bound[i])
}

file == 2 && FNR == 1 {
	FS = ","
	$0 = $0
	for (c = 1; c <= NF; c++)
		column[$c] = c
	next
}

file == 2 {
	machine = $1
	for (c = 2; c <= 8; c++)
		machine = machine "_" $c
	for (g = 1; g <= goals; g++) {
		# Nothing to divide by, nothing to compare.
		if (machine ~ machines[g] && $9 ~ settings[g] &&
		    $column[figures[g]] != "")
			measured(g, $column[figures[g]] + 0)
	}
}

END {
	print "| load | figure | goal | measured | reached in |"
	print "|---|---|---|---|---|"
	for (g = 1; g <= goals; g++) {
		print "| " (texts[g] == texts[g - 1] ? "" : texts[g]) " | " \
			names[figures[g]] " | " (most[g] ? "≤ " : "≥ ") \
			number(bounds[g]) " | " \
			(!of[g] ? "" : low[g] == high[g] ? number(low[g]) : \
			 number(low[g]) ".." number(high[g])) " | " \
			(of[g] ? met[g] + 0 " of " of[g] : "not measured") " |"
	}
}
