# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels to build for and to boot: the distribution's packages, unpacked into
# a cache without installing them. Needs packages.sh and suite.sh.

kernels_cache=${KCOMPRESSD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kcompressd}

# A kernel is wanted as VERSION[-FLAVOUR][-trixie][-arm64]: 6.12, 6.12-rt,
# 7.2-cloud, 6.12-arm64. For x86-64 if nothing is said, and from where it is found
# first.

# Those that "make check-all" does, one of them built here (test/debug).
# shellcheck disable=SC2034 # for who sources this
kernels_all=(5.10 6.1 6.1-cloud 6.1-rt 6.12 6.12-cloud 6.12-rt 6.12-clang
	6.12-trixie 7.2 7.2-cloud 7.2-rt 7.3 6.12-arm64 7.2-arm64)

# Those that "make check-debug" does, all built here.
# shellcheck disable=SC2034 # for who sources this
kernels_debug=(6.12-debug 7.2-debug 6.12-kcsan 7.2-kcsan)

# The architecture of a wanted kernel, or of a release.
kernel_arch() # WANTED|RELEASE
{
	case $1 in
	*-arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# The suites that may have a kernel, the likeliest first: what is new moves from
# one to the next.
kernels_suites() # WANTED
{
	case $1 in
	5.10*) echo bullseye ;;
	*-trixie-arm64) echo trixie:arm64 ;;
	7.*-arm64) echo trixie-backports:arm64 sid:arm64 experimental:arm64 ;;
	7.*) echo trixie-backports sid experimental ;;
	*-trixie) echo trixie ;;
	6.*-arm64) echo bookworm:arm64 ;;
	6.*) echo bookworm ;;
	*) suite_own CODENAME ;;
	esac
}

# Packages that a package depends on, alternatives left out.
kernels_depends() # SUITE PACKAGE...
{
	suite_apt "$1" apt-cache depends "${@:2}" 2>/dev/null |
		sed -n 's/^  Depends: //p' | grep -v '^<' | sort -u
}

# Releases that a suite has. What has been replaced stays for a while, but
# metapackages name the newest only; they depend on no common part.
kernels_offered() # SUITE
{
	local names arch

	arch=$(suite_arch "$1")
	names=$(suite_apt "$1" apt-cache pkgnames linux- |
		sed -n "s/^linux-\(headers\|image\)-\([0-9].*-${arch:-amd64}\)$/\2/p" |
		sort | uniq -d | sed 's/^/linux-headers-/')
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086 # a list of names
	suite_apt "$1" apt-cache depends $names | awk '
		/^linux-headers-/ { release = substr($1, 15) }
		/^  Depends: linux-headers-.*-common/ { print release }'
}

