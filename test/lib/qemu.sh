# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The emulator. Needs packages.sh, kernels.sh and suite.sh.
#
# Before 8.1 QEMU's TCG can keep a stale translation of code that one CPU
# patches while another runs it: the guest dies of "Oops: int3" at a place
# where there is no int3 any more. The hook's coming and going is such a patch,
# so an older QEMU is replaced by the one from the suite's backports, unpacked
# into the cache.

qemu_oldest=8.1

qemu_version() # PROGRAM
{
	"$1" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'
}

qemu_new_enough() # PROGRAM
{
	[ "$(printf '%s\n' "$qemu_oldest" "$(qemu_version "$1")" |
		sort -V | head -n 1)" = "$qemu_oldest" ]
}

qemu_unpack() # DIR
{
	local suite deb

	suite=$(suite_own CODENAME)-backports
	rm -rf "$1" "$1.new"
	mkdir -p "$1.new/debs"
	echo "# fetching QEMU from $suite" >&2
	(cd "$1.new/debs" && suite_apt "$suite" apt-get -t "$suite" download \
		qemu-system-x86 qemu-system-common qemu-system-data seabios \
		>&2) || return 1
	for deb in "$1.new"/debs/*.deb; do
		dpkg -x "$deb" "$1.new" || return 1
	done
	rm -rf "$1.new/debs"
	mv "$1.new" "$1"
}

# Sets the array qemu_command: program and where its firmware is.
qemu_find()
{
	# shellcheck disable=SC2154 # kernels.sh has set it
	local dir=$kernels_cache/qemu

	# Its libraries are those of the newer one too.
	need qemu-system-x86 >&2
	qemu_command=(qemu-system-x86_64)
	! qemu_new_enough qemu-system-x86_64 || return 0
	mkdir -p "$kernels_cache"
	(
		flock 9
		[ -d "$dir" ] || qemu_unpack "$dir"
	) 9>"$kernels_cache/lock" || return 1
	qemu_command=("$dir/usr/bin/qemu-system-x86_64"
		-L "$dir/usr/share/qemu" -L "$dir/usr/share/seabios")
	qemu_new_enough "${qemu_command[0]}"
}
