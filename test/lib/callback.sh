# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Looks for locks in the ftrace callback of a module built for x86-64.

# What a function calls, directly or by others of the module: functions of the kernel.
callback_calls() # OBJECT FUNCTION
{
	objdump -dr --no-show-raw-insn "$1" | awk -v from="$2" '
		function called(target) {
			sub(/[-+]0x[0-9a-f]+$/, "", target)
			if (target != name)
				calls[name] = calls[name] " " target
		}
		/^[0-9a-f]+ <.*>:$/ {
			name = substr($2, 2, length($2) - 3)
			defined[name] = 1
		}
		held && /R_X86_64_/ { called($3) }
		held && !/R_X86_64_/ && match(held, /<.*>/) {
			called(substr(held, RSTART + 1, RLENGTH - 2))
		}
		{ held = "" }
		/\t(call|j[a-z]+) / { held = $0 }
		END {
			todo[more = 1] = from
			for (next_one = 1; next_one <= more; next_one++) {
				n = split(calls[todo[next_one]], target, " ")
				for (i = 1; i <= n; i++) {
					if (target[i] in seen)
						continue
					seen[target[i]] = 1
					if (target[i] in defined && target[i] !~ /^__SCT__/)
						todo[++more] = target[i]
					else
						print target[i]
				}
			}
		}'
}

# The ftrace callback runs where a lock of a real-time kernel must not be taken.
callback_takes_no_lock() # OBJECT
{
	local found

	found=$(callback_calls "$1" kcd_hook_callback)
	# Else nothing was looked at.
	grep -qx __SCT__kcd_idle_cpu <<<"$found" || {
		echo "not found what kcd_hook_callback() calls: ${found:-nothing}"
		return 1
	}
	! grep -vxE -e '__x86_return_thunk|__ubsan_handle_out_of_bounds' \
		-e '_?find_(first|next)_bit|cpumask_next|__bitmap_weight|__sw_hweight64' \
		-e __SCT__kcd_idle_cpu <<<"$found"
}
