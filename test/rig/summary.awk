# SPDX-License-Identifier: GPL-2.0
#
# Reads the CSV of the intervals; prints a line for each figure and setting.
# The first interval and every second one after it have the setting that the
# others are compared with. An interval is compared with the mean of its two
# neighbours; ratio, ratio_min and ratio_max are the median and the extremes of
# these comparisons, empty where less than half of them had something to divide
# by; pairs says how many had. Of nothing there is 1 for 0: 999 stands for it.
# Two more figures of all the intervals of a setting: free_less, by how many pages
# their least free memory was below that of the intervals before them; failed_more,
# by how much their failed writes were more.

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

# A time or a quotient of 0 means that there was nothing to measure or to divide by.
function known(i, col)
{
	return value[i, col] || name[col] !~ /_us$|^burst_ms$|^cpu_ms_1000$|^scan_per_page$/
}

# The mean of an interval's neighbours, as far as it is known: sets off.
function neighbours(i, col,    a, b)
{
	a = known(i - 1, col)
	b = i < rows && known(i + 1, col)
	if (a || b)
		off = (a * value[i - 1, col] + b * value[i + 1, col]) / (a + b)
	return a || b
}

function compare(i, col, ratios)
{
	if (!neighbours(i, col))
		return
	if (off)
		add(ratios, value[i, col] / off)
	else if (value[i, col])
		add(ratios, 999)
}

function print_figure(what, setting, values, ratios, pairs)
{
	printf "%s,%s,", what, setting
	if (values["n"])
		printf "%s,%s,%s", median(values, values["n"]), values["min"],
			values["max"]
	else
		printf "0,0,0"
	if (ratios["n"] && 2 * ratios["n"] >= pairs)
		printf ",%.4f,%.4f,%.4f", median(ratios, ratios["n"]),
			ratios["min"], ratios["max"]
	else
		printf ",,,"
	printf ",%d,%d\n", values["n"], ratios["n"]
}

function summarize(col, s,    i, values, ratios, pairs)
{
	split("", values)
	split("", ratios)
	for (i = s == 1 ? 1 : 2; i <= rows; i += 2) {
		if (s > 1 && setting[i] != settings[s])
			continue
		pairs++
		if (!known(i, col))
			continue
		add(values, value[i, col])
		if (s > 1 && i < rows)
			compare(i, col, ratios)
	}
	print_figure(name[col], settings[s], values, ratios, pairs)
}

# Of as many intervals each: those of the setting, and the ones before them.
function differences(s,    i, least, off_least, failed)
{
	least = off_least = -1
	for (i = 2; i <= rows; i += 2) {
		if (setting[i] != settings[s])
			continue
		least = lesser(least, value[i, column["free_min"]])
		off_least = lesser(off_least, value[i - 1, column["free_min"]])
		failed += value[i, column["failed_writes"]] - \
			value[i - 1, column["failed_writes"]]
	}
	printf "free_less,%s,%d,,,,,,,\n", settings[s], off_least - least
	printf "failed_more,%s,%d,,,,,,,\n", settings[s], failed
}

function lesser(a, b)
{
	return a < 0 || b < a ? b : a
}

BEGIN {
	FS = ","
}

NR == 1 {
	for (c = 1; c <= NF; c++) {
		name[c] = $c
		column[$c] = c
	}
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
	print "figure,setting,median,min,max,ratio,ratio_min,ratio_max,intervals,pairs"
	for (c = 4; c <= columns; c++)
		for (s = 1; s <= nr_settings; s++)
			summarize(c, s)
	for (s = 2; s <= nr_settings; s++)
		differences(s)
}
