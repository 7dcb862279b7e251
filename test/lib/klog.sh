# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What in a kernel's log tells of a fault, whichever kernel: their words differ
# between versions and architectures.

# Complaints of any kind ("ODEBUG:" is one), and oopses: "[#1]" has those that begin
# with what the CPU could not do, as older kernels of x86 do.
klog_bad='BUG:|WARNING:|[Kk]ernel BUG|Oops|Kernel panic|\[#[0-9]+\]'
klog_bad+='|general protection|[Uu]nable to handle|Internal error: '
# What stands still.
klog_bad+='|\b[Ss]tall|blocked for more than|lockup|LOCKUP'
# Swap, and what is kept there compressed.
klog_bad+='|(Read|Write)-error on swap-device|(Bad|Unused) swap (file|offset) entry'
klog_bad+='|ompression (failed|error)'
# What was written where it should not be.
klog_bad+='|Bad page|\bbad p(gd|4d|ud|md) |refcount_t|list_(add|del) (corruption|double add)'
klog_bad+='|pagealloc: (memory corruption|single bit error)|BUG .+ \((Not tainted|Tainted)'
# Debug kernels only; lockdep must not have turned itself off.
klog_bad+='|UBSAN:|kmemleak: [0-9]+ new suspected|kmemleak: Memory pool empty'
klog_bad+='|INFO: trying to register non-static key|Disabling lock debugging'
klog_bad+='|lockdep is turned off|turning off the locking correctness validator'
# What is not in the log may have been any of it.
klog_bad+='|printk messages dropped'

# Kernels from 7.2 on tell of 10 s; as with hung tasks 60 s are too much here, where a
# task may wait for others that the emulator runs.
klog_tolerated='page allocation stall for [1-5][0-9] secs'
# When it was told how long.
klog_tolerated+='|RCU CPU stall warnings timeout set to'
# The kernel's own races, in wait_event_interruptible_hrtimeout() and in
# memalloc_noreclaim_save(), which become a part of who calls them.
klog_tolerated+='|data-race in hrtimer_wakeup / kcd_writer_linger '
klog_tolerated+='|data-race in kcd_writer_(help|work) \[kcompressd\] / kthread_data'

# Races that KCSAN has found, one line for each. Linux has some of its own.
klog_races='BUG: KCSAN: '

# For tally_run: has the log something, and no complaint but ALLOWED? MORE is bad
# beside what always is. Both are patterns.
klog_is_clean() # FILE [ALLOWED [MORE]]
{
	local found

	[ -s "$1" ] || {
		echo "nothing in $1"
		return 1
	}
	found=$(sed "/$klog_races/{ /\[kcompressd\]/!d }" "$1" |
		grep -a -E "$klog_bad${3:+|$3}" |
		grep -a -v -E "$klog_tolerated${2:+|$2}" | head -n 20) || true
	[ -z "$found" ] || {
		echo "$found"
		return 1
	}
}

# Did a CPU take an int3 that nobody had? What patches the kernel puts one in the place
# for a moment and knows it; an emulator may run it later (docs/testing.md).
klog_is_stale() # FILE
{
	grep -a -E -q '\bint3: [0-9a-f]{4} \[#' "$1"
}
