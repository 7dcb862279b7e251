# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Reads the matrix, and knows whose results still hold. Needs packages.sh,
# kernels.sh and suite.sh.

matrix_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
matrix_top=$(cd "$matrix_here/../.." && pwd)

# One a line, in the order of the matrix.
matrix_names()
{
	sed -n '/^[^#]/s/ \+/_/gp' "$matrix_here/matrix"
}

# Sets and exports what test/rig/run wants to know.
matrix_parse() # NAME
{
	IFS=_ read -r KERNEL CPUS SWAP ALGO LOAD PAGES ACTIVE DEPTHS WRITERS OFF \
		<<<"$1"
	DEPTHS=${DEPTHS//,/ } WRITERS=${WRITERS//,/ }
	COUNTED=no
	! matrix_counted "$1" || COUNTED=yes
	export KERNEL CPUS SWAP ALGO LOAD PAGES ACTIVE DEPTHS WRITERS OFF COUNTED
}

# On one CPU, on two that are busy, and at depth 0 nothing runs side by side that did
# not without the module, and what is left is what it costs: that is counted in
# instructions, which no host disturbs.
matrix_counted() # NAME
{
	[[ $1 =~ ^[^_]*_[12]_ || $1 =~ _0_auto_none$ ]]
}

# How long its intervals are. A burst may take 15 s; where there are eight CPUs each is
# so slow that kswapd may be through with a round, or sleep, for all of 3 s; and what
# costs a percent shows in long ones only.
matrix_seconds() # NAME
{
	local factor=1

	[[ ! $1 =~ ^[^_]*_8_ ]] && ! matrix_counted "$1" || factor=5
	[[ $1 != *_burst_* ]] || factor=10
	echo $((SECONDS_EACH * factor))
}

# Of all that measured figures depend on, but for the kernel.
matrix_code()
{
	(cd "$matrix_top" && find Kbuild include module test/guest test/rig \
		tools/load test/lib/cgroup.sh test/lib/pace.c test/lib/tsc.c \
		test/lib/vm.sh test/vm/boot -type f \
		! -name '*.o' ! -name '.*' ! -name '*.awk' | LC_ALL=C sort |
		xargs sha256sum | sha256sum | cut -c 1-12)
}

# What a result is made of, as far as pages are made of it: what was measured.
matrix_files='seconds results.csv summary.txt histograms.csv key'
# Where results go that other machines are to have.
matrix_kept=${KEPT:-$matrix_top/docs/bench}

# The key last: what was broken off does not hold.
matrix_copy() # NAME FROM TO
{
	local file

	rm -rf "${3:?}/$1"
	mkdir -p "$3/$1"
	for file in $matrix_files; do
		cp "$2/$1/$file" "$3/$1/"
	done
}

matrix_holds() # OUT NAME
{
	[ "$(cat "$1/$2/key" 2>/dev/null)" = "${matrix_keys[$2]}" ]
}

# Sets matrix_names_done and matrix_names_left, both of those whose name matches.
# A result holds for the code, the kernel, and how it was measured.
matrix_sort() # OUT PATTERN
{
	local code name kernel
	declare -A releases

	code=$(matrix_code)
	matrix_names_done=() matrix_names_left=()
	while read -r name; do
		kernel=${name%%_*}
		[ -n "${releases[$kernel]-}" ] ||
			releases[$kernel]=$(kernel_fetch "$kernel") ||
				releases[$kernel]=unknown
		matrix_keys[$name]="$code ${releases[$kernel]} $PAIRS $(matrix_seconds "$name")"
		if matrix_holds "$1" "$name"; then
			matrix_names_done+=("$name")
		elif matrix_holds "$matrix_kept" "$name"; then
			matrix_copy "$name" "$matrix_kept" "$1"
			matrix_names_done+=("$name")
		else
			matrix_names_left+=("$name")
		fi
	done < <(matrix_names | grep -E -e "$2")
}
declare -A matrix_keys=()
