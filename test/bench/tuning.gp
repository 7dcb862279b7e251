# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e "dir='DIR'" tuning.gp
# draws DIR/depths.csv and DIR/writers.csv, which are summaries of the
# configurations that go through depths and numbers of writers, to
# DIR/tuning.svg and tuning.png. The background is white, wherever they are shown.

set datafile separator comma
set datafile columnheaders
set key noautotitle
set bars 0.6

algorithms = "zstd lzo-rle lz4"
names = "'zstd, 6.12' 'lzo-rle, 6.1' 'lz4, 6.12'"
colours = "0x1f77b4 0xe07b28 0x3a8f3a"
figures = "anon_s stall_s p99_us cpu_ms_1000"
titles = "'anon pages reclaimed' 'allocation stalls' 'page touch, p99' \
	'CPU per page'"
loads = "touch rewrite touch"
rows = "'first touch' 'rewriting' 'first touch, depth 24'"

# Lines of one load and one algorithm; of "24/2", 2 is the number of writers.
lines(file, load, algorithm) = sprintf("< awk -F , -v OFS=, \
	'NR == 1 || $4 == \"%s\" && $5 == \"%s\" { sub(/.*\\//, \"\", $9); print }' \
	'%s/%s.csv'", algorithm, load, dir, file)
clip(v) = v < 0.05 ? 0.05 : v

do for [ext in "svg png"] {
	if (ext eq "svg") {
		set terminal svg size 1100,760 font "sans,11" background "white"
	} else {
		set terminal pngcairo size 1100,760 font "sans,9" \
			background "white"
	}
	set output dir . "/tuning." . ext
	set multiplot layout 3,4 title \
		"on / off: medians of the pairs, and their extremes" \
		margins 0.05,0.985,0.07,0.9 spacing 0.045,0.1
	set grid lc rgb "#dddddd"
	set logscale y
	do for [row = 1:3] {
		file = row == 3 ? "writers" : "depths"
		if (row == 3) {
			unset logscale x
			set xrange [0.7:4.3]
			set xtics 1,1,4
			set xlabel "writers" offset 0,0.6
		} else {
			set logscale x 2
			set xrange [0.8:330]
			set xtics (1, 6, 24, 64, 256)
			set xlabel "depth" offset 0,0.6
		}
		do for [i = 1:4] {
			if (i == 2 || i == 3) {
				set yrange [0.05:2]
				set ytics (0.05, 0.1, 0.2, 0.5, 1, 2)
			} else {
				set yrange [0.5:3]
				set ytics (0.5, 0.7, 1, 1.5, 2, 3)
			}
			set title word(titles, i) . ", " . word(rows, row) \
				font ",9" offset 0,-0.7
			figure = word(figures, i)
			if (row == 1 && i == 1) {
				set key bottom right reverse Left samplen 1
			} else {
				unset key
			}
			plot 1 lc rgb "#777777" notitle, \
				for [a = 1:3] lines(file, word(loads, row), \
					word(algorithms, a)) using \
					"setting":(clip(column(figure . "_ratio"))): \
					(clip(column(figure . "_low"))): \
					(clip(column(figure . "_high"))) \
					with yerrorlines pt 7 ps 0.5 lw 1.5 \
					lc rgb int(word(colours, a)) \
					title word(names, a)
		}
	}
	unset multiplot
}
