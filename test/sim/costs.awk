# SPDX-License-Identifier: GPL-2.0
#
# Reads the summary of make bench; prints what each stage costs, in us, as the
# model wants it, for each kernel, swap and algorithm that was measured on 4 CPUs
# under first touch at depth 24: "KERNEL SWAP ALGORITHM NAME=VALUE...".

function v(name)
{
	return $column[name] + 0
}

BEGIN {
	FS = ","
}

NR == 1 {
	for (c = 1; c <= NF; c++)
		column[$c] = c
	next
}

$2 == 4 && $5 == "touch" && $6 == 4 && $7 == 1 && $8 == "0" && $9 == "24" {
	# kswapd's pages and the task's cost the same, compressing included.
	by_kswapd = v("anon_s_off") * (1 - v("direct_pct_off") / 100)
	page = v("kswapd_pct_off") * 1e4 / by_kswapd
	write = v("write_us_on")
	direct = v("anon_s_off") - by_kswapd
	touch = (v("load_pct_off") * 1e4 - direct * page) / v("written_s_off")
	scan = page - write
	# What is left of kswapd's time with the module, and of the writers'.
	queue = (v("kswapd_pct_on") * 1e4 - v("by_kswapd_s_on") * write) / \
		v("queued_s_on") - scan
	free = (v("workers_pct_on") * 1e4 - v("by_workers_s_on") * write) / \
		v("queued_s_on")
	# Each scan costs the same.
	kept = 1 - 1 / v("scan_per_page_off")
	printf("%s %s %s kept=%.2f touch=%.1f scan=%.1f write=%.1f queue=%.1f free=%.1f\n",
		$1, $3, $4, kept > 0 ? kept : 0, touch, scan, write, queue > 0 ? queue : 0,
		free > 0 ? free : 0)
}
