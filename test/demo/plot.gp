# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e "dir='DIR'; what='TITLE'" plot.gp
# draws DIR/timeline.csv and DIR/summary.csv to DIR/demo.svg and DIR/demo.png.

set datafile separator comma
set style fill solid 0.8
set bars 0.5
set key noautotitle
timeline = dir . "/timeline.csv"
summary = dir . "/summary.csv"
stats timeline using 1 name "T" nooutput
stats summary using 2 name "D" nooutput

# Grey is off, the deepest queue is blue, others are orange.
colour(d) = d == 0 ? 0x777777 : d == D_max ? 0x1f77b4 : 0xe07b28
tint(d) = d == 0 ? 0xf4f4f4 : d == D_max ? 0xcfe3f2 : 0xfae0c8
label(d) = d == 0 ? "off" : sprintf("%d", d)
rows(figure) = sprintf("< grep '^%s,' '%s'", figure, summary)

stats rows("anon_s") using 3 name "B" nooutput

figures = "anon_s stall_s direct_pct p99_us kswapd_pct workers_pct"
titles = "'anon pages reclaimed /s' 'allocation stalls /s' \
	'direct reclaim, %' 'page touch p99, us' 'CPU of kswapd, %' \
	'CPU of the workers, %'"

do for [ext in "svg png"] {
	if (ext eq "svg") {
		set terminal svg size 1000,800 font "sans,12" background "white"
	} else {
		set terminal pngcairo size 1000,800 font "sans,10" \
			background "white"
	}
	set output dir . "/demo." . ext
	set multiplot title what

	set xrange [0:T_max - T_min + 1]
	set yrange [0:*]
	set y2range [0:1]
	set xtics mirror scale 1
	set ytics nomirror
	set grid y lc rgb "#dddddd"
	set lmargin at screen 0.08
	set rmargin at screen 0.98

	set tmargin at screen 0.92
	set bmargin at screen 0.69
	set format x ""
	set title "anon pages reclaimed /s; shaded: module on, by depth" \
		offset 0,-0.5
	plot timeline using ($1 - T_min):(1):(1):(tint($2)) axes x1y2 \
			with boxes fs solid 1 lc rgb variable, \
		timeline using ($1 - T_min):4 with lines lw 2 lc rgb "#222222"

	set tmargin at screen 0.64
	set bmargin at screen 0.45
	set format x "%g"
	set xlabel "s" offset 0,0.5
	set title "allocation stalls /s"
	plot timeline using ($1 - T_min):(1):(1):(tint($2)) axes x1y2 \
			with boxes fs solid 1 lc rgb variable, \
		timeline using ($1 - T_min):5 with lines lw 2 lc rgb "#222222"

	set xrange [-0.6:B_records - 0.4]
	unset xlabel
	set xtics nomirror scale 0
	set tmargin at screen 0.34
	set bmargin at screen 0.06
	do for [i = 1:words(figures)] {
		set lmargin at screen 0.06 + 0.158 * (i - 1)
		set rmargin at screen 0.06 + 0.158 * (i - 1) + 0.108
		set title word(titles, i) font ",9"
		plot rows(word(figures, i)) using \
			0:3:4:5:(0.6):(colour($2)):xtic(label($2)) \
			with boxerrorbars lc rgb variable
	}
	unset multiplot
}
