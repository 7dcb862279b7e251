# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Parts of the documentation that are made by scripts.

# Puts TEXT between the lines "<!-- made by MAKER -->" and "<!-- end -->".
markers_replace() # PAGE MAKER TEXT
{
	local begin="<!-- made by $2 -->" end='<!-- end -->'

	if ! sed -n "\\|^$begin\$|,/^$end\$/p" "$1" | grep -qx -e "$end"; then
		echo "$1 lacks the lines '$begin' and '$end'" >&2
		return 1
	fi
	sed -i -e "\\|^$begin\$|,/^$end\$/{\\|^$begin\$|r $3" \
		-e "\\|^$begin\$|!{/^$end\$/!d}}" "$1"
}
