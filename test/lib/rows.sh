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

# Whether a row has passed, with sources and tests as they are now. Tests that were not
# committed nobody can run again.
row_holds() # ROW WHAT KEY
{
	local tests

	tests=$(awk -F ' *\\| *' -v key="$3" '
		$8 ~ /^[1-9][0-9]* passed, 0 failed, / && $10 == key { print $11 }' <<<"$1")
	# Of boots that are older the cases were compared.
	tests=${tests##*..}
	[[ -n $tests && $tests != *@(changed|unknown)* ]] && rows_tests_hold "$2" "$tests"
}

# The row of what was tested: this machine's of KEY, or the page's, whichever holds. What
# failed here has failed, whatever others had.
# shellcheck disable=SC2154 # who sources this has set them
rows_of() # WHAT KEY
{
	local here page

	here=$(cat "$rows_cache/$2/$1.row" 2>/dev/null) || true
	page=$(grep "^| $1 |" "$rows_page") || true
	if [ -n "$here" ] && { [[ $here != *' passed, 0 failed, '* ]] ||
		row_holds "$here" "$@" || ! row_holds "$page" "$@"; }; then
		echo "$here"
	else
		grep . <<<"$page"
	fi
}

# The same, if it holds.
rows_of_holding() # WHAT KEY
{
	local row

	row=$(rows_of "$@") && row_holds "$row" "$@" && echo "$row"
}
