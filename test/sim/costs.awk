# SPDX-License-Identifier: GPL-2.0
#
# Reads the summary of make bench (test/bench/columns.awk); prints what each stage
# costs, in us, as the model wants it, for each kernel, swap and algorithm that was
# measured on 4 CPUs under first touch at depth 24:
# "KERNEL SWAP ALGORITHM NAME=VALUE...".

$2 == 4 && $5 == "touch" && $6 == 4 && $7 == 1 && $8 == "0" && $9 == "24" {
	# kswapd's pages and the task's cost the same, compressing included.
	page = kswapd_page_us()
	write = value("write_us_on")
	direct = value("anon_s_off") - kswapd_pages()
	touch = (value("load_pct_off") * 1e4 - direct * page) / value("written_s_off")
	scan = page - write
	# What is left of kswapd's time with the module, and of the writers'.
	queue = (value("kswapd_pct_on") * 1e4 - value("by_kswapd_s_on") * write) / \
		value("queued_s_on") - scan
	free = (value("workers_pct_on") * 1e4 - value("by_workers_s_on") * write) / \
		value("queued_s_on")
	# Each scan costs the same.
	kept = 1 - 1 / value("scan_per_page_off")
	printf("%s %s %s kept=%.2f touch=%.1f scan=%.1f write=%.1f queue=%.1f free=%.1f\n",
		$1, $3, $4, kept > 0 ? kept : 0, touch, scan, write, queue > 0 ? queue : 0,
		free > 0 ? free : 0)
}
