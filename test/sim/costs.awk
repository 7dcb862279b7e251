# SPDX-License-Identifier: GPL-2.0
#
# costs.awk [NAME/results.csv NAME/profile.csv]...
# What each stage costs, in us, as the model wants it, for each kernel, swap and
# algorithm of which there is a profile (test/bench/profiles) of first touch on 4 CPUs,
# off and at depth 24: "KERNEL SWAP ALGORITHM NAME=VALUE...".

BEGIN {
	FS = ","
}

FNR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	profile = FILENAME ~ /profile.csv$/
	count = split(FILENAME, path, "/")
	split(path[count - 1], part, "_")
	name = part[1] " " part[3] " " part[4]
	next
}

part[2] != 4 || part[5] != "touch" {
	next
}

!profile {
	setting = $column["setting"]
	if (setting == 24)
		names[name]
	seconds = $column["seconds"]
	direct = $column["anon_s"] * seconds * $column["direct_pct"] / 100
	by_direct[name, setting] += direct
	by_kswapd[name, setting] += $column["anon_s"] * seconds - direct
	touched[name, setting] += $column["written_s"] * seconds
	queued[name, setting] += $column["queued_s"] * seconds
	by_writers[name, setting] += $column["by_workers_s"] * seconds
	scanned[name, setting] += $column["scan_per_page"] * seconds
	time[name, setting] += seconds
	next
}

{
	us[name, $2, $3] += 1000 * $5
	us[name, $2, $3, $4] += 1000 * $5
}

# What it does beside writing.
function beside(name, setting, who)
{
	return us[name, setting, who] - us[name, setting, who, "writing"]
}

function written(name, setting)
{
	return us[name, setting, "kswapd", "writing"] + \
		us[name, setting, "direct reclaim", "writing"]
}

END {
	for (name in names) {
		kept = 1 - time[name, 0] / scanned[name, 0]
		printf("%s kept=%.2f", name, kept > 0 ? kept : 0)
		printf(" touch=%.1f", us[name, 0, "load"] / touched[name, 0])
		printf(" scan=%.1f", beside(name, 0, "kswapd") / by_kswapd[name, 0])
		printf(" direct=%.1f", beside(name, 0, "direct reclaim") / by_direct[name, 0])
		printf(" write=%.1f", written(name, 0) / (by_kswapd[name, 0] + by_direct[name, 0]))
		printf(" queue=%.1f", us[name, 24, "kswapd", "module"] / queued[name, 24])
		printf(" free=%.1f\n", beside(name, 24, "writers") / by_writers[name, 24])
	}
}
