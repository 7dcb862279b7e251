# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which cases there are, as the sources of the suite say. Results from before a case
# came do not speak for it.

# All of them, as "GROUP CASE", by the text of the suite's sources on standard input.
cases_all()
{
	awk '
		/^const struct suite_case cases_/ {
			group = $4
			sub(/^cases_/, "", group)
			sub(/\[.*/, "", group)
		}
		/^}/ { group = "" }
		group != "" && /^\t{ "/ {
			split($0, part, "\"")
			print group, part[2]
		}'
}

# Names of the cases that groups have, each as "group" or "group:case".
cases_of() # GROUP[:CASE]...
{
	cases_all | awk -v wanted="$*" '
		{ names[$1] = names[$1] " " $2 }
		END {
			n = split(wanted, want, " ")
			for (i = 1; i <= n; i++) {
				split(want[i], arg, ":")
				m = split(names[arg[1]], name, " ")
				for (j = 1; j <= m; j++)
					if (arg[2] == "" || arg[2] == name[j])
						print name[j]
			}
		}'
}

# Those that a boot has reported, in its own words.
cases_reported() # RESULT.LOG
{
	sed -nE 's/^(not )?ok [0-9]+ (- )?//; T; s/ # SKIP .*//; p' "$1"
}

# The boots of the suite and the cases of all groups, as a commit has them.
cases_at() # COMMIT
{
	git show "$1:test/vm/run" 2>/dev/null | sed -n '/^boots="/,/"$/p'
	git grep -h '' "$1" -- 'test/vm/case_*.c' 2>/dev/null | cases_all
}
