# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# stress-ng's stressors of memory and swap, which check what they read, with the
# module off and on, while kswapd has work.

# Small enough to fit beside the pressure: what they write does not compress.
stressors='--vm 1 --vm-bytes 64M --vm-method all
--mmap 1 --mmap-bytes 64M
--brk 1 --brk-bytes 64M
--swap 1
--bigheap 1 --bigheap-bytes 64M
--madvise 1
--mremap 1 --mremap-bytes 16M
--memfd 1 --memfd-bytes 16M
--shm 1 --shm-bytes 4M
--fork 2 --fork-vm
--userfaultfd 1 --userfaultfd-bytes 4M'

stress() # DEPTH STRESSOR...
{
	local out rc=0

	sysctl -q "vm.kcompressd=$1" || return
	out=$(timeout --kill-after=10 240 stress-ng --verify --timeout 15 \
		--oomable --metrics-brief "${@:2}" 2>&1) || rc=$?
	echo "$out"
	# It ends well where it could not run at all, too.
	[ "$rc" -eq 0 ] && grep -q 'skipped: 0$' <<<"$out" &&
		grep -q 'passed: [1-9]' <<<"$out"
}

stress_all()
{
	local line depth

	while read -r line; do
		for depth in 0 24; do
			# shellcheck disable=SC2086 # options
			tally_run "depth $depth: stress-ng $line" \
				stress $depth $line
		done
	done <<<"$stressors"
}

# They would take what is meant for a lack of memory.
systemctl stop earlyoom systemd-oomd.socket systemd-oomd
tally_run 'pressure' pressure_begin
before=$(counter queued)
stress_all
tally_run 'the module had work' grew "$before" 1000 counter queued
hog_end 'no page was lost' pressure
tally_run 'zswap over a disk' zswap_begin
tally_run 'pressure with zswap' pressure_begin
before=$(counter queued)
stress_all
tally_run 'the module had work with zswap' grew "$before" 1000 counter queued
hog_end 'no page was lost with zswap' pressure
