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

BEGIN {
	FS = ","
}

NR == 1 {
	for (c = 1; c <= NF; c++)
		column[$c] = c
	next
}
