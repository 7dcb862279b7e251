# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What can be seen in the text alone. Needs packages.sh, kernels.sh, tally.sh.

text_version_header=include/kcompressd_kernel.h

# Scripts, those that are sourced included.
text_scripts()
{
	grep -rlE -m1 '^#!/bin/(ba)?sh|^# shellcheck shell=' \
		.ci packaging proof test tools dkms.conf | sort
}

text_shellcheck()
{
	# SC2317: takes functions that only a trap calls for unreachable.
	# shellcheck disable=SC2046 # a list of names
	shellcheck -x -e SC2317 $(text_scripts)
}

# With -Wall it asks for each parameter and each return value.
text_kernel_doc()
{
	local script out

	script=$(kernel_headers "$(kernel_fetch 6.12)")/scripts/kernel-doc
	out=$("$script" -none -Wall include/*.h module/*.[ch] 2>&1) || {
		echo "$out"
		return 1
	}
	[ -z "$out" ] || {
		echo "$out"
		return 1
	}
}

text_one_place_knows_versions()
{
	local files

	files=$(grep -rlE 'LINUX_VERSION_CODE|KERNEL_VERSION\(' include module)
	[ "$files" = "$text_version_header" ] || {
		echo "in: $files"
		return 1
	}
}

text_one_version()
{
	local version

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	grep -F "MODULE_VERSION(\"$version\")" module/main.c &&
		grep -E "^Version: +$version$" packaging/kcompressd.spec &&
		grep -x "pkgver=$version" packaging/PKGBUILD &&
		grep -E -m1 "^kcompressd \($version\) " debian/changelog
}

# The pattern must not find itself.
text_nothing_left_to_do()
{
	! grep -rnwE 'TO''DO|FIX''ME|X''XX' \
		Kbuild Makefile dkms.conf .ci debian include module packaging \
		proof test tools
}

text_licensed()
{
	local without

	without=$(find .ci include module packaging proof test tools Kbuild \
		Makefile dkms.conf debian/rules \
		-type f ! -name '*.o' ! -name kcompressdctl -exec sh -c 'for file; do
			head -n 2 "$file" | grep -q SPDX-License-Identifier: ||
				echo "$file"
		done' sh {} +)
	[ -z "$without" ] || {
		echo "$without"
		return 1
	}
}

text_all()
{
	need shellcheck perl
	tally_run 'shellcheck' text_shellcheck
	tally_run 'kernel-doc' text_kernel_doc
	tally_run "only $text_version_header knows kernel versions" \
		text_one_place_knows_versions
	tally_run 'all name the same version' text_one_version
	tally_run 'no notes of work left to do' text_nothing_left_to_do
	tally_run 'each file names its licence' text_licensed
}
