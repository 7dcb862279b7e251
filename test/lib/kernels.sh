# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels to build for and to boot: the distribution's packages, unpacked into
# a cache without installing them. Needs packages.sh.

kernels_cache=${KCOMPRESSD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kcompressd}

# Packages that a package depends on, alternatives left out.
kernels_depends() # PACKAGE...
{
	apt-cache depends "$@" 2>/dev/null | sed -n 's/^  Depends: //p' |
		grep -v '^<' | sort -u
}

# The real package behind a metapackage: linux-image-amd64 depends on the
# newest linux-image-RELEASE of its suite.
kernels_resolve() # METAPACKAGE
{
	kernels_depends "$1" | grep '^linux-\(image\|headers\)-[0-9]'
}

# Releases on offer, oldest first, as "RELEASE METAPACKAGE-SUFFIX".
kernels_offered()
{
	local meta

	apt-cache pkgnames linux-image- |
		grep -E '^linux-image-([0-9.]+-)?amd64$' |
		while read -r meta; do
			echo "$(kernels_resolve "$meta" |
				sed 's/^linux-image-//')" \
				"${meta#linux-image-}"
		done | sed '/^ /d' | sort -V
}

# Picks the metapackages' suffix for a wanted version: "6.1", "6.12", "newest".
kernels_pick() # WANTED
{
	case $1 in
	newest) kernels_offered | tail -n 1 ;;
	*) kernels_offered | grep "^${1//./\\.}[.-]" | tail -n 1 ;;
	esac
}

# Kernel packages that building and booting take.
kernels_packages() # SUFFIX
{
	local image headers

	image=$(kernels_resolve "linux-image-$1")
	headers=$(kernels_resolve "linux-headers-$1")
	{
		echo "$image"
		echo "$headers"
		kernels_depends "$headers" |
			grep '^linux-\(headers\|kbuild\|compiler\)-'
	} | sort -u
}

# What the packages' tools need of the system: compiler, libraries.
kernels_tools() # PACKAGE...
{
	kernels_depends "$@" | grep -v -e '^linux-' -e '^kmod$' -e '|'
}

# The unpacked headers name their other parts by absolute paths.
kernels_relocate() # ROOT RELEASE
{
	local link target

	sed -i "s|^include /usr/src/|include $1/usr/src/|" \
		"$1/usr/src/linux-headers-$2/Makefile"
	for link in build source; do
		target=$(readlink "$1/lib/modules/$2/$link") || continue
		ln -sfn "$1$target" "$1/lib/modules/$2/$link"
	done
}

kernels_unpack() # ROOT RELEASE PACKAGE...
{
	local root=$1 release=$2 debs=$1/debs deb

	shift 2
	rm -rf "$root"
	mkdir -p "$debs"
	# The sandbox user of apt may not enter a home directory.
	(cd "$debs" && apt-get -qq -o APT::Sandbox::User=root \
		download "$@" >&2) || return 1
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$root" || return 1
	done
	rm -rf "$debs"
	kernels_relocate "$root" "$release"
	depmod -b "$root" "$release"
}

kernels_fetch_locked() # WANTED
{
	local picked release packages root stamp

	picked=$(kernels_pick "$1")
	if [ -z "$picked" ] && [ "$(id -u)" -eq 0 ]; then
		apt-get update -qq >&2
		picked=$(kernels_pick "$1")
	fi
	if [ -z "$picked" ]; then
		echo "no package offers kernel $1" >&2
		return 1
	fi
	release=${picked% *}
	# shellcheck disable=SC2046 # lists of names
	packages=$(kernels_packages "${picked#* }" | tr '\n' ' ')
	# shellcheck disable=SC2046,SC2086
	need kmod $(kernels_tools $packages) >&2 || return 1
	root=$kernels_cache/$release
	# shellcheck disable=SC2086
	stamp=$(echo "$root"; apt-cache show --no-all-versions $packages |
		sed -n '/^\(Package\|Version\):/p')
	if [ "$(cat "$root/stamp" 2>/dev/null)" != "$stamp" ]; then
		echo "# fetching kernel $release" >&2
		# shellcheck disable=SC2086
		kernels_unpack "$root" "$release" $packages || return 1
		echo "$stamp" >"$root/stamp"
	fi
	echo "$release"
}

# Fetches a kernel unless the cache holds it; prints its release. Asking apt
# takes seconds, so the answer is kept until apt's lists change.
kernel_fetch() # 6.1|6.12|newest
{
	mkdir -p "$kernels_cache"
	(
		flock 9
		lists=$(stat -c '%Y' /var/lib/apt/lists /var/lib/dpkg/status)
		answer=$kernels_cache/answer-$1
		if [ "$(sed 1d "$answer" 2>/dev/null)" != "$lists" ] ||
			[ ! -e "$kernels_cache/$(head -n 1 "$answer")/stamp" ]; then
			release=$(kernels_fetch_locked "$1") || exit 1
			printf '%s\n' "$release" "$lists" >"$answer"
		fi
		head -n 1 "$answer"
	) 9>"$kernels_cache/lock"
}

kernel_root() # RELEASE
{
	echo "$kernels_cache/$1"
}

kernel_image() # RELEASE
{
	echo "$kernels_cache/$1/boot/vmlinuz-$1"
}

kernel_modules() # RELEASE
{
	echo "$kernels_cache/$1/lib/modules/$1"
}

kernel_headers() # RELEASE
{
	echo "$kernels_cache/$1/usr/src/linux-headers-$1"
}
