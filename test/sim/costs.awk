# SPDX-License-Identifier: GPL-2.0
#
# Reads the summary of make bench (test/bench/columns.awk); prints what each stage
# costs, in us, as the model wants it, for each kernel, swap and algorithm that was
# measured on 4 CPUs under first touch at depth 24:
# "KERNEL SWAP ALGORITHM NAME=VALUE...".

function positive(v)
{
	return v > 0 ? v : 0
}

$2 != 4 || $5 != "touch" || $6 != 4 || $7 != 1 || $8 != "0" || $9 !~ /^[0-9]+$/ {
	next
}

# The clock goes on while a write does not have the CPU, so the least is nearest.
{
	name = $1 " " $3 " " $4
	if (!(name in write) || value("write_us_on") < write[name])
		write[name] = value("write_us_on")
}

$9 == 24 {
	# kswapd's pages and the task's cost the same, compressing included.
	page[name] = kswapd_page_us()
	direct = value("anon_s_off") - kswapd_pages()
	touch[name] = (value("load_pct_off") * 1e4 - direct * page[name]) / \
		value("written_s_off")
	# Each scan costs the same.
	kept[name] = positive(1 - 1 / value("scan_per_page_off"))
	# Of one that is queued: what is left of kswapd's time with the module, and of
	# the writers', where the rest has been taken off.
	kswapd[name] = value("kswapd_pct_on") * 1e4 / value("queued_s_on")
	by_kswapd[name] = value("by_kswapd_s_on") / value("queued_s_on")
	workers[name] = value("workers_pct_on") * 1e4 / value("queued_s_on")
	by_workers[name] = value("by_workers_s_on") / value("queued_s_on")
}

END {
	for (name in page) {
		scan = page[name] - write[name]
		queue = kswapd[name] - by_kswapd[name] * write[name] - scan
		# That is what a scan takes at most.
		if (queue < 0) {
			scan += queue
			queue = 0
		}
		write[name] = page[name] - scan
		printf("%s kept=%.2f touch=%.1f scan=%.1f write=%.1f queue=%.1f free=%.1f\n",
			name, kept[name], touch[name], scan, write[name], queue,
			positive(workers[name] - by_workers[name] * write[name]))
	}
}
