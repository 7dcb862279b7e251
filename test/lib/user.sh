# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of the module's pure headers: programs in user space, under sanitizers.
# KCD_INCLUDE=DIR tests another copy of a header, which test/lib/mutant.sh does.
# Needs packages.sh and tally.sh.

user_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The older TSAN cannot place its shadow when addresses are randomised widely.
user_steady=
if setarch "$(uname -m)" -R true 2>/dev/null; then
	user_steady="setarch $(uname -m) -R"
fi

user_build() # SOURCE SANITIZERS OUT
{
	need gcc libc6-dev
	gcc -std=gnu11 -O1 -g -Wall -Wextra -Wno-missing-field-initializers \
		-Werror -pthread -fsanitize="$2" -fno-sanitize-recover=all \
		-I "${KCD_INCLUDE:-$user_top/include}" -I "$user_top/include" \
		-I "$user_top/test/lib" -o "$3" "$1" 2>"$3.err" && return
	sed 's/^/# /' "$3.err"
	return 1
}

# Counts the program's own results. A plan that was not run to its end, or an
# exit code that no result explains (a sanitizer's), is one failure more.
user_test() # SOURCE SANITIZERS
{
	local program id dir rc=0 plan=0 done=0 bad=0 line

	program=$(basename "$1" .c)
	id="$program ($2)"
	dir=$(mktemp -d)
	echo "# $id"
	if ! user_build "$1" "$2" "$dir/test"; then
		tally_fail "$id: build"
		rm -rf "$dir"
		return
	fi
	# shellcheck disable=SC2086 # a command and its options
	timeout "${KCD_LIMIT:-600}" $user_steady "$dir/test" >"$dir/log" 2>&1 </dev/null || rc=$?
	while IFS= read -r line; do
		case $line in
		1..*)
			plan=${line#1..} ;;
		'ok '*)
			tally_pass "$program: ${line#ok * }"
			done=$((done + 1)) ;;
		'not ok '*)
			tally_fail "$program: ${line#not ok * }"
			done=$((done + 1))
			bad=$((bad + 1)) ;;
		'# Totals'* | 'KTAP'*)
			;;
		*)
			echo "# ${line#\# }" ;;
		esac
	done <"$dir/log"
	rm -rf "$dir"
	if [ "$plan" -eq 0 ] || [ "$done" -ne "$plan" ]; then
		tally_fail "$id: $done of $plan cases ran (exit code $rc)"
	elif [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; then
		tally_fail "$id: exit code $rc"
	fi
}
