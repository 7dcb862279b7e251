# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# What is installed beside the tool: pages, completion, files for /etc.

files_page() # FILE
{
	man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null 2>"$said"
	mandoc -Tlint "$1" >>"$said" || true
	[ ! -s "$said" ] || {
		cat "$said"
		return 1
	}
}

# All words that the tool's help has, and no others.
files_words()
{
	{
		"$tool" --help
		"$tool" top --help
		"$tool" bench --help
	} | grep -oE -e '--[a-z]+|^  [a-z]+' | tr -d ' ' | sort -u
}

files_completion()
{
	local words

	words=$(
		# shellcheck source=tools/kcompressdctl.bash
		. "$top/tools/kcompressdctl.bash"
		{
			COMP_WORDS=(kcompressdctl '') COMP_CWORD=1
			_kcompressdctl
			printf '%s\n' "${COMPREPLY[@]}"
			for word in "${COMPREPLY[@]}"; do
				COMP_WORDS=(kcompressdctl "$word" '') COMP_CWORD=2
				_kcompressdctl
				printf '%s\n' "${COMPREPLY[@]}"
			done
		} | sed '/^$/d' | sort -u
	)
	diff <(echo "$words") <(files_words)
}

files_page_is_complete()
{
	local word missing=

	MANWIDTH=80 man -l -Tutf8 "$top/tools/kcompressdctl.8" | col -b >"$said"
	for word in $(files_words); do
		grep -qF -e "$word" "$said" || missing+=" $word"
	done
	[ -z "$missing" ] || {
		echo "not in kcompressdctl(8):$missing"
		return 1
	}
}

# Commands of the page's examples, as a reader types them.
files_examples()
{
	sed -n '/^\.EX$/,/^\.EE$/s/^[#$] //p' "$top/tools/kcompressdctl.8" |
		sed "s/\\\\-/-/g; s/\\\\(aq/'/g"
}

# One goes on for an hour, and one asks first.
files_example_works() # COMMAND
{
	local rc=0 want=0 limit=30

	case $1 in
	*' top '*) want=124 limit=3 ;;
	*' bench '*) want=2 ;;
	esac
	(cd "$work" && PATH=${tool%/*}:$PATH KCOMPRESSD_ROOT=$tree \
		timeout "$limit" bash -euc -o pipefail "$1" >"$said" 2>&1 </dev/null) ||
		rc=$?
	[ "$rc" -eq "$want" ] || {
		echo "exit status $rc, not $want"
		cat "$said"
		return 1
	}
}

# Every knob is there, with its default, as a comment.
files_knobs()
{
	local depth

	depth=$(sed -n 's/^#define KCD_DEPTH_DEFAULT //p' "$top/module/kcompressd.h")
	! grep -vE '^(#.*|kcompressd|)$' "$top"/tools/etc/*.conf &&
		grep -qx kcompressd "$top/tools/etc/modules-load.conf" &&
		grep -qx "#options kcompressd depth=$depth writers=0" \
			"$top/tools/etc/modprobe.conf" &&
		grep -qx "#-vm.kcompressd = $depth" "$top/tools/etc/sysctl.conf"
}

# The build's own output goes elsewhere: the tree is the user's.
files_installed()
{
	local copy=$work/source root=$work/root

	mkdir "$copy"
	cp -r "$top"/{Makefile,dkms.conf,include,tools} "$copy/"
	rm -f "$copy"/tools/*.o
	make -s -C "$copy" install-config install-tools DESTDIR="$root" \
		PREFIX=/usr &&
		"$root/usr/bin/kcompressdctl" --version &&
		MANPATH=$root/usr/share/man man -w 8 kcompressdctl &&
		MANPATH=$root/usr/share/man man -w 4 kcompressd &&
		[ -e "$root/usr/share/bash-completion/completions/kcompressdctl" ] &&
		[ -e "$root/etc/modprobe.d/kcompressd.conf" ] &&
		[ -e "$root/etc/sysctl.d/kcompressd.conf" ] &&
		[ -e "$root/etc/modules-load.d/kcompressd.conf" ] || return
	make -s -C "$copy" uninstall-config uninstall-tools DESTDIR="$root" \
		PREFIX=/usr || return
	! find "$root" -type f | grep .
}

files_all()
{
	local page example

	for page in "$top"/tools/*.[0-9]; do
		tally_run "${page##*/}: no warning" files_page "$page"
	done
	if [ -x "$tool" ]; then
		tally_run 'completion knows all words' files_completion
		tally_run 'the page knows all words' files_page_is_complete
		while read -r example; do
			check "example: $example" tree_new_loaded \
				files_example_works "$example"
		done < <(files_examples)
	fi
	tally_run 'drop-ins have all knobs' files_knobs
	tally_run 'installed and taken out again' files_installed
}
