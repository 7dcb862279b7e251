# SPDX-License-Identifier: GPL-2.0
#
# profiles.awk [NAME/results.csv NAME/profile.csv]...
# shows as Markdown what a reclaimed page took of the CPUs, in us, who took it, and
# which shares of it went where, in percent. The last columns say how many times as many
# pages there could be as without the module at what each takes: if the task did nothing
# but its own, and if no CPU was idle.

BEGIN {
	FS = ","
	stages["kswapd"] = "writing,unmapping,slots,looking for use,freeing,other reclaim,module"
	stages["writers"] = "writing,freeing,module"
	print "| kernel | CPUs | swap | load | depth | all, µs | kswapd, µs |" \
		" writing, unmapping, slots, use, freeing, other reclaim, module, % |" \
		" writers, µs | writing, freeing, module, % | direct reclaim, µs |" \
		" writing, % | load, µs | swapping in, % | bound: task | bound: CPUs |"
	print "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
}

FNR == 1 {
	finish()
	for (i = 1; i <= NF; i++)
		column[$i] = i
	profile = FILENAME ~ /profile.csv$/
	count = split(FILENAME, path, "/")
	split(path[count - 1], part, "_")
	next
}

!profile {
	setting = $column["setting"]
	if (!(setting in pages))
		order[++settings] = setting
	pages[setting] += $column["anon_s"] * $column["seconds"]
	seconds[setting] += $column["seconds"]
	next
}

{
	ms[$2, $3, $4] += $5
	by[$2, $3] += $5
	all[$2] += $5
}

function us(value, s)
{
	return pages[s] > 0 ? sprintf("%.0f", 1000 * value / pages[s]) : "–"
}

function shares(who, s, list,    n, i, stage, text)
{
	# Turning it off takes a sample or two.
	if (us(by[s, who], s) + 0 == 0)
		return "–"
	n = split(list, stage, ",")
	for (i = 1; i <= n; i++)
		text = text (i > 1 ? ", " : "") \
			sprintf("%.0f", 100 * ms[s, who, stage[i]] / by[s, who])
	return text
}

function bounds(s, off, cpus,    task)
{
	if (s == off || !pages[s] || !pages[off])
		return "– | –"
	task = (by[off, "load"] + by[off, "direct reclaim"]) / pages[off]
	return sprintf("%.2f | %.2f", task / (by[s, "load"] / pages[s]),
		       1000 * cpus * seconds[off] / pages[off] / (all[s] / pages[s]))
}

# What the files before had, if they were a pair.
function finish(    i, s)
{
	if (profile) {
		for (i = 1; i <= settings; i++) {
			s = order[i]
			print "| " part[1] " | " part[2] " | " part[3] " " part[4] " | " \
				(part[5] == "touch" ? "first touch" : "rewriting") " | " \
				(s == 0 ? "off" : s) " | " us(all[s], s) " | " \
				us(by[s, "kswapd"], s) " | " \
				shares("kswapd", s, stages["kswapd"]) " | " \
				us(by[s, "writers"], s) " | " \
				shares("writers", s, stages["writers"]) " | " \
				us(by[s, "direct reclaim"], s) " | " \
				shares("direct reclaim", s, "writing") " | " \
				us(by[s, "load"], s) " | " \
				shares("load", s, "swapping in") " | " \
				bounds(s, order[1], part[2]) " |"
		}
		settings = 0
		split("", pages)
		split("", seconds)
		split("", order)
		split("", ms)
		split("", by)
		split("", all)
	}
	split("", column)
}

END {
	finish()
}
