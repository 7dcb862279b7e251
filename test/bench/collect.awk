# SPDX-License-Identifier: GPL-2.0
#
# Reads NAME/summary.csv of several configurations; prints one line for each
# configuration and setting of the module. Of each figure: FIGURE_off and
# FIGURE_on are medians; FIGURE_ratio, FIGURE_low and FIGURE_high the median and
# the extremes of the pairs. free_less: pages that the least free memory was
# below that of off; failed_more: failed writes that off did not have.

function columns(    line, f)
{
	line = "kernel,cpus,swap,algorithm,load,page_kb,active,off,setting,pairs"
	for (f = 1; f <= figures; f++)
		line = line sprintf(",%s_off,%s_on,%s_ratio,%s_low,%s_high",
				    names[f], names[f], names[f], names[f],
				    names[f])
	print line ",free_less,failed_more"
}

# The configuration's name, less what the setting says.
function configuration(file,    part)
{
	sub(/\/[^\/]*$/, "", file)
	sub(/.*\//, "", file)
	split(file, part, "_")
	return part[1] "," part[2] "," part[3] "," part[4] "," part[5] "," \
		part[6] "," part[7] "," part[10]
}

function flush(    s)
{
	if (!figures)
		return
	if (!shown++)
		columns()
	for (s = 2; s <= settings; s++)
		print what "," setting[s] "," pairs[s] line[s] "," \
			least["free_min", 1] - least["free_min", s] "," \
			most["failed_writes", s] - most["failed_writes", 1]
	figures = settings = 0
	split("", line)
}

BEGIN {
	FS = ","
}

FNR == 1 {
	flush()
	what = configuration(FILENAME)
	next
}

!figures || $1 != names[figures] {
	names[++figures] = $1
	s = 0
}

{
	setting[++s] = $2
	pairs[s] = $9
	least[$1, s] = $4
	most[$1, s] = $5
	if (s > settings)
		settings = s
	if (s == 1)
		off = $3
	line[s] = line[s] "," off "," $3 "," $6 "," $7 "," $8
}

END {
	flush()
}
