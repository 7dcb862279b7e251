# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests need of the system, on a machine that may be bare.

packages_missing() # [--admindir DIR] PACKAGE...
{
	local package arch here of=()

	if [ "$1" = --admindir ]; then
		of=("--admindir=$2")
		shift 2
	fi
	here=$(dpkg --print-architecture)
	for package in "$@"; do
		# By the bare name another architecture's would do for dpkg-query.
		arch=$here
		[[ $package != *:* ]] || arch=${package#*:}
		dpkg-query "${of[@]}" -W -f '${Status} ${Architecture}\n' "$package" \
			2>/dev/null |
			grep -Eq "^install ok installed ($arch|all)$" || echo "$package"
	done
}

# Runs what changes the system's packages or lists, as root, one at a time: stages
# run side by side.
packages_alone() # COMMAND...
{
	mkdir -p /run/lock
	(
		flock 8
		# A service that a package starts would keep the locks.
		"$@" 8>&- 9>&-
	) 8>/run/lock/kcompressd-packages
}

# Installs packages if it may, else names the missing ones and fails.
need() # PACKAGE...
{
	[ -n "$(packages_missing "$@")" ] || return 0
	if [ "$(id -u)" -eq 0 ]; then
		packages_alone packages_install "$@"
	else
		packages_install "$@"
	fi
}

packages_install() # PACKAGE...
{
	local missing

	missing=$(packages_missing "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "missing packages: $missing" >&2
		echo "install them: sudo apt-get install $missing" >&2
		return 1
	fi
	echo "# installing $missing"
	# Names are resolved from lists that a fresh machine may lack.
	# shellcheck disable=SC2086 # a list of names
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends $missing >/dev/null 2>&1 </dev/null ||
	{
		apt-get update -qq >/dev/null </dev/null
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
			--no-install-recommends $missing >/dev/null </dev/null
	}
}
