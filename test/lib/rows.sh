# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Rows of the table of results: what was tested, with what module, by which tests.
# Needs cases.sh, and these:
#   rows_cache	directory of this machine's, as KEY/WHAT.row
#   rows_page	the document with the table, for other machines' results

# What is no kernel, with the tests that its row is of.
declare -A rows_others=([dkms]=test/dkms [refused]=test/kernels/refused)

# Whether a commit's tests are today's: of kernels, as far as their cases go.
rows_tests_hold() # WHAT COMMIT
{
	if [ -n "${rows_others[$1]-}" ]; then
		git diff --quiet "$2" HEAD -- "${rows_others[$1]}" 2>/dev/null
	else
		[ "$(cases_at "$2")" = "$(cases_at HEAD)" ]
	fi
}

# The row of what was tested: this machine's of KEY, or the page's. It has tried what
# it failed in, whatever others had.
rows_of() # WHAT KEY
{
	# shellcheck disable=SC2154 # who sources this has set them
	cat "$rows_cache/$2/$1.row" 2>/dev/null || grep "^| $1 |" "$rows_page"
}

# The same, if it holds: it has passed, and with sources and tests as they are now.
# Tests that were not committed nobody can run again.
rows_of_holding() # WHAT KEY
{
	local row tests

	row=$(rows_of "$@" | awk -F ' *\\| *' -v key="$2" '
		$8 ~ /^[1-9][0-9]* passed, 0 failed, / && $10 == key &&
			$11 !~ /changed|unknown/') || return
	tests=$(awk -F ' *\\| *' '{ print $11 }' <<<"$row")
	[ -n "$tests" ] && rows_tests_hold "$1" "$tests" && echo "$row"
}
