# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e "dir='DIR'" plot.gp
# draws DIR/summary.csv to DIR/bench.svg and bench.png, and DIR/freed.csv to
# DIR/freed.svg and freed.png. The background is white, wherever they are shown.

set datafile separator comma
set datafile columnheaders
set key noautotitle
set bars 0
summary = dir . "/summary.csv"
freed = dir . "/freed.csv"
stats summary using "cpus" name "S" nooutput

# 6 and less is orange, deeper is blue.
colour(setting) = setting <= 6 ? 0xe07b28 : 0x1f77b4
text(name) = stringcolumn(name)
load(n) = text("load") . (column("active") > 1 ? " ×" . text("active") : "") . \
	(column("page_kb") > 4 ? ", " . text("page_kb") . " KiB" : "") . \
	(text("off") eq "none" ? ", not loaded" : "")
label(n) = sprintf("%s, %s CPU, %s %s, %s, depth %s", text("kernel"), \
	text("cpus"), text("swap"), text("algorithm"), load(0), text("setting"))
clip(v, least, most) = v < least ? least : v > most ? most : v
height = 80 + 14 * S_records

do for [ext in "svg png"] {
	if (ext eq "svg") {
		set terminal svg size 1100,height font "sans,10" \
			background "white"
	} else {
		set terminal pngcairo size 1100,height font "sans,8" \
			background "white"
	}

	set output dir . "/bench." . ext
	set multiplot title "on / off: medians of the pairs, and their extremes (up to the edge)"
	set yrange [S_records - 0.4:-0.6]
	set logscale x
	set grid x lc rgb "#dddddd"
	set tmargin at screen 1 - 55.0 / height
	set bmargin at screen 25.0 / height
	set ytics nomirror scale 0
	set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead \
		lc rgb "#777777"
	do for [i = 1:4] {
		set lmargin at screen 0.34 + 0.165 * (i - 1)
		set rmargin at screen 0.34 + 0.165 * (i - 1) + 0.15
		set title word("'anon pages reclaimed' 'allocation stalls' \
			'page touch, p99' 'CPU per page'", i)
		figure = word("anon_s stall_s p99_us cpu_ms_1000", i)
		least = i == 2 || i == 3 ? 0.05 : 0.5
		most = i == 1 ? 8 : 4
		set xrange [least:most]
		if (i == 2 || i == 3) {
			set xtics (0.05, 0.1, 0.2, 0.5, 1, 2, 4)
		} else {
			set xtics (0.5, 0.7, 1, 1.4, 2, 4, 8)
		}
		at(which) = clip(column(figure . which), least, most)
		if (i == 1) {
			plot summary using (at("_ratio")):0:(at("_low")): \
				(at("_high")):(colour(column("setting"))): \
				ytic(label(0)) with xerrorbars pt 7 ps 0.5 \
				lc rgb variable
			set ytics format ""
		} else {
			plot summary using (at("_ratio")):0:(at("_low")): \
				(at("_high")):(colour(column("setting"))) \
				with xerrorbars pt 7 ps 0.5 lc rgb variable
		}
	}
	unset multiplot
	unset arrow
	unset title
	set ytics format "%g"

	if (ext eq "svg") {
		set terminal svg size 800,420 font "sans,11" background "white"
	} else {
		set terminal pngcairo size 800,420 font "sans,9" \
			background "white"
	}
	set output dir . "/freed." . ext
	set lmargin at screen 0.09
	set rmargin at screen 0.6
	set tmargin at screen 0.95
	set bmargin at screen 0.13
	set xlabel "time from written to freed, ms"
	set ylabel "% of the folios"
	set xtics (0.01, 0.1, 1, 10, 100)
	set xrange [0.01:100]
	set yrange [0:100]
	set grid x y lc rgb "#dddddd"
	set key at screen 0.98,0.95 right top autotitle columnhead
	stats freed using 1 name "F" nooutput
	plot for [i = 2:F_columns] freed using 1:i with lines lw 2
	set key noautotitle
	unset xlabel
	unset ylabel
}
