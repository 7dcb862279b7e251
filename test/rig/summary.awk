# SPDX-License-Identifier: GPL-2.0
#
# Reads the CSV of the intervals; prints a line for each figure and setting.
# The first interval and every second one after it have the setting that the
# others are compared with. An interval is compared with the mean of its two
# neighbours; ratio, ratio_min and ratio_max are the median and the extremes of
# these comparisons, empty where there was nothing to divide by.

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

# Adds up what median(), min and max are made of.
function add(list, v)
{
	list["n"]++
	list[list["n"]] = v
	if (list["n"] == 1 || v < list["min"])
		list["min"] = v
	if (list["n"] == 1 || v > list["max"])
		list["max"] = v
}

function summarize(name, col, s,    i, off, values, ratios)
{
	split("", values)
	split("", ratios)
	for (i = s == 1 ? 1 : 2; i <= rows; i += 2) {
		if (s > 1 && setting[i] != settings[s])
			continue
		add(values, value[i, col])
		off = (value[i - 1, col] + value[i + 1, col]) / 2
		if (s > 1 && i < rows && off)
			add(ratios, value[i, col] / off)
	}
	printf "%s,%s,%s,%s,%s", name, settings[s],
		median(values, values["n"]), values["min"], values["max"]
	if (ratios["n"])
		printf ",%.4f,%.4f,%.4f", median(ratios, ratios["n"]),
			ratios["min"], ratios["max"]
	else
		printf ",,,"
	printf ",%d\n", values["n"]
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
	setting[++rows] = $2
	if (rows == 1)
		settings[++nr_settings] = $2
	if (rows % 2 == 0 && !($2 in seen)) {
		seen[$2] = 1
		settings[++nr_settings] = $2
	}
	for (c = 1; c <= NF; c++)
		value[rows, c] = $c + 0
}

END {
	print "figure,setting,median,min,max,ratio,ratio_min,ratio_max,intervals"
	for (c = 4; c <= columns; c++)
		for (s = 1; s <= nr_settings; s++)
			summarize(name[c], c, s)
}
