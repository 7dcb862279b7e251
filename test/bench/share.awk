# SPDX-License-Identifier: GPL-2.0
#
# Reads NAME/histograms.csv of several configurations; prints for each setting, with
# the columns that summary.csv begins with, what share of the written folios was
# freed by a writer, in percent. kswapd frees the others itself, most when it looks
# at its batch a second time.

BEGIN {
	FS = ","
}

FNR == 1 {
	count = split(FILENAME, path, "/")
	split(path[count - 1], part, "_")
	what = part[1]
	for (i = 2; i <= 10; i++)
		if (i < 8 || i == 10)
			what = what "," part[i]
	next
}

{
	folios[what "," $2, $3] += $5
	settings[what "," $2] = 1
}

END {
	for (s in settings)
		if (folios[s, "write"])
			printf("%s,%.0f\n", s, 100 * folios[s, "free"] / folios[s, "write"])
}
