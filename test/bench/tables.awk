# SPDX-License-Identifier: GPL-2.0
#
# Shows summary.csv (columns.awk) as Markdown: a table for each load.

function title(    s)
{
	s = value("load")
	s = s == "touch" ? "First touch" : s == "rewrite" ? "Rewriting" : \
		s == "burst" ? "Bursts of 64 MB" : \
		s == "mixed" ? "Rewriting and reading files" : "Reading files"
	if (value("active") > 1)
		s = s ", " value("active") " tasks at a time"
	if (value("page_kb") != 4)
		s = s ", pages of " value("page_kb") " KiB"
	if (value("off") == "none")
		s = s ", compared with not loaded"
	return s
}

function setting(    s)
{
	s = value("setting")
	return sub("/", ", ", s) ? s " writers" : s
}

function cell(v)
{
	return " " shown(v) " |"
}

function ratio(name)
{
	return cell(value(name "_ratio"))
}

# With the extremes of the pairs.
function spread(name)
{
	if (value(name "_ratio") == "")
		return cell("")
	return " " shown(value(name "_ratio")) " (" \
		shown(value(name "_low")) ".." shown(value(name "_high")) ") |"
}

function change(name)
{
	return " " short(value(name "_off")) " → " short(value(name "_on")) " |"
}

function row(bursts,    line)
{
	line = "| " value("kernel") " | " value("cpus") " | " value("swap") \
		" " value("algorithm") " | " setting() " |"
	line = line spread(bursts ? "burst_ms" : "written_s") spread("anon_s") \
		change("stall_s") ratio("stall_s") change("direct_pct") \
		ratio("p50_us") ratio("p99_us") ratio("p999_us") ratio("max_us") \
		ratio("cpu_ms_1000") ratio("scan_per_page") \
		change("free_min") cell(value("pending_max_on"))
	print line
}

{
	if (title() != last) {
		last = title()
		bursts = value("load") == "burst"
		print "\n### " last "\n"
		print "| kernel | CPUs | swap | depth | " \
			(bursts ? "time of a burst" : "pages of the load") \
			" | reclaimed | stalls /s | ratio | direct reclaim, % |" \
			" p50 | p99 | p99.9 | slowest | CPU per page | scanned |" \
			" least free, pages | pending |"
		print "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
	}
	row(bursts)
}