# Of the releases on standard input the newest of a wanted kernel, or of all that
# have no flavour.
kernels_newest() # WANTED|newest
{
	local version=${1%%-*} flavour pattern

	flavour=${1#"$version"}
	flavour=${flavour%-arm64}
	flavour=${flavour%-trixie}-$(kernel_arch "$1")
	pattern=${version//./\\.}
	[ "$version" != newest ] || pattern='[0-9]+\.[0-9]+'
	grep -E "^$pattern([.+][^-]*)?(-[0-9][^-]*)*$flavour$" |
		sort -V | tail -n 1
}

# Finds a wanted kernel: "SUITE RELEASE".
kernels_place() # WANTED
{
	local suite release

	for suite in $(kernels_suites "$1"); do
		release=$(kernels_offered "$suite" | kernels_newest "$1")
		if [ -n "$release" ]; then
			echo "$suite $release"
			return
		fi
	done
}

# Kernel packages that building and booting take. Newer images are in parts. The
# tools of another architecture's are those that run here.
kernels_packages() # SUITE RELEASE
{
	local here=

	[ -z "$(suite_arch "$1")" ] || here=:$(dpkg --print-architecture)
	{
		echo "linux-image-$2"
		echo "linux-headers-$2"
		kernels_depends "$1" "linux-image-$2" "linux-headers-$2" |
			grep -E '^linux-(base|binary|modules|headers|kbuild|compiler)-'
	} | sed "s/^linux-kbuild-.*/&$here/" | sort -u
}

# What the packages' tools need of the system: compiler, libraries. For another
# architecture its cross compiler, and one for the programs of Kbuild.
kernels_tools() # SUITE PACKAGE...
{
	local cross=

	[ "$(suite_arch "$1")" != arm64 ] ||
		cross='s/^(gcc-[0-9]+)(-for-host)?$/\1-aarch64-linux-gnu gcc libc6-dev/'
	kernels_depends "$@" | grep -v -e '^linux-' -e '^kmod$' -e '|' |
		sed -E "$cross; s/:[a-z0-9]+$//"
}

# The unpacked headers name their other parts by absolute paths.
kernels_relocate() # ROOT RELEASE
{
	local link target

	# Packages of suites without /lib of their own.
	[ -e "$1/lib" ] || ln -s usr/lib "$1/lib"
	sed -i "s|\([= ]\)/usr/src/|\1$1/usr/src/|" \
		"$1/usr/src/linux-headers-$2/Makefile"
	for link in build source; do
		target=$(readlink "$1/lib/modules/$2/$link") || continue
		[ "${target#/}" = "$target" ] ||
			ln -sfn "$1$target" "$1/lib/modules/$2/$link"
	done
}

kernels_unpack() # SUITE ROOT RELEASE PACKAGE...
{
	local suite=$1 root=$2 release=$3 debs=$2/debs deb

	shift 3
	rm -rf "$root"
	mkdir -p "$debs"
	(cd "$debs" && suite_download "$suite" "$@") || return 1
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$root" || return 1
	done
	rm -rf "$debs"
	kernels_relocate "$root" "$release"
	depmod -b "$root" "$release"
}

# Releases in the cache, of the suites that a wanted kernel may come from.
kernels_cached() # WANTED
{
	local suites stamp suite root

	suites=$(kernels_suites "$1")
	for stamp in "$kernels_cache"/*/stamp; do
		root=${stamp%/stamp}
		suite=$(suite_own CODENAME)
		[ ! -e "$root/suite" ] || read -r suite _ <"$root/suite"
		[[ " $suites " != *" $suite "* ]] || echo "${root##*/}"
	done
}

# Leaves in ROOT/suite what building takes, if it is not the machine's own.
kernels_fetch_once() # WANTED
{
	local place suite release packages tools root stamp

	place=$(kernels_place "$1")
	[ -n "$place" ] || return 1
	read -r suite release <<<"$place"
	packages=$(kernels_packages "$suite" "$release" | tr '\n' ' ')
	# shellcheck disable=SC2086 # a list of names
	tools=$(kernels_tools "$suite" $packages | tr '\n' ' ')
	need kmod >&2 || return 1
	# shellcheck disable=SC2086
	[ "$suite" != "$(suite_own CODENAME)" ] || need $tools >&2 || return 1
	root=$kernels_cache/$release
	# shellcheck disable=SC2086
	stamp=$(echo "$root"
		suite_apt "$suite" apt-cache show --no-all-versions $packages |
		sed -n '/^\(Package\|Version\):/p')
	if [ "$(cat "$root/stamp" 2>/dev/null)" != "$stamp" ]; then
		echo "# fetching kernel $release" >&2
		# shellcheck disable=SC2086
		kernels_unpack "$suite" "$root" "$release" $packages || return 1
		[ "$suite" = "$(suite_own CODENAME)" ] ||
			echo "$suite $tools" >"$root/suite"
		echo "$stamp" >"$root/stamp"
	fi
	echo "$release"
}

kernels_fetch_locked() # WANTED
{
	! kernels_fetch_once "$1" || return 0
	# With the lists that the first has brought: a newer one perhaps.
	[ "$(id -u)" -eq 0 ] || return
	packages_alone apt-get update -qq >&2
	kernels_fetch_once "$1"
}

# Fetches a kernel unless the cache holds it; prints its release. Asking apt
# takes seconds, so the answer is kept until apt's lists change.
kernel_fetch() # WANTED|newest|VERSION-debug|VERSION-kcsan|VERSION-clang
{
	case $1 in
	*-debug | *-kcsan | *-clang)
		"${BASH_SOURCE[0]%/*}/../debug/build" "$1"
		return ;;
	esac
	mkdir -p "$kernels_cache"
	(
		flock 9
		lists=$(stat -c '%Y' /var/lib/apt/lists /var/lib/dpkg/status)
		answer=$kernels_cache/answer-$1
		if [ "$(sed 1d "$answer" 2>/dev/null)" != "$lists" ] ||
			[ ! -e "$kernels_cache/$(head -n 1 "$answer")/stamp" ]; then
			if ! release=$(kernels_fetch_locked "$1"); then
				echo "kernel $1 is not to be had" >&2
				# The mirror forgets; the cache has it perhaps.
				kernels_cached "$1" | kernels_newest "$1" | grep .
				exit
			fi
			printf '%s\n' "$release" "$lists" >"$answer"
		fi
		head -n 1 "$answer"
	) 9>"$kernels_cache/lock"
}

# The one of 7.x that "make check" takes: the oldest that the first suite still has. From
# another it would come with another compiler.
kernels_new()
{
	local offered wanted

	mkdir -p "$kernels_cache"
	offered=$({
		flock 9
		kernels_offered trixie-backports
	} 9>"$kernels_cache/lock") || true
	for wanted in 7.2 7.3 none; do
		! kernels_newest $wanted <<<"$offered" | grep -q . || break
	done
	# If it has none, elsewhere.
	echo "${wanted/none/7.2}"
}

kernel_root() # RELEASE
{
	echo "$kernels_cache/$1"
}

kernel_image() # RELEASE
{
	local image

	for image in boot/vmlinuz-"$1" "lib/modules/$1/vmlinuz"; do
		[ ! -e "$kernels_cache/$1/$image" ] ||
			echo "$kernels_cache/$1/$image"
	done
}

kernel_modules() # RELEASE
{
	echo "$kernels_cache/$1/lib/modules/$1"
}

kernel_headers() # RELEASE
{
	echo "$kernels_cache/$1/usr/src/linux-headers-$1"
}
