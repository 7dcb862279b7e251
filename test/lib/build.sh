# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds the module and guest programs out of the tree, so that several
# kernels can be built for at once. Needs packages.sh, kernels.sh, suite.sh and
# chroot.sh.

build_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# With the compiler and the tools of the kernel's own suite, and what dkms brings.
build_kbuild() # RELEASE DIR [MAKE-VARIABLE...]
{
	local release=$1 dir=$2 root suite tools run=() toolchain=''

	shift 2
	root=$(kernel_root "$release")
	[ ! -e "$root/toolchain" ] || read -r toolchain <"$root/toolchain"
	if [ -e "$root/suite" ]; then
		read -r suite tools <"$root/suite"
		# shellcheck disable=SC2086 # a list of names
		run=(chroot_enter "$(suite_chroot "$suite" make sparse gcc libc6-dev $tools)"
			--bind "$root" --bind "$dir")
	fi
	"${run[@]}" make -s -j"$(nproc)" -C "$(kernel_headers "$release")" \
		M="$dir" ${toolchain:+"$toolchain"} "$@" modules
}

# What Kbuild needs of the tree.
module_copy() # OUTDIR
{
	cp -r "$build_top/Kbuild" "$build_top/module" "$build_top/include" \
		"$build_top/proof" "$1/"
}

# Leaves OUTDIR/kcompressd.ko.
module_build() # RELEASE OUTDIR [MAKE-VARIABLE...]
{
	local release=$1 out=$2

	shift 2
	mkdir -p "$out"
	module_copy "$out"
	build_kbuild "$release" "$(cd "$out" && pwd)" "$@"
}

# What kcompressdctl is linked with, and with libbpf-dev all of a guest's programs.
build_libraries=(libc6-dev libkmod-dev libncurses-dev libjansson-dev zlib1g-dev)

# The root that holds programs and libraries of a guest's architecture.
build_sysroot() # ARCH
{
	local suite

	if [ "$1" = amd64 ]; then
		echo /
		return
	fi
	suite=$(suite_own CODENAME):$1
	suite_chroot "$suite" make pkgconf gcc-aarch64-linux-gnu \
		"${build_libraries[@]/%/:$1}" "libbpf-dev:$1" "e2fsprogs:$1"
}

# Runs a command where programs for ARCH are built.
build_for() # ARCH OUTDIR COMMAND...
{
	local root

	if [ "$1" = amd64 ]; then
		"${@:3}"
		return
	fi
	root=$(build_sysroot "$1") || return
	chroot_enter "$root" --bind "$build_top" --bind "$2" "${@:3}"
}

# Links a PID 1 program from its own sources and the base library.
guest_build() # ARCH OUTFILE SOURCE...
{
	local arch=$1 out=$2 cc=gcc

	shift 2
	if [ "$arch" = amd64 ]; then
		need gcc libc6-dev libkmod-dev >&2 || return
	else
		cc=aarch64-linux-gnu-gcc
	fi
	build_for "$arch" "${out%/*}" \
		$cc -std=gnu11 -O2 -g -Wall -Wextra \
		-Wno-missing-field-initializers \
		-Werror -D_GNU_SOURCE -pthread "-fmacro-prefix-map=$build_top/=" \
		-I "$build_top/test/guest" -I "$build_top/tools/load" -o "$out" \
		"$@" "$build_top"/test/guest/*.c "$build_top"/tools/load/*.c \
		-lkmod
}

# Leaves OUTDIR/kcompressdctl.
tool_build() # ARCH OUTDIR [MAKE-VARIABLE...]
{
	local arch=$1 out=$2 cross=()

	shift 2
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	if [ "$arch" = amd64 ]; then
		need make gcc pkgconf "${build_libraries[@]}" >&2 || return
	else
		cross=(CC=aarch64-linux-gnu-gcc
			"PKG_CONFIG=env PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig pkg-config")
	fi
	build_for "$arch" "$out" \
		make -s -C "$build_top/tools" OUT="$out" "${cross[@]}" "$@"
}
