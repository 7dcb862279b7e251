# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The emulator. Needs packages.sh, kernels.sh and suite.sh.
#
# Before 8.1 QEMU's TCG can keep a stale translation of code that one CPU
# patches while another runs it: the guest dies of "Oops: int3" at a place
# where there is no int3 any more. The hook's coming and going is such a patch,
# so an older QEMU is replaced by the one from the suite's backports, unpacked
# into the cache. 10.0 does it too, but seldom (docs/testing.md). Before 9.1 an arm64
# machine has no second serial port.

qemu_version() # PROGRAM
{
	"$1" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'
}

qemu_new_enough() # PROGRAM
{
	local oldest=8.1

	[ "${1##*-}" != aarch64 ] || oldest=9.1
	[ "$(printf '%s\n' $oldest "$(qemu_version "$1")" |
		sort -V | head -n 1)" = $oldest ]
}

qemu_unpack() # DIR PACKAGE...
{
	local suite deb dir=$1

	shift
	suite=$(suite_own CODENAME)-backports
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new/debs"
	echo "# fetching QEMU from $suite" >&2
	(cd "$dir.new/debs" && suite_download "$suite" -t "$suite" "$@") || return 1
	for deb in "$dir.new"/debs/*.deb; do
		dpkg -x "$deb" "$dir.new" || return 1
	done
	rm -rf "$dir.new/debs"
	mv "$dir.new" "$dir"
}

# Sets the array qemu_command: program and where its firmware is.
qemu_find() # ARCH
{
	# shellcheck disable=SC2154 # kernels.sh has set it
	local dir=$kernels_cache/qemu package=qemu-system-x86 more=seabios

	qemu_command=(qemu-system-x86_64)
	if [ "$1" = arm64 ]; then
		dir=$dir-arm64 package=qemu-system-arm more=ipxe-qemu
		qemu_command=(qemu-system-aarch64)
	fi
	# Its libraries are those of the newer one too.
	need $package >&2
	! qemu_new_enough "${qemu_command[0]}" || return 0
	mkdir -p "$kernels_cache"
	(
		flock 9
		[ -d "$dir" ] || qemu_unpack "$dir" $package \
			qemu-system-common qemu-system-data $more
	) 9>"$kernels_cache/lock" || return 1
	qemu_command=("$dir/usr/bin/${qemu_command[0]}"
		-L "$dir/usr/share/qemu" -L "$dir/usr/share/seabios"
		-L "$dir/usr/lib/ipxe/qemu")
	qemu_new_enough "${qemu_command[0]}"
}
