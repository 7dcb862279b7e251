# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which kernels are taken: what the header refuses to be built for, dkms must
# pass over. Only the header's conditions are looked at, so the kernel's own
# headers may be empty; who is refused has none of them, as an old kernel has not
# all. Needs packages.sh and tally.sh.

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

	mkdir -p "$1/linux" "$1/old/linux"
	sed -n 's|^#include <linux/\(.*\)>|\1|p' include/*.h |
		while read -r name; do
			: >"$1/linux/$name"
		done
	echo '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))' |
		tee "$1/old/linux/version.h" >"$1/linux/version.h"
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

# As dkms reads its configuration: fails where it passes the kernel over, else
# prints the options that it asks for.
versions_dkms() # ARCH MAJOR MINOR [HEADERS [REST-OF-RELEASE]]
(
	# It names variables of dkms.
	set +u
	arch=$1 kernelver=$2.$3${5-.0-1-none} kernel_source_dir=${4-}
	# shellcheck source=dkms.conf
	. ./dkms.conf
	[[ $arch =~ $BUILD_EXCLUSIVE_ARCH &&
	   $kernelver =~ $BUILD_EXCLUSIVE_KERNEL ]] || exit
	echo "$BUILD_EXCLUSIVE_CONFIG"
)

versions_agree() # DIR ARCH
{
	local major minor taken=0 rc=0

	while read -r major minor; do
		if versions_header "$1" "$2" "$major" "$minor" \
				-DCONFIG_DEBUG_INFO_BTF >/dev/null; then
			taken=$((taken + 1))
			# The first of a series may have no third number.
			versions_dkms "$2" "$major" "$minor" >/dev/null &&
				versions_dkms "$2" "$major" "$minor" '' +deb14-amd64 >/dev/null &&
				continue
			echo "$major.$minor is passed over by dkms.conf only"
		else
			versions_dkms "$2" "$major" "$minor" >/dev/null ||
				continue
			echo "$major.$minor is refused by the header only"
		fi
		rc=1
	done <<<"$versions_all"
	[ "$taken" -gt 1 ] || return 1
	return $rc
}

# The kernels that are taken are asked for the same options.
versions_options_agree() # DIR ARCH
{
	local major minor option options looked=0

	while read -r major minor; do
		options=$(versions_dkms "$2" "$major" "$minor") || continue
		for option in CONFIG_KPROBES CONFIG_KALLSYMS_ALL \
				CONFIG_DEBUG_INFO_BTF \
				CONFIG_DYNAMIC_FTRACE_WITH_REGS \
				CONFIG_DYNAMIC_FTRACE_WITH_ARGS; do
			looked=$((looked + 1))
			if versions_header "$1" "$2" "$major" "$minor" \
					-DCONFIG_DEBUG_INFO_BTF \
					"-U$option" >/dev/null; then
				[[ " $options " == *" $option "* ]] || continue
			else
				[[ " $options " != *" $option "* ]] || continue
			fi
			echo "$major.$minor: $option is asked for by one only"
			return 1
		done
	done <<<"$versions_all"
	[ "$looked" -gt 4 ]
}

# What may be on its way to the next series is asked for BTF, by both.
versions_unreleased() # DIR
{
	local major minor options
	local code=$1/headers/include/generated/uapi/linux/version.h

	mkdir -p "${code%/*}"
	while read -r major minor; do
		echo "#define LINUX_VERSION_CODE $(((major << 16) + (minor << 8)))" >"$code"
		options=$(versions_dkms x86_64 "$major" "$minor" "$1/headers")
		[[ $options == *CONFIG_DEBUG_INFO_BTF* ]] || {
			echo "$major.$minor.0: dkms.conf does not ask for it"
			return 1
		}
		! versions_header "$1" x86_64 "$major" "$minor" -ULINUX_VERSION_CODE \
			-DLINUX_VERSION_CODE=$(((major << 16) + (minor << 8))) || {
			echo "$major.$minor.0: the header does not ask for it"
			return 1
		}
		versions_header "$1" x86_64 "$major" "$minor" -ULINUX_VERSION_CODE \
			-DLINUX_VERSION_CODE=$(((major << 16) + (minor << 8))) \
			-DCONFIG_DEBUG_INFO_BTF || return
	done <<-END
		6 1
		6 12
		7 2
		7 3
	END
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

# dkms before 3.0.11 would call it an error.
versions_archs()
(
	set +u
	kernelver=6.12.0-1-none kernel_source_dir=
	for arch in x86_64 aarch64 i686; do
		# shellcheck source=dkms.conf
		. ./dkms.conf
		[ "$AUTOINSTALL" = "$([ $arch = i686 ] || echo yes)" ] || {
			echo "$arch: AUTOINSTALL=$AUTOINSTALL"
			return 1
		}
	done
)

versions_range_is_named() # DIR
{
	local said

	said=$(versions_header "$1/old" x86_64 5 4) && return 1
	head -n 1 <<<"$said" | grep 'error.*kcompressd supports Linux [0-9]' || {
		echo "$said"
		return 1
	}
}

# Up to these ftrace has a bug that the hook would bring out.
versions_early_are_refused() # DIR
{
	local major minor patch version said taken number
	local code=$1/headers/include/generated/uapi/linux/version.h

	mkdir -p "${code%/*}"
	while read -r major minor patch; do
		for version in "$patch" "$((patch + 1))"; do
			number=$(((major << 16) + (minor << 8) + version))
			echo "#define LINUX_VERSION_CODE $number" >"$code"
			taken=0
			versions_dkms x86_64 "$major" "$minor" "$1/headers" >/dev/null &&
				taken=1
			[ "$taken" -eq $((version > patch)) ] || {
				echo "$major.$minor.$version: dkms.conf does not agree"
				return 1
			}
			said=$(versions_header "$1" x86_64 "$major" "$minor" \
				-DCONFIG_DEBUG_INFO_BTF -ULINUX_VERSION_CODE \
				-DLINUX_VERSION_CODE=$number) &&
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

# Built in, that driver brings a function that is asked for by its name.
versions_namesake() # DIR
{
	local config=$1/headers/.config said=''

	mkdir -p "$1/headers"
	echo CONFIG_MLX5_CORE=m >"$config"
	versions_dkms x86_64 6 12 "$1/headers" >/dev/null ||
		said='passed over with it as a module'
	echo CONFIG_MLX5_CORE=y >"$config"
	! versions_dkms x86_64 6 12 "$1/headers" >/dev/null || said='taken with it built in'
	rm "$config"
	[ -z "$said" ] || {
		echo "$said"
		return 1
	}
}

# Refused by name, and not when somebody loads it.
versions_needs_are_named() # DIR
{
	local major minor option said

	while read -r major minor option; do
		said=$(versions_header "$1/old" x86_64 "$major" "$minor" \
			-UCONFIG_DYNAMIC_FTRACE_WITH_REGS "$option") && return 1
		head -n 1 <<<"$said" | grep "error.*${option#-?}" || {
			echo "$said"
			return 1
		}
	done <<-END
		6 12 -UCONFIG_KPROBES
		6 12 -UCONFIG_KALLSYMS_ALL
		6 12 -UCONFIG_DYNAMIC_FTRACE_WITH_ARGS
		6 6 -UCONFIG_DEBUG_INFO_BTF
		6 12 -DCONFIG_MLX5_CORE
	END
}

versions_run() # DIR
{
	need cpp
	versions_stubs "$1"
	tally_run 'the header and dkms.conf take the same kernels' \
		versions_agree "$1" x86_64
	tally_run 'the header and dkms.conf take the same arm64 kernels' \
		versions_agree "$1" aarch64
	tally_run 'the header and dkms.conf ask for the same options' \
		versions_options_agree "$1" x86_64
	tally_run 'the header and dkms.conf ask arm64 for the same options' \
		versions_options_agree "$1" aarch64
	tally_run 'without BTF no kernel between two series is taken' \
		versions_unreleased "$1"
	tally_run 'without BTF only tested kernels are taken' \
		versions_untested "$1" x86_64
	tally_run 'without BTF no arm64 kernel is taken' \
		versions_untested "$1" aarch64
	tally_run 'kernels with a bug in ftrace are refused' \
		versions_early_are_refused "$1"
	tally_run 'dkms passes over who has a second reclaim_pages()' versions_namesake "$1"
	tally_run 'dkms installs for no other architecture by itself' versions_archs
	tally_run 'what a kernel lacks is named' \
		versions_needs_are_named "$1"
	tally_run 'others are told what is supported' \
		versions_range_is_named "$1"
}
