# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Counts results. The line that tally_end prints is the last one of every
# stage; test/check adds these lines up.

tally_passed=0
tally_failed=0
tally_skipped=0

tally_pass() # NAME
{
	tally_passed=$((tally_passed + 1))
	echo "ok - $1"
}

tally_fail() # NAME
{
	tally_failed=$((tally_failed + 1))
	echo "not ok - $1"
}

tally_skip() # NAME WHY
{
	tally_skipped=$((tally_skipped + 1))
	echo "ok - $1 # SKIP $2"
}

# Runs a command; its output is shown, indented, only if it fails.
tally_run() # NAME COMMAND...
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1 </dev/null); then
		tally_pass "$name"
		return
	fi
	printf '%s\n' "$out" | sed 's/^/# /'
	tally_fail "$name"
}

# For tally_run: the command fails, and says why.
fails_saying() # TEXT COMMAND...
{
	local text=$1 out

	shift
	if out=$("$@" 2>&1); then
		echo "succeeded: $out"
		return 1
	fi
	grep -qF -e "$text" <<<"$out" || {
		echo "does not say '$text': $out"
		return 1
	}
}

# For tally_run: the command succeeds, and says so.
says() # TEXT COMMAND...
{
	local text=$1 out

	shift
	if ! out=$("$@" 2>&1) || ! grep -qF -e "$text" <<<"$out"; then
		echo "fails or does not say '$text': $out"
		return 1
	fi
}

tally_end()
{
	echo "$tally_passed passed, $tally_failed failed, $tally_skipped skipped"
	[ "$tally_failed" -eq 0 ]
}
