# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Breaks a copy of a header in one place at a time. A break that the tests do
# not see is a hole in the tests. Needs tally.sh.

mutant_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mutant_dir=$(mktemp -d)
trap 'rm -rf "$mutant_dir"' EXIT

# Sets the header that is broken and the program that tests it.
mutant_begin() # HEADER RUN
{
	mutant_header=$1
	mutant_run=$2
	rm -f "$mutant_dir"/*
}

mutant() # NAME SED-SCRIPT
{
	local from=$mutant_top/include/$mutant_header out
	local to=$mutant_dir/$mutant_header

	sed "$2" "$from" >"$to"
	if cmp -s "$from" "$to"; then
		tally_fail "$1: the header no longer has the place to break"
	elif out=$(KCD_LIMIT=60 KCD_INCLUDE=$mutant_dir "$mutant_run" 2>&1); then
		tally_fail "$1: not seen"
	elif grep -q '^not ok - .*: build$' <<<"$out"; then
		tally_fail "$1: does not compile"
	else
		tally_pass "$1: seen by $(grep -c '^not ok' <<<"$out") checks"
	fi
}
