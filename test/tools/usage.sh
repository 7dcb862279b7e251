# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# How it is called, rightly and wrongly.

usage_help()
{
	ctl 0 --help && says usage: status doctor top report bench &&
		ctl 0 top --help && says --batch --interval --count &&
		ctl 0 bench --help && says --depth --pairs --memory --yes
}

usage_version()
{
	ctl 0 --version &&
		says "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")"
}

usage_wrong()
{
	local words

	while read -r words; do
		# shellcheck disable=SC2086 # a list of words
		ctl 2 $words || return
	done <<-'END'

	frobnicate
	--frobnicate
	status --frobnicate
	status now
	doctor --json now
	report now
	top --frobnicate
	top now
	top --interval
	top --interval 0
	top --interval -1
	top --interval 1s
	top --interval 3601
	top --interval 99999999999999999999
	top --count 0
	bench now
	bench --depth 0
	bench --depth 257
	bench --depth six
	bench --pairs 51
	bench --seconds 0
	bench --memory 1
	END
}

# A full disk, for one.
usage_unwritable()
{
	local rc=0

	KCOMPRESSD_ROOT=$tree "$tool" status >/dev/full 2>"$said" || rc=$?
	[ "$rc" -eq 1 ] && says writing:
}

usage_all()
{
	check 'help names all commands and options' tree_new usage_help
	check 'version is that of the module' tree_new usage_version
	check 'wrong usage has an exit status of its own' tree_new usage_wrong
	check 'output that cannot be written is an error' tree_new \
		usage_unwritable
}
