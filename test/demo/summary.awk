# SPDX-License-Identifier: GPL-2.0
#
# Reads the CSV of the intervals; prints "figure,depth,median,min,max,ratio"
# for each figure and depth, 0 being off. An interval with the module on is
# compared with the mean of its two neighbours, in which it was off; "ratio" is
# the median of these comparisons, empty where the module was off throughout.

function median(list, n,    s, i, j, v)
{
	for (i = 1; i <= n; i++) {
		v = list[i]
		for (j = i - 1; j >= 1 && s[j] > v; j--)
			s[j + 1] = s[j]
		s[j + 1] = v
	}
	return n % 2 ? s[(n + 1) / 2] : (s[n / 2] + s[n / 2 + 1]) / 2
}

function summarize(name, col, d,    i, n, r, off, v, list, ratios, min, max)
{
	n = r = 0
	for (i = 1; i <= rows; i++) {
		if (depth[i] != d)
			continue
		v = value[i, col]
		list[++n] = v
		if (n == 1 || v < min)
			min = v
		if (n == 1 || v > max)
			max = v
		off = (value[i - 1, col] + value[i + 1, col]) / 2
		if (d && i < rows && off)
			ratios[++r] = v / off
	}
	printf "%s,%d,%s,%s,%s,%s\n", name, d, median(list, n), min, max,
		r ? sprintf("%.2f", median(ratios, r)) : ""
}

BEGIN {
	FS = ","
}

NR == 1 {
	for (c = 1; c <= NF; c++)
		name[c] = $c
	columns = NF
	next
}

{
	depth[++rows] = $2
	if (!($2 in seen)) {
		seen[$2] = 1
		depths[++nr_depths] = $2
	}
	for (c = 1; c <= NF; c++)
		value[rows, c] = $c + 0
}

END {
	print "figure,depth,median,min,max,ratio"
	for (c = 4; c <= columns; c++)
		for (d = 1; d <= nr_depths; d++)
			summarize(name[c], c, depths[d])
}
