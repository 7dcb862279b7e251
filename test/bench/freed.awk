# SPDX-License-Identifier: GPL-2.0
#
# Reads NAME/histograms.csv of several configurations; prints what share of the
# folios, in percent, was freed within how many milliseconds of being written:
# a column for each configuration, at depths 6 and 24.

BEGIN {
	FS = ","
}

FNR == 1 {
	part_count = split(FILENAME, part, "/")
	split(part[part_count - 1], name, "_")
	next
}

$3 == "free" && ($2 == 6 || $2 == 24) {
	what = sprintf("%s; %s CPU; %s %s; %s; depth %s", name[1], name[2],
		       name[3], name[4], name[5], $2)
	if (!(what in total))
		columns[++nr] = what
	total[what] += $5
	count[what, $4 + 0] += $5
}

END {
	printf "ms"
	for (c = 1; c <= nr; c++)
		printf ",\"%s\"", columns[c]
	print ""
	for (ns = 8192; ns <= 2 ^ 28; ns *= 2) {
		printf "%.3f", 2 * ns / 1e6
		for (c = 1; c <= nr; c++) {
			what = columns[c]
			for (b = ns; b >= 1 && ns == 8192; b /= 2)
				sum[what] += count[what, b]
			if (ns > 8192)
				sum[what] += count[what, ns]
			printf ",%.1f", 100 * sum[what] / total[what]
		}
		print ""
	}
}
