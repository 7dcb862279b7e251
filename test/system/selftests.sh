# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The kernel's own tests of mm, cgroups and zram, from the distribution's source.
# Needs packages.sh, kernels.sh, suite.sh, chroot.sh and source.sh.

selftests_recipe=${BASH_SOURCE[0]}

# What building them takes of the source.
selftests_parts="tools/testing/selftests tools/include tools/lib tools/arch
	tools/scripts include/vdso lib/test_hmm_uapi.h mm/gup_test.h"

# Not all of them build in each version, so make goes on; one that the guest runs
# and that is missing is a failure there. Static, so that the image needs no
# library for them.
selftests_make() # SOURCE SUITE
{
	local root group

	root=$(suite_chroot "$2" build-essential libcap-dev libnuma-dev \
		liburing-dev linux-libc-dev) || return
	for group in mm cgroup zram; do
		chroot_enter "$root" --bind "$1" make -k \
			-C "$1/tools/testing/selftests/$group" KHDR_INCLUDES= \
			LDFLAGS=-static || true
	done
}

# Those of a suite's kernel, in the cache; prints the directory.
selftests_need() # SUITE
{
	local package version dir

	package=$(kernels_depends "$1" linux-source)
	if [ -z "$package" ]; then
		echo "$1 has no linux-source" >&2
		return 1
	fi
	version=$(source_version "$1" "$package")
	dir=$kernels_cache/selftests-$version-$(sha256sum <"$selftests_recipe" |
		cut -c 1-8)
	(
		flock 9
		[ ! -e "$dir/stamp" ] || exit 0
		rm -rf "$kernels_cache"/selftests-*
		# shellcheck disable=SC2086 # a list of paths
		source_unpack "$1" "$package" "$dir" $selftests_parts &&
			selftests_make "$dir" "$1" >"$dir/log" 2>&1 &&
			[ -x "$dir/tools/testing/selftests/cgroup/test_zswap" ] &&
			touch "$dir/stamp"
	) 9>"$kernels_cache/lock-selftests" >&2 || {
		echo "the selftests of $package were not built" >&2
		return 1
	}
	echo "$dir/tools/testing/selftests"
}
