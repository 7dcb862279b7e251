# SPDX-License-Identifier: GPL-2.0
#
# asked.awk summary.csv shares.csv
# shows as Markdown, from the summary (columns.awk) and what share.awk made, what
# reviewers of such patches asked: how much of kswapd's time is compressing, by
# algorithm; what is won; how long written folios stay, and how much memory that
# holds. Of the configurations with four CPUs, one task, and small pages.

# 6.12,4,zram,zstd,touch,4,1,0,24,SHARE
FNR < NR {
	if ($2 == 4 && $6 == 4 && $7 == 1 && $8 == 0 && $9 == 24)
		share[row_name($1, $3, $4, $5)] = $10
	next
}

# Of the pages reclaimed in a second without the module, those that kswapd did.
function kswapd_pages()
{
	return value("anon_s_off") * (1 - value("direct_pct_off") / 100)
}

# Its time on its CPU for one of them, us.
function kswapd_page_us()
{
	return value("kswapd_pct_off") * 1e4 / kswapd_pages()
}

function row_name(kernel, swap, algorithm, load)
{
	return kernel " | " swap " " algorithm " | " \
		(load == "touch" ? "first touch" : "rewriting")
}

value("cpus") != 4 || value("active") != 1 || value("page_kb") != 4 ||
	value("off") != 0 || value("load") !~ /^(touch|rewrite)$/ ||
	value("setting") ~ /\// {
	next
}

{
	name = row_name(value("kernel"), value("swap"), value("algorithm"), value("load"))
	if (kswapd_pages() <= 0)
		next
	if (!(name in write)) {
		names[++nr] = name
		page[name] = kswapd_page_us()
	}
	# The clock goes on while a write does not have the CPU, so the least is nearest.
	if (!(name in write) || value("write_us_on") < write[name])
		write[name] = value("write_us_on")
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
		" freed by a writer, % | after, µs (half / 99 %) | most held, KiB |"
	print "|---|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nr; i++) {
		name = names[i]
		if (name in gain)
			print "| " name " | " short(page[name]) " | " \
				short(write[name]) " | " \
				short(100 * write[name] / page[name]) " | " \
				gain[name] " | " share[name] " | " \
				freed[name] " | " held[name] " |"
	}
}
