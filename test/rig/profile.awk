# SPDX-License-Identifier: GPL-2.0
#
# profile.awk results.csv profile.csv
# shows what each page that was reclaimed took of the CPUs, by who took it and what
# for: us, all intervals of a setting together.

BEGIN {
	FS = ","
}

FNR == 1 {
	files++
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

files == 1 {
	setting = $column["setting"]
	if (!(setting in pages))
		settings[++nr_settings] = setting
	pages[setting] += $column["anon_s"] * $column["seconds"]
	next
}

{
	row = $3 "," $4
	if (!(row in seen)) {
		seen[row] = 1
		rows[++nr_rows] = row
		whose[nr_rows] = $3
	}
	ms[row, $2] += $5
	total[$3, $2] += $5
	all[row] += $5
}

function label(s)
{
	if (s == "none")
		return "not loaded"
	return s == "0" ? "off" : "depth " s
}

function us(value, s)
{
	return pages[s] ? 1000 * value / pages[s] : 0
}

function line(text, one, by,    s)
{
	printf "%-34s", text
	for (s = 1; s <= nr_settings; s++)
		printf "%11.1f", us(one ? ms[by, settings[s]] : total[by, settings[s]], settings[s])
	print ""
}

# Most first.
function show(who,    i, best, done, n)
{
	line(who, 0, who)
	for (;;) {
		best = 0
		for (i = 1; i <= nr_rows; i++)
			if (whose[i] == who && !(i in done) &&
			    (!best || all[rows[i]] > all[rows[best]]))
				best = i
		if (!best)
			return
		done[best] = 1
		line("  " substr(rows[best], length(who) + 2), 1, rows[best])
	}
}

END {
	print ""
	printf "%-34s", "CPU per reclaimed page, us"
	for (s = 1; s <= nr_settings; s++)
		printf "%11s", label(settings[s])
	print ""
	n = split("kswapd,writers,direct reclaim,load,others", order, ",")
	for (w = 1; w <= n; w++)
		show(order[w])
}
