# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Others who look after memory: earlyoom, systemd-oomd, cgroups, DAMON, zswap
# and its shrinker.

damon=/sys/kernel/mm/damon/admin/kdamonds
zswap=/sys/module/zswap/parameters

# A killed task's folios wait no longer.
none_waits()
{
	[ "$(counter waiting)" -eq 0 ]
}

ended_by() # RESULT
{
	[ "$(systemctl show -P Result pressure)" = "$1" ]
}

earlyoom_kills()
{
	local rc=0

	earlyoom -m 60,50 -s 95,90 -r 0 >earlyoom.log 2>&1 &
	wait_for 60 ended_by signal || rc=1
	kill $!
	cat earlyoom.log
	systemctl reset-failed pressure
	[ $rc -eq 0 ] && grep -q perl earlyoom.log
}

oomd_kills() # SETTING UNIT-PROPERTY...
{
	local property properties=()

	mkdir -p /run/systemd/oomd.conf.d
	printf '[OOM]\n%s\n' "$1" >/run/systemd/oomd.conf.d/test.conf
	systemctl restart systemd-oomd || return
	for property in "${@:2}"; do
		properties+=(-p "$property")
	done
	hog pressure "$(memory_share 105)" "${properties[@]}" || return
	wait_for 90 ended_by oom-kill || {
		oomctl
		return 1
	}
	systemctl reset-failed pressure
}

# "START END" of the largest piece of memory.
largest_ram()
{
	sed -n 's/^\([0-9a-f]*\)-\([0-9a-f]*\) : System RAM$/0x\1 0x\2/p' \
		/proc/iomem | while read -r start end; do
		echo "$((end - start)) $((start)) $((end))"
	done | sort -n | tail -n 1 | cut -d ' ' -f 2,3
}

# Page out what nobody has used for a second: what DAMON_RECLAIM does. Linux 6.12
# forgets the latter's scheme before it starts, so this is done by hand.
damon_begin()
{
	local context=$damon/0/contexts/0 start end value

	read -r start end < <(largest_ram)
	for value in nr_kdamonds:1 0/contexts/nr_contexts:1; do
		echo "${value#*:}" >"$damon/${value%:*}" || return
	done
	for value in operations:paddr targets/nr_targets:1 \
		targets/0/regions/nr_regions:1 \
		"targets/0/regions/0/start:$start" \
		"targets/0/regions/0/end:$end" schemes/nr_schemes:1 \
		schemes/0/action:pageout \
		schemes/0/access_pattern/sz/min:4096 \
		"schemes/0/access_pattern/sz/max:$((end - start))" \
		schemes/0/access_pattern/age/min:10 \
		schemes/0/access_pattern/age/max:1000000; do
		echo "${value#*:}" >"$context/${value%:*}" || return
	done
	echo on >$damon/0/state
}

damon_reclaims()
{
	local offered swapped

	hog cold "$(memory_share 50)"
	sleep 15
	systemctl kill -s STOP cold
	offered=$(counter offered)
	swapped=$(vmstat pswpout)
	damon_begin || return
	wait_for 60 grew "$swapped" 10000 vmstat pswpout || return
	echo off >$damon/0/state
	value_of_offered "$offered" || return
	systemctl kill -s CONT cold
	sleep 10
	hog_runs cold
}

written_back()
{
	if grep -q '^zswpwb ' /proc/vmstat; then
		vmstat zswpwb
	else
		cat /sys/kernel/debug/zswap/written_back_pages
	fi
}

# kswapd asks shrinkers for so little at a time that it takes minutes here.
shrunk() # BEFORE
{
	echo 2 >/proc/sys/vm/drop_caches
	grew "$1" 100 written_back
}

zswap_shrinks()
{
	local before

	before=$(written_back)
	echo Y >$zswap/shrinker_enabled || return
	wait_for 60 shrunk "$before" || {
		grep . /sys/kernel/debug/zswap/*
		return 1
	}
}

tally_run 'pressure' pressure_begin
sleep 20
tally_run 'no page was wrong so far' hog_runs pressure
tally_run 'earlyoom still runs' systemctl is-active earlyoom
tally_run 'systemd-oomd still runs' systemctl is-active systemd-oomd
tally_run 'earlyoom kills when told to' earlyoom_kills
tally_run 'nothing waits after a kill' wait_for 20 none_waits
tally_run 'systemd-oomd kills by swap' oomd_kills SwapUsedLimit=15% \
	ManagedOOMSwap=kill
tally_run 'nothing waits after that kill' wait_for 20 none_waits
tally_run 'systemd-oomd kills by pressure' oomd_kills \
	DefaultMemoryPressureDurationSec=2s ManagedOOMMemoryPressure=kill \
	ManagedOOMMemoryPressureLimit=2%
systemctl stop earlyoom systemd-oomd.socket systemd-oomd
tally_run 'a cgroup v2 at its limit' cgroup_alone MemoryMax=100M
tally_run 'kswapd beside it' pressure_begin
hog_end 'no page of the cgroup was lost' limited
hog_end 'no page was lost beside it' pressure
if [ -e $damon ]; then
	tally_run 'DAMON reclaims' damon_reclaims
	hog_end 'no page that was cold was lost' cold
else
	tally_skip 'DAMON reclaims' 'not in this kernel'
fi
tally_run 'zswap over a disk' zswap_begin
tally_run 'pressure with zswap' pressure_begin
if [ -e $zswap/shrinker_enabled ]; then
	tally_run 'the shrinker of zswap' zswap_shrinks
else
	tally_skip 'the shrinker of zswap' 'not in this kernel'
fi
hog_end 'no page was lost in zswap' pressure
tally_run 'still on' status_is 0 kcompressdctl status
