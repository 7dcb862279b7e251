# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds the module and guest programs out of the tree, so that several
# kernels can be built for at once. Needs packages.sh, kernels.sh, suite.sh and
# chroot.sh.

build_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# With the compiler and the tools of the kernel's own suite.
build_kbuild() # RELEASE DIR [MAKE-VARIABLE...]
{
	local release=$1 dir=$2 root suite tools run=()

	shift 2
	root=$(kernel_root "$release")
	if [ -e "$root/suite" ]; then
		read -r suite tools <"$root/suite"
		# shellcheck disable=SC2086 # a list of names
		run=(chroot_enter "$(suite_chroot "$suite" make sparse $tools)"
			--bind "$root" --bind "$dir")
	fi
	"${run[@]}" make -s -j"$(nproc)" -C "$(kernel_headers "$release")" \
		M="$dir" "$@" modules
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

# Links a PID 1 program from its own sources and the base library.
guest_build() # OUTFILE SOURCE...
{
	local out=$1

	shift
	need gcc libc6-dev libkmod-dev >&2
	gcc -std=gnu11 -O2 -g -Wall -Wextra -Wno-missing-field-initializers \
		-Werror -D_GNU_SOURCE -pthread "-fmacro-prefix-map=$build_top/=" \
		-I "$build_top/test/guest" -I "$build_top/tools/load" -o "$out" \
		"$@" "$build_top"/test/guest/*.c "$build_top"/tools/load/*.c \
		-lkmod
}

# Leaves OUTDIR/kcompressdctl.
tool_build() # OUTDIR [MAKE-VARIABLE...]
{
	local out=$1

	shift
	need make gcc libc6-dev pkgconf libkmod-dev libncurses-dev \
		libjansson-dev zlib1g-dev >&2
	mkdir -p "$out"
	make -s -C "$build_top/tools" OUT="$(cd "$out" && pwd)" "$@"
}
