# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which kernels are taken: what the header refuses to be built for, dkms must
# pass over. Only the header's conditions are looked at, so the kernel's own
# headers may be empty. Needs packages.sh and tally.sh.

versions_all=$(
	for minor in $(seq 4 19); do
		echo "5 $minor"
	done
	for minor in $(seq 0 19); do
		echo "6 $minor"
	done
	for minor in $(seq 0 9); do
		echo "7 $minor"
	done
)

versions_stubs() # DIR
{
	local name

	mkdir -p "$1/linux"
	sed -n 's|^#include <linux/\(.*\)>|\1|p' include/*.h |
		while read -r name; do
			: >"$1/linux/$name"
		done
	echo '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))' \
		>"$1/linux/version.h"
}

# What the compiler says of the header on such a kernel.
versions_header() # DIR ARCH MAJOR MINOR OPTION...
{
	local dir=$1 config=CONFIG_X86_64

	[ "$2" = x86_64 ] || config=CONFIG_ARM64
	shift 2
	cpp -nostdinc -I "$dir" -D$config \
		-DCONFIG_DYNAMIC_FTRACE_WITH_REGS \
		-DCONFIG_DYNAMIC_FTRACE_WITH_ARGS \
		-DCONFIG_KPROBES -DCONFIG_KALLSYMS_ALL \
		-DLINUX_VERSION_CODE="(($1 << 16) + ($2 << 8) + 200)" \
		"${@:3}" -o /dev/null include/kcompressd_kernel.h 2>&1
}

# As dkms reads its configuration.
versions_dkms() # ARCH MAJOR MINOR
(
	# It names variables of dkms.
	set +u
	arch=$1
	# shellcheck source=dkms.conf
	. ./dkms.conf
	[[ $arch =~ $BUILD_EXCLUSIVE_ARCH &&
	   $2.$3.0-1-amd64 =~ $BUILD_EXCLUSIVE_KERNEL ]]
)

versions_agree() # DIR ARCH
{
	local major minor taken=0 rc=0

	while read -r major minor; do
		if versions_header "$1" "$2" "$major" "$minor" \
				-DCONFIG_DEBUG_INFO_BTF >/dev/null; then
			taken=$((taken + 1))
			versions_dkms "$2" "$major" "$minor" && continue
			echo "$major.$minor is passed over by dkms.conf only"
		else
			versions_dkms "$2" "$major" "$minor" || continue
			echo "$major.$minor is refused by the header only"
		fi
		rc=1
	done <<<"$versions_all"
	[ "$taken" -gt 1 ] || return 1
	return $rc
}

# Without BTF nothing is taken that was not tested: so far none of arm64.
versions_untested() # DIR ARCH
{
	local tested='' major minor taken

	[ "$2" != x86_64 ] || tested=$(sed -n '/^#define KCD_KERNEL_TESTED/,/[^\\]$/{p; /[^\\]$/q}' \
			include/kcompressd_kernel.h |
		grep -o 'KCD_LINUX([0-9]*, [0-9]*)' | tr -dc '0-9 \n')
	taken=$(while read -r major minor; do
		versions_header "$1" "$2" "$major" "$minor" >/dev/null &&
			echo "$major $minor"
	done <<<"$versions_all")
	[ -n "$tested" ] || [ "$2" != x86_64 ] || return
	diff <(echo "$tested") <(echo "$taken")
}

versions_range_is_named() # DIR
{
	local said

	said=$(versions_header "$1" x86_64 5 4 -DCONFIG_DEBUG_INFO_BTF) && return 1
	grep -q 'error.*kcompressd supports Linux [0-9]' <<<"$said" || {
		echo "$said"
		return 1
	}
}

# Up to these ftrace has a bug that the hook would bring out.
versions_early_are_refused() # DIR
{
	local major minor patch version said

	while read -r major minor patch; do
		for version in "$patch" "$((patch + 1))"; do
			said=$(versions_header "$1" x86_64 "$major" "$minor" \
				-DCONFIG_DEBUG_INFO_BTF -ULINUX_VERSION_CODE \
				-DLINUX_VERSION_CODE="(($major << 16) + ($minor << 8) + $version)") &&
				[ "$version" -gt "$patch" ] && continue
			[ "$version" -eq "$patch" ] &&
				grep -q "error.* $major\.$minor\.$((patch + 1))[, ].*or later" <<<"$said" &&
				continue
			echo "$major.$minor.$version: ${said:-taken}"
			return 1
		done
	done <<-END
		5 10 120
		5 15 45
		5 17 13
		5 18 2
	END
}

# Refused by name, and not when somebody loads it.
versions_needs_are_named() # DIR
{
	local option said

	for option in CONFIG_KPROBES CONFIG_KALLSYMS_ALL; do
		said=$(versions_header "$1" x86_64 6 12 "-U$option") && return 1
		grep -q "error.*$option" <<<"$said" || {
			echo "$said"
			return 1
		}
	done
}

versions_run() # DIR
{
	need cpp
	versions_stubs "$1"
	tally_run 'the header and dkms.conf take the same kernels' \
		versions_agree "$1" x86_64
	tally_run 'the header and dkms.conf take the same arm64 kernels' \
		versions_agree "$1" aarch64
	tally_run 'without BTF only tested kernels are taken' \
		versions_untested "$1" x86_64
	tally_run 'without BTF no arm64 kernel is taken' \
		versions_untested "$1" aarch64
	tally_run 'kernels with a bug in ftrace are refused' \
		versions_early_are_refused "$1"
	tally_run 'what a kernel lacks is named' \
		versions_needs_are_named "$1"
	tally_run 'others are told what is supported' \
		versions_range_is_named "$1"
}
