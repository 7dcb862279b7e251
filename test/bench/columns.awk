# SPDX-License-Identifier: GPL-2.0
#
# What all that read summary.csv have in common; goes before them:
# awk -f columns.awk -f ...

# The field of this line in the column of that name.
function value(name)
{
	return $column[name]
}

function short(v)
{
	return sprintf(v >= 100 ? "%.0f" : v >= 10 ? "%.1f" : "%.2f", v)
}

# summary.awk has 999 for something compared with nothing.
function shown(v)
{
	return v == "" ? "–" : v == 999 ? "∞" : short(v)
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

BEGIN {
	FS = ","
}

NR == 1 {
	for (c = 1; c <= NF; c++)
		column[$c] = c
	next
}
