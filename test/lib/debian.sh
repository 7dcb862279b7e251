# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The Debian packages: building them in the root of a suite, with all that is
# written there in a layer above, so that the root stays as it was. Needs
# packages.sh, kernels.sh, suite.sh and chroot.sh, root, and a mount namespace of
# one's own (debian_unshare).

debian_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # for those who use this
debian_version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$debian_top/dkms.conf")

# Starts the script again where nobody else sees what it mounts, with $work on a
# file system that goes with it.
debian_unshare() # SCRIPT [ARGUMENT...]
{
	if [ "${DEBIAN_UNSHARED-}" != yes ]; then
		DEBIAN_UNSHARED=yes exec unshare --mount "$@"
	fi
	work=$(mktemp -d)
	trap 'umount -l "$work"; rmdir "$work"' EXIT
	mount -t tmpfs tmpfs "$work"
}

# What building takes, beside the packages that every builder has.
debian_build_depends()
{
	sed -n '/^Build-Depends:/,/^$/p' "$debian_top/debian/control" |
		sed 's/^Build-Depends://; s/(.*)//; s/-compat//' | tr -d ', '
}

# Sets $root: the suite's root with these packages and those that building and
# DKMS take, and a layer to write to.
debian_root() # SUITE [PACKAGE...]
{
	local below dir=$work/$1

	# shellcheck disable=SC2046 # a list of names
	below=$(suite_chroot "$1" build-essential fakeroot kmod \
		linux-headers-amd64 $(debian_build_depends) "${@:2}") || return
	root=$dir/root
	mkdir -p "$dir/upper" "$dir/work" "$root"
	mount -t overlay -o \
		"lowerdir=$below,upperdir=$dir/upper,workdir=$dir/work" \
		overlay "$root"
	mkdir "$root/build"
}

# The source as a release has it, with another version if one is given.
debian_source() # DIR [VERSION]
{
	mkdir -p "$1"
	cp -r "$debian_top"/{Kbuild,LICENSE,Makefile,README.md,debian} \
		"$debian_top"/{dkms.conf,docs,include,module,proof,tools} "$1/"
	find "$1" -name '*.o' -delete
	[ $# -gt 1 ] || return 0
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$2\"/" "$1/dkms.conf"
	sed -i "s/^MODULE_VERSION(.*/MODULE_VERSION(\"$2\");/" "$1/module/main.c"
	sed -i "1s/(.*)/($2)/" "$1/debian/changelog"
}

debian_inside() # COMMAND...
{
	LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot_enter "$root" "$@"
}

# Leaves the packages of /build/NAME/src in /build/NAME.
# shellcheck disable=SC2016 # for the inner shell
debian_build() # NAME
{
	debian_inside sh -euc 'cd "$1" && dpkg-buildpackage -us -uc' \
		sh "/build/$1/src"
}

# Configuration that the user has changed stays.
# shellcheck disable=SC2016 # for the inner shell
debian_install() # NAME
{
	debian_inside sh -euc 'apt-get -y -q --no-install-recommends \
		-o Dpkg::Options::=--force-confold install \
		/build/$1/kcompressd-dkms_*.deb /build/$1/kcompressd-tools_[0-9]*.deb' \
		sh "$1"
}
