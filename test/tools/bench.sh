# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# kcompressdctl bench: what it refuses. Its work is tested in a booted kernel.

bench_refuses()
{
	ctl 2 bench && says 'pins 1465 MB' 'say --yes' || return
	put proc/meminfo 'MemAvailable: 100000 kB' 'SwapFree: 4000000 kB'
	ctl 3 bench --yes && says '97 MB of memory are available, 112 would be needed' ||
		return
	put proc/meminfo 'MemAvailable: 2000000 kB' 'SwapFree: 500000 kB'
	ctl 3 bench --yes && says 'of swap are free' || return
	put sys/devices/system/cpu/online 0
	ctl 3 bench --yes && says 'one CPU' || return
	put_swap
	ctl 3 bench --yes && says 'no compressed swap' || return
	tree_new
	ctl 4 bench --yes && says 'not loaded'
}

# Everything is set back if it cannot even begin.
bench_fails()
{
	ctl 1 bench --yes && says 'no cgroup v2' &&
		grep -qx 24 "$tree/proc/sys/vm/kcompressd"
}

bench_two_cpus()
{
	put sys/devices/system/cpu/online 0-1
	put sys/kernel/mm/kcompressd/writers 0
	ctl 1 bench --yes && says 'kswapd writes by itself' || return
	put sys/kernel/mm/kcompressd/writers 1
	ctl 1 bench --yes && ! says 'kswapd writes'
}

bench_needs_root()
{
	chmod -R a+rX "$work"
	KCOMPRESSD_ROOT=$tree setpriv --reuid=65534 "$tool" bench --yes \
		>"$said" 2>&1 && return 1
	says 'needs root'
}

bench_all()
{
	if [ "$(id -u)" -ne 0 ]; then
		tally_skip 'bench: refusals' 'not root'
		return
	fi
	check 'bench: refuses politely' tree_new_loaded bench_refuses
	check 'bench: sets back what it found' tree_new_loaded bench_fails
	check 'bench: says why two CPUs differ little' tree_new_loaded bench_two_cpus
	check 'bench: needs root' tree_new_loaded bench_needs_root
}
