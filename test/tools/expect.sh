# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Runs the tool and looks at what it says. A function that fails says why.

# Runs kcompressdctl on the tree; its output goes to $said.
ctl() # EXIT-STATUS ARGUMENT...
{
	local rc=0

	KCOMPRESSD_ROOT=$tree "$tool" "${@:2}" >"$said" 2>&1 </dev/null || rc=$?
	if [ "$rc" -ne "$1" ] || grep -qE 'Sanitizer|runtime error' "$said"; then
		echo "kcompressdctl ${*:2}: exit status $rc, not $1"
		cat "$said"
		return 1
	fi
}

says() # TEXT...
{
	local text

	for text; do
		grep -qF -e "$text" "$said" || {
			echo "does not say '$text':"
			cat "$said"
			return 1
		}
	done
}

keeps_quiet() # TEXT...
{
	local text

	for text; do
		! grep -qF -e "$text" "$said" || {
			echo "says '$text':"
			cat "$said"
			return 1
		}
	done
}

# Is this true of the JSON?
json() # JQ-FILTER...
{
	local filter

	for filter; do
		jq -e "$filter" "$said" >/dev/null || {
			echo "not so: $filter"
			cat "$said"
			return 1
		}
	done
}

# What doctor finds about a subject, in both forms.
doctor() # EXIT-STATUS SUBJECT VERDICT TEXT
{
	ctl "$1" doctor && says "$4" && ctl "$1" doctor --json &&
		json ".fit == ($1 == 0)" \
			"[.findings[] | select(.subject == \"$2\")][0].verdict == \"$3\""
}
