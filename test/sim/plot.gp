# SPDX-License-Identifier: GPL-2.0
#
# Draws model.csv of this directory to model.svg and model.png.

set datafile separator comma
set key bottom right
set logscale x 2
set xtics (2, 4, 8, 16, 32, 64, 128)
set xlabel "CPUs"
set yrange [0:*]
set grid lc rgb "#dddddd"
algorithms = system("tail -n +2 model.csv | cut -d , -f 1 | uniq | tr '\n' ' '")
rows(algorithm, nodes) = sprintf("< grep '^%s,%d,' model.csv", algorithm, nodes)

do for [ext in "svg png"] {
	if (ext eq "svg") {
		set terminal svg size 1000,420 font "sans,11" background "white"
	} else {
		set terminal pngcairo size 1000,420 font "sans,9" \
			background "white"
	}
	set output "model." . ext
	set multiplot layout 1, 2
	set title "one node"
	set ylabel "reclaimed, depth 64 / off"
	plot for [a in algorithms] rows(a, 1) using 3:4 with linespoints pt 7 \
		ps 0.6 lw 2 title a
	set title word(algorithms, 1) . ", nodes"
	unset ylabel
	plot for [n in "1 2 4 8"] rows(word(algorithms, 1), n + 0) using 3:4 \
		with linespoints pt 7 ps 0.6 lw 2 title n
	unset multiplot
}
