# SPDX-License-Identifier: GPL-2.0
#
# Shows as Markdown, from summary.csv (columns.awk), what reviewers of such patches
# asked: how much of kswapd's time is compressing, by algorithm; what is won; how long
# written folios stay, and how much memory that holds. Of the configurations with four
# CPUs, one task, and small pages.

value("cpus") != 4 || value("active") != 1 || value("page_kb") != 4 ||
	value("off") != 0 || value("load") !~ /^(touch|rewrite)$/ ||
	value("setting") ~ /\// {
	next
}

{
	name = value("kernel") " | " value("swap") " " value("algorithm") " | " \
		(value("load") == "touch" ? "first touch" : "rewriting")
	if (kswapd_pages() <= 0)
		next
	if (!(name in least)) {
		names[++nr] = name
		page[name] = kswapd_page_us()
	}
	# The fewer write, the less they wait for each other.
	if (!(name in least) || value("setting") < least[name]) {
		least[name] = value("setting")
		write[name] = value("write_us_on")
	}
	if (value("setting") == 24) {
		gain[name] = short(value("anon_s_ratio"))
		freed[name] = short(value("free_p50_us_on")) " / " \
			short(value("free_p99_us_on"))
		held[name] = short(value("pending_max_on") * 4)
	}
}

END {
	print "| kernel | swap | load | kswapd takes for a page, µs |" \
		" writing it, µs | share, % | reclaimed, depth 24 |" \
		" freed after, µs (half / 99 %) | most held, KiB |"
	print "|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nr; i++) {
		name = names[i]
		if (name in gain)
			print "| " name " | " short(page[name]) " | " \
				short(write[name]) " | " \
				short(100 * write[name] / page[name]) " | " \
				gain[name] " | " freed[name] " | " held[name] " |"
	}
}
