# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Roots of other suites, to build with the tools that a kernel was built with.
# They stay in the cache. Needs packages.sh, kernels.sh and suite.sh.

# Of backports and experimental apt takes nothing unless told to. Some suites
# have one name as archive and another as codename.
chroot_prefer() # SUITE
{
	printf 'Package: linux-*\nPin: release %s\nPin-Priority: 990\n\n' \
		"a=${1%:*}" "n=${1%:*}"
}

chroot_make() # SUITE DIR
{
	local suite=$1 dir=$2 base arch options

	need mmdebstrap debian-archive-keyring >&2 || return 1
	rm -rf "$dir" "$dir.new"
	mkdir -p "${dir%/*}"
	echo "# making a root of $suite" >&2
	base=$(suite_base "$suite")
	arch=$(suite_arch "$suite")
	mapfile -t options < <(suite_options)
	suite_sources "$suite" | mmdebstrap --quiet --mode=root \
		--variant=apt "${options[@]/#/--aptopt=}" \
		"--architectures=$(dpkg --print-architecture)${arch:+,$arch}" \
		"$base" "$dir.new" - >&2 || return 1
	[ "$base" = "${suite%:*}" ] || chroot_prefer "$suite" \
		>"$dir.new/etc/apt/preferences.d/kernel"
	mv "$dir.new" "$dir"
}

chroot_apt() # DIR ARGUMENT...
{
	DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		chroot_enter "$1" apt-get -qq -y -o Dpkg::Use-Pty=0 \
		--no-install-recommends "${@:2}" >/dev/null </dev/null
}

chroot_install() # DIR PACKAGE...
{
	local dir=$1 missing

	shift
	missing=$(packages_missing --admindir "$dir/var/lib/dpkg" "$@" |
		tr '\n' ' ')
	[ -n "$missing" ] || return 0
	echo "# installing $missing into $dir" >&2
	# The lists may be older than what the mirror has.
	# shellcheck disable=SC2086 # a list of names
	chroot_apt "$dir" install $missing 2>/dev/null || {
		chroot_apt "$dir" update
		chroot_apt "$dir" install $missing
	}
}

# The root of a suite with these packages; made or completed if need be. Prints
# its directory. SUITE may be backports of one, or experimental: linux packages
# come from that, all else from what is below. Programs are the machine's own,
# of SUITE:ARCH there are packages beside them (PACKAGE:ARCH).
suite_chroot() # SUITE [PACKAGE...]
{
	# shellcheck disable=SC2154 # kernels.sh has set it
	local suite=$1 dir=$kernels_cache/chroot/${1/:/-}

	shift
	if [ "$(id -u)" -ne 0 ]; then
		echo "only root can make a root of $suite" >&2
		return 1
	fi
	mkdir -p "$kernels_cache/chroot"
	(
		flock 9
		[ -d "$dir" ] || chroot_make "$suite" "$dir" || exit 1
		chroot_install "$dir" "$@"
	) 9>"$dir.lock" || return 1
	echo "$dir"
}

# Runs a command in such a directory. BIND: a directory that is to be seen
# there too, under the same path. What is mounted goes with the command.
chroot_enter() # DIR [--bind BIND]... COMMAND [ARGUMENT...]
{
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -eu -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/tmp"
		while [ "$1" = --bind ]; do
			mkdir -p "$root$2"
			mount --bind "$2" "$root$2"
			shift 2
		done
		exec chroot "$root" "$@"' sh "$@"
}
