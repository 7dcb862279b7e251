# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Holds each vCPU thread of a QEMU to its share of the host's cores, so that
# the guest's CPUs run in parallel, only slower, however many they are. What
# else runs on the host comes after them. Needs packages.sh.

cap_dirs=
cap_tick=
cap_source=${BASH_SOURCE[0]%/*}/tick.c
# How often the host's scheduler chooses anew, and what that leaves of a core.
cap_tick_us=100
cap_percent=90

cap_version()
{
	if [ -w /sys/fs/cgroup/cgroup.procs ] &&
		grep -qw cpu /sys/fs/cgroup/cgroup.controllers; then
		echo 2
	elif [ -w /sys/fs/cgroup/cpu/tasks ]; then
		echo 1
	else
		echo 0
	fi
}

# "TID NUMBER" of each vCPU thread; they are named "CPU n/TCG" or "CPU n/KVM".
cap_threads() # PID
{
	local comm name

	for comm in /proc/"$1"/task/*/comm; do
		name=$(cat "$comm" 2>/dev/null) || continue
		case $name in
		CPU\ *)
			name=${name#CPU }
			comm=${comm%/comm}
			echo "${comm##*/} ${name%/*}" ;;
		esac
	done
}

# Turns of a fraction of a millisecond instead of some milliseconds.
cap_start_tick()
{
	local program

	need gcc libc6-dev >&2
	program=$(mktemp)
	gcc -O2 -D_GNU_SOURCE -pthread -o "$program" "$cap_source"
	"$program" "$cap_tick_us" &
	cap_tick=$!
	# Not before it is there.
	while [ "$(readlink "/proc/$cap_tick/exe")" != "$program" ]; do
		sleep 0.01
		[ -d "/proc/$cap_tick" ] || break
	done
	rm -f "$program"
}

cap_mkdir() # DIR
{
	mkdir "$1" && cap_dirs="$1 $cap_dirs"
}

# Best effort: prints what was done. The caller calls cap_end when QEMU ended.
cap_begin() # PID CPUS
{
	local version period quota=1000 tries=0 threads tid cpu root dir

	version=$(cap_version)
	# The kernel takes no quota of less than 1 ms.
	period=$((quota * $2 * 100 / cap_percent / $(nproc)))
	if [ "$version" = 0 ] || [ "$2" -le "$(nproc)" ]; then
		echo "# vCPUs not capped: no cgroup to do it with, or no need"
		return
	fi
	threads=$(cap_threads "$1")
	while [ "$(echo "$threads" | grep -c .)" -lt "$2" ]; do
		if [ $tries -eq 50 ] || [ ! -d "/proc/$1" ]; then
			echo "# vCPUs not capped: their threads do not show"
			return
		fi
		sleep 0.1
		tries=$((tries + 1))
		threads=$(cap_threads "$1")
	done
	root=/sys/fs/cgroup/cpu
	if [ "$version" = 2 ]; then
		root=/sys/fs/cgroup/kcompressd-vm-$1
		echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
		cap_mkdir "$root"
		echo "$1" >"$root/cgroup.procs"
	fi
	while read -r tid cpu; do
		dir=$root/kcompressd-vm-$1-cpu$cpu
		cap_mkdir "$dir"
		if [ "$version" = 2 ]; then
			echo threaded >"$dir/cgroup.type"
			grep -qw cpu "$root/cgroup.subtree_control" ||
				echo +cpu >"$root/cgroup.subtree_control"
			echo "$quota $period" >"$dir/cpu.max"
			echo 1000 >"$dir/cpu.weight"
			echo "$tid" >"$dir/cgroup.threads"
		else
			echo "$period" >"$dir/cpu.cfs_period_us"
			echo "$quota" >"$dir/cpu.cfs_quota_us"
			echo 10240 >"$dir/cpu.shares"
			echo "$tid" >"$dir/tasks"
		fi
	done <<-END
	$threads
	END
	cap_start_tick
	echo "# each of $2 vCPUs capped at $((100 * quota / period)) % of a core"
}

cap_end()
{
	local dir

	[ -z "$cap_tick" ] || kill "$cap_tick" 2>/dev/null || true
	cap_tick=
	for dir in $cap_dirs; do
		rmdir "$dir" 2>/dev/null || { sleep 0.2; rmdir "$dir"; } || true
	done
	cap_dirs=
}
