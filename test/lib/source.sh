# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The distribution's source of a kernel. Needs packages.sh, kernels.sh and
# suite.sh.

# The version of the package in a suite; nothing if that has none.
source_version() # SUITE PACKAGE
{
	suite_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null |
		sed -n 's/^Version: //p'
}

# Leaves it in DIR: all, or these parts.
source_unpack() # SUITE PACKAGE DIR [PART...]
{
	local suite=$1 package=$2 dir=$3

	shift 3
	need xz-utils >&2 || return
	echo "# fetching $package" >&2
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	(cd "$dir.new" && suite_download "$suite" "$package") &&
		dpkg -x "$dir.new"/*.deb "$dir.new" &&
		tar -xJf "$dir.new/usr/src/$package.tar.xz" -C "$dir.new" \
			"${@/#/$package/}" &&
		mv "$dir.new/$package" "$dir" || return
	rm -rf "$dir.new"
}
