# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the compiler and sparse say of the module, and what is in it once it is
# built. Needs packages.sh, kernels.sh, build.sh, indirect.sh and tally.sh.

objects_size_max=$((64 * 1024))

objects_build() # RELEASE DIR
{
	module_build "$1" "$2" W=1 KCFLAGS=-Werror
}

# Checks all files again; none is compiled again.
objects_sparse() # RELEASE DIR
{
	local out rc=0

	out=$(build_kbuild "$1" "$2" W=1 KCFLAGS=-Werror C=2 2>&1) || rc=$?
	echo "$out"
	[ "$rc" -eq 0 ] && ! grep -qE ' (warning|error): ' <<<"$out"
}

objects_small() # MODULE
{
	local text data rest

	read -r text data rest < <(size "$1" | tail -n 1)
	[ $((text + data)) -lt "$objects_size_max" ] || {
		echo "text $text + data $data ($rest)"
		return 1
	}
}

# Functions that other files of the module call need a comment of their own.
objects_documented() # DIR
{
	local name missing=

	for name in $(nm --defined-only -g "$1"/module/*.o |
		      awk '$2 == "T" && $3 ~ /^kcd_/ { print $3 }' | sort -u); do
		grep -qE "^ \* $name\(\) - " module/*.[ch] include/*.h ||
			missing+=" $name"
	done
	[ -z "$missing" ] || {
		echo "without kernel-doc:$missing"
		return 1
	}
}

# An object like the module, but that FUNCTION calls through pointers.
objects_indirect() # FUNCTION CALLS OBJECT
{
	local calls

	printf -v calls '%*s' "$2" ''
	gcc -O2 -xc -c -o "$3" - <<-END
		void kcd_hook_callback(void) { }
		void $1(void (**f)(void)) { ${calls// /(*f++)(); } f[0](); }
	END
}

objects_indirect_is_found() # DIR
{
	objects_indirect kcd_policy_folio 0 "$1/indirect.o"
	indirect_none "$1/indirect.o" || return 1
	objects_indirect kcd_policy_folio 1 "$1/indirect.o"
	fails_saying 'kcd_policy_folio: ' indirect_none "$1/indirect.o" || return 1
	objects_indirect kcd_queue_offer 0 "$1/indirect.o"
	fails_saying 'kcd_queue_offer: ' indirect_none "$1/indirect.o"
}

objects_lock_is_found() # DIR
{
	gcc -O1 -xc -c -o "$1/lock.o" - <<-END
		extern void __SCT__kcd_idle_cpu(void), _raw_spin_lock(void);
		void __attribute__((noipa)) kcd_queue_leave(void) { _raw_spin_lock(); }
		void kcd_hook_callback(void) { __SCT__kcd_idle_cpu(); kcd_queue_leave(); }
	END
	fails_saying _raw_spin_lock callback_takes_no_lock "$1/lock.o"
}

objects_all() # DIR
{
	local wanted release dir

	need gcc make sparse binutils
	tally_run 'a call through a pointer is found' objects_indirect_is_found "$1"
	tally_run 'a lock in the ftrace callback is found' objects_lock_is_found "$1"
	for wanted in 6.1 6.12 "$(kernels_new)"; do
		release=$(kernel_fetch "$wanted")
		dir=$1/$wanted
		echo "# $release"
		tally_run "$wanted: builds with W=1 -Werror" \
			objects_build "$release" "$dir"
		if [ ! -e "$dir/kcompressd.ko" ]; then
			tally_skip "$wanted: the built module" 'not built'
			continue
		fi
		tally_run "$wanted: sparse" objects_sparse "$release" "$dir"
		tally_run "$wanted: text and data are under 64 KiB" \
			objects_small "$dir/kcompressd.ko"
		tally_run "$wanted: no call through a pointer" \
			indirect_none "$dir/kcompressd.ko"
		tally_run "$wanted: the ftrace callback takes no lock" \
			callback_takes_no_lock "$dir/kcompressd.ko"
		tally_run "$wanted: shared functions have kernel-doc" \
			objects_documented "$dir"
	done
}
