# SPDX-License-Identifier: GPL-2.0
#
# Reads NAME/summary.csv of several configurations; prints one line for each
# configuration and setting of the module. Of each figure: FIGURE_off and
# FIGURE_on are medians; FIGURE_ratio, FIGURE_low and FIGURE_high the median and
# the extremes of the pairs. free_less and failed_more are as test/rig/summary.awk
# has them.

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
			free_less[setting[s]] "," failed_more[setting[s]]
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

$1 == "free_less" {
	free_less[$2] = $3
	next
}

$1 == "failed_more" {
	failed_more[$2] = $3
	next
}

!figures || $1 != names[figures] {
	names[++figures] = $1
	s = 0
}

{
	setting[++s] = $2
	# A figure that is always known.
	if ($1 == "written_s")
		pairs[s] = $9
	if (s > settings)
		settings = s
	if (s == 1)
		off = $3
	line[s] = line[s] "," off "," $3 "," $6 "," $7 "," $8
}

END {
	flush()
}
