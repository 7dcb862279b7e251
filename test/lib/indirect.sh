# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Looks for calls through pointers in a built module. Needs packages.sh and
# kernels.sh.

# Functions that may call through a pointer, in one place each, because what they call has its
# address taken, so that objtool leaves its ENDBR in place: of the kernel's functions
# test/vm/case_calls.c looks whether that is so. Those that modules cannot link to
# have lost theirs: a call through a pointer is fatal on a CPU with IBT, and goes
# unnoticed on one without.
indirect_allowed=(
	# Probes of a tracepoint, registered by address.
	'__traceiter_kcompressd_[a-z]*'
	# percpu_ref_put() in put_swap_device(): the release function that
	# percpu_ref_init() was given.
	kcd_policy_folio
	# An operation of the swap device, from a table.
	kcd_kernel_io_submit
	# The module's own functions behind its files in sysfs.
	kcd_node_show
)

# As "FUNCTION: INSTRUCTION", without what link-time optimization appends to names of
# static functions. Calls through pv_ops do not count: the kernel turns them into
# direct ones when it loads the module.
indirect_calls() # MODULE
{
	objdump -dr --no-show-raw-insn "$1" | awk '
		/^[0-9a-f]+ <.*>:$/ {
			name = $2
			gsub(/[<>:]|\.llvm\..*/, "", name)
		}
		held && !/pv_ops/ { print held }
		{ held = "" }
		/__x86_indirect_thunk|(call|jmp) +\*/ { held = name ": " $0 }
		END { if (held) print held }'
}

indirect_none() # MODULE
{
	local allowed found

	need binutils
	# An empty listing would let everything pass.
	objdump -d "$1" | grep '<kcd_hook_callback>:' >/dev/null || {
		echo "cannot read $1"
		return 1
	}
	allowed=$(IFS='|'; echo "${indirect_allowed[*]}")
	found=$(indirect_calls "$1" | awk -F ': ' -v allowed="^($allowed)\$" \
		'$1 !~ allowed || seen[$1]++')
	[ -n "$found" ] || return 0
	echo "$found"
	return 1
}

# On arm64 static calls are calls through pointers. That is safe where the kernel
# itself has no landing pads that a function could lack.
indirect_unguarded() # RELEASE
{
	local config

	config=$(kernel_headers "$1")/include/config/auto.conf
	grep -q '^CONFIG_ARM64=y' "$config" || return
	! grep -E '^CONFIG_(ARM64_BTI_KERNEL|CFI|CFI_CLANG)=y' "$config"
}
