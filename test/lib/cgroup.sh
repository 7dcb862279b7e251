# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Gives each vCPU thread of a QEMU the same share of one of the host's cores, in
# turns of a fraction of a millisecond, so that the guest's CPUs run in parallel,
# only slower, however many they are and whatever the others do (pace.c). What
# else runs on the host comes after them. Needs packages.sh.

cap_source=${BASH_SOURCE[0]%/*}/pace.c
cap_turn_us=100
cap_dirs=
cap_pace=

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

cap_mkdir() # DIR
{
	mkdir "$1" && cap_dirs="$1 $cap_dirs"
}

# A cgroup of that weight; leaves in cap_file where its threads go.
cap_group() # VERSION DIR SHARES WEIGHT
{
	cap_mkdir "$2" || return 1
	if [ "$1" = 2 ]; then
		cap_file=$2/cgroup.threads
		echo threaded >"$2/cgroup.type" || return 1
		grep -qw cpu "${2%/*}/cgroup.subtree_control" ||
			echo +cpu >"${2%/*}/cgroup.subtree_control" || return 1
		echo "$4" >"$2/cpu.weight"
	else
		cap_file=$2/tasks
		echo "$3" >"$2/cpu.shares"
	fi
}

# Before the vCPUs are in their cgroups. Fails if the host does not let it. In
# version 2 its threads can only go where those of the QEMU can.
cap_start_pace() # CGROUP-OR-NOTHING CPU FILE...
{
	local program file ready=''

	need gcc libc6-dev >&2
	program=$(mktemp)
	gcc -O2 -D_GNU_SOURCE -pthread -o "$program" "$cap_source"
	(
		[ -z "$1" ] || echo "$BASHPID" >"$1/cgroup.procs"
		exec "$program" "$cap_turn_us" "${@:2}"
	) &
	cap_pace=$!
	while [ -d "/proc/$cap_pace" ] && [ -z "$ready" ]; do
		sleep 0.1
		# Each of its threads is where it should be.
		ready=yes
		for file in "${@:3}"; do
			[ "${file#/}" = "$file" ] || [ -n "$(cat "$file")" ] ||
				ready=''
		done
	done
	rm -f "$program"
	[ -n "$ready" ]
}

# The QEMU's other threads seldom run, but must not wait for the vCPUs then.
cap_others() # VERSION PID DIR
{
	local task

	cap_group "$1" "$3" 262144 10000 || return 1
	for task in /proc/"$2"/task/*; do
		case $(cat "$task/comm" 2>/dev/null) in
		CPU\ *) ;;
		*) echo "${task##*/}" >"$cap_file" 2>/dev/null || true ;;
		esac
	done
}

# Best effort: prints what was done, or fails with words of the kernel. The caller
# calls cap_end when QEMU ended.
cap_begin() # PID CPUS
{
	local version tries=0 threads tid cpu root domain='' places=()
	local cores of

	version=$(cap_version)
	if [ "$2" -le "$(nproc)" ]; then
		echo "# each of $2 vCPUs has a core"
		return
	fi
	if [ "$version" = 0 ]; then
		echo "# vCPUs not capped: no cgroup to do it with"
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
		echo +cpu >/sys/fs/cgroup/cgroup.subtree_control &&
			cap_mkdir "$root" &&
			echo 10000 >"$root/cpu.weight" &&
			echo "$1" >"$root/cgroup.procs" || return 1
		domain=$root
	fi
	cap_others "$version" "$1" "$root/kcompressd-vm-$1" || return 1
	# As many on each core, be there a vCPU for the last ones or not.
	cores=$(nproc)
	of=$((($2 + cores - 1) / cores))
	for ((cpu = 0; cpu < of * cores; cpu++)); do
		cap_group "$version" "$root/kcompressd-vm-$1-cpu$cpu" 10240 1000 ||
			return 1
		places+=($((cpu % cores)) "$cap_file")
	done
	if ! cap_start_pace "$domain" "${places[@]}"; then
		echo "# vCPUs not capped: the host does not let their pace be set"
		return
	fi
	while read -r tid cpu; do
		taskset -cp "${places[2 * cpu]}" "$tid" >/dev/null &&
			echo "$tid" >"${places[2 * cpu + 1]}" || return 1
	done <<<"$threads"
	echo "# each of $2 vCPUs has $((100 / of)) % of a core, less what" \
		"taking turns costs"
}

cap_end()
{
	local dir

	if [ -n "$cap_pace" ]; then
		kill "$cap_pace" 2>/dev/null ||
			echo "# vCPUs not capped: what sets their pace has ended"
		wait "$cap_pace" || true
	fi
	cap_pace=
	for dir in $cap_dirs; do
		rmdir "$dir" 2>/dev/null || { sleep 0.2; rmdir "$dir"; } || true
	done
	cap_dirs=
}
