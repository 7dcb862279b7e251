# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel's own style checker, as the distribution's source package has it.
# Needs packages.sh, kernels.sh and tally.sh.

# shellcheck disable=SC2154 # kernels.sh has set it
checkpatch_dir=$kernels_cache/checkpatch
checkpatch_source=linux-source-6.12
checkpatch_files=(checkpatch.pl spelling.txt const_structs.checkpatch)

# Everywhere.
checkpatch_ignore=(
	# The header of the versions has them; text.sh holds the rest to it.
	LINUX_VERSION_CODE
	# Types that differ between kernels need one name.
	NEW_TYPEDEFS
	# Takes KCD_SERIES for a constant, which it is for the compiler only.
	CONSTANT_COMPARISON
	# A macro that defines a function has a return in it.
	MACRO_WITH_FLOW_CONTROL
	# A loop uses its variable more than once.
	MACRO_ARG_REUSE
	# kcompressd_fifo.h and the tests are built in user space too.
	PREFER_KERNEL_TYPES
)

# Where the layout is that of TRACE_EVENT().
checkpatch_ignore_trace=(
	PARENTHESIS_ALIGNMENT
	OPEN_ENDED_LINE
)

# What only the kernel has, for programs that run outside of it.
checkpatch_ignore_user=(
	ARRAY_SIZE
	BIT_MACRO
	PREFER_DEFINED_ATTRIBUTE_MACRO
	# _Atomic and _Static_assert.
	CAMELCASE
	# Loops that must burn time, and memory that must be touched.
	VOLATILE
	# Texts for a reader, wrapped; nobody greps a log for them.
	SPLIT_STRING
	# Does not know that an attribute may stand before the type.
	FUNCTION_ARGUMENTS
	# kstrtou32() and its kin are the kernel's.
	SSCANF_TO_KSTRTO
	# Does not see that the value is a switch's.
	NAKED_SSCANF
	# Arrays of what was computed just before.
	STATIC_CONST_CHAR_ARRAY
	# Words of a text that happen to be names of functions.
	EMBEDDED_FUNCTION_NAME
)

# 150 MB to fetch for three files, so these stay in the cache.
checkpatch_fetch()
{
	local dir paths=() file

	[ ! -x "$checkpatch_dir/checkpatch.pl" ] || return 0
	for file in "${checkpatch_files[@]}"; do
		paths+=("$checkpatch_source/scripts/$file")
	done
	echo "# fetching $checkpatch_source"
	mkdir -p "$kernels_cache"
	dir=$(mktemp -d "$kernels_cache/checkpatch.XXXXXX")
	(
		cd "$dir" || exit
		suite_download "$(suite_own CODENAME)" "$checkpatch_source"
		dpkg --fsys-tarfile ./*.deb |
			tar -xO "./usr/src/$checkpatch_source.tar.xz" |
			xz -dcT0 |
			tar -x --strip-components=2 "${paths[@]}"
		rm ./*.deb
	)
	chmod 755 "$dir"
	rm -rf "$checkpatch_dir"
	mv "$dir" "$checkpatch_dir"
}

# Run from elsewhere: in a git tree it would leave a list of names behind,
# which it looks for in the headers of a kernel.
checkpatch_run() # IGNORED-TYPES FILE
{
	local file=$PWD/$2

	mkdir -p "$checkpatch_dir/include"
	cd "$checkpatch_dir" || return
	perl ./checkpatch.pl --no-tree --root=. --strict --terse \
		--show-types --no-summary --ignore "$1" -f "$file"
}

checkpatch_list() # WORD...
{
	local IFS=,

	echo "$*"
}

checkpatch_kind() # FILE
{
	case $1 in
	*_trace.h)
		checkpatch_list "${checkpatch_ignore[@]}" \
			"${checkpatch_ignore_trace[@]}" ;;
	test/* | proof/* | tools/*)
		checkpatch_list "${checkpatch_ignore[@]}" \
			"${checkpatch_ignore_user[@]}" ;;
	*)
		checkpatch_list "${checkpatch_ignore[@]}" ;;
	esac
}

checkpatch_all()
{
	local file

	need perl xz-utils
	checkpatch_fetch
	while read -r file; do
		tally_run "checkpatch: $file" \
			checkpatch_run "$(checkpatch_kind "$file")" "$file"
	done < <(find module include proof test tools -name '*.[ch]' | sort)
}
