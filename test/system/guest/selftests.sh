# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel's own tests of what swaps, each with the module off and on, while
# kswapd has work: what fails with it on must fail without it too.

tests_zram='mm ./cow
mm ./madv_populate
mm ./mremap_test
mm ./mremap_dontunmap
mm ./mlock-random-test
mm ./mlock2-tests
mm ./mrelease_test
mm ./soft-dirty
mm ./pagemap_ioctl
mm ./mkdirty
mm ./droppable
mm ./gup_longterm
mm ./ksm_functional_tests
mm ./ksm_tests -M -p 10
mm ./ksm_tests -U
mm ./ksm_tests -Z -p 10 -z 0
mm ./ksm_tests -Z -p 10 -z 1
mm ./uffd-stress anon 20 16
mm ./uffd-stress shmem 20 16
mm ./uffd-stress shmem-private 20 16
mm ./transhuge-stress -d 20
zram ./zram.sh'
tests_zswap='cgroup ./test_memcontrol
cgroup ./test_kill
mm ./cow
mm ./uffd-stress anon 20 16'

# What it says has failed, without numbers, which differ from run to run; of equal
# lines each has another end, so that one more is a new one. All that it says is kept in
# all.log.
failures() # DEPTH DIR COMMAND...
{
	local rc=0 queued

	sysctl -q "vm.kcompressd=$1" || echo 'the depth is refused'
	queued=$(counter queued)
	(cd "$2" && timeout --kill-after=10 300 "${@:3}") >out 2>&1 </dev/null ||
		rc=$?
	[ $rc -eq 0 ] || echo "exit status $rc" | tee -a out
	{
		echo "== $1 queued $(($(counter queued) - queued))"
		cat out
	} >>all.log
	grep -aE '^not ok|FAIL|failed \[' out | tr -d 0-9 |
		awk '{ print $0 " (" ++n[$0] ")" }'
}

# A second time if there was something, since what is tight on a slow machine
# fails now and then; but not what died of a signal.
new_failures() # DIR COMMAND...
{
	local new

	: >off
	: >seen
	for _ in 1 2; do
		failures 0 "$@" >>off
		failures 24 "$@" >on
		new=$(sort -u on | comm -13 <(sort -u off) -)
		[ -n "$new" ] || return 0
		echo "$new" >>seen
		! grep -q 'exit status 1[3-9]' seen || break
	done
	echo "$new"
	tail -n 40 out
}

empty() # TEXT
{
	echo "$1"
	[ -z "$1" ]
}

# Successes and failures off and on, and what kswapd has queued in the latter.
selftest_sums()
{
	awk '/^== / { n = $2 ? "on" : "off"; queued += $4; next }
		/^ok .*# SKIP/ { next }
		/^ok |: \[PASS\]/ { ok[n]++ }
		/^exit status 4$/ { next }
		/^not ok|FAIL|failed \[|^exit status/ { bad[n]++ }
		END { printf "# off: %d ok, %d failed; on: %d ok, %d failed, %d queued\n",
			ok["off"], bad["off"], ok["on"], bad["on"], queued }' all.log
}

selftest() # DIR COMMAND...
{
	local begin=$SECONDS new='was not built'

	: >all.log
	[ ! -x "$1/$2" ] || new=$(new_failures "$@")
	if [ -z "$new" ] && grep -q 'exit status 124' off; then
		tally_skip "$*" 'takes too long here, without the module as well'
	elif [ -z "$new" ] && grep -qx 'exit status 4' off; then
		tally_skip "$*" 'says that it cannot be run here'
	elif [ -z "$new" ] && ! selftest_passed; then
		tally_skip "$*" 'nothing of it passes without the module either'
	else
		tally_run "$*" empty "$new"
	fi
	selftest_sums
	[ -n "$new" ] || sed 's/^/# once only: /' seen
	echo "# $((SECONDS - begin)) s"
}

# Tests that list no cases have passed if they did not fail.
selftest_passed()
{
	if grep -aE '^ok |: \[PASS\]' all.log >listed; then
		grep -aqv '# SKIP' listed
	else
		[ ! -s off ]
	fi
}

selftests() # LIST
{
	local line

	while read -r line; do
		# shellcheck disable=SC2086 # a directory and a command
		selftest $line
	done <<<"$1"
}

# They would take what is meant for a lack of memory.
systemctl stop earlyoom systemd-oomd.socket systemd-oomd
tally_run 'pressure' pressure_begin
before=$(counter queued)
selftests "$tests_zram"
tally_run 'the module had work' grew "$before" 1000 counter queued
hog_end 'no page was lost' pressure
tally_run 'zswap over a disk' zswap_begin
before=$(counter queued)
# It raises the watermarks until kswapd has work, with no room for more.
selftest cgroup ./test_zswap
tally_run 'pressure with zswap' pressure_begin
selftests "$tests_zswap"
tally_run 'the module had work with zswap' grew "$before" 1000 counter queued
hog_end 'no page was lost with zswap' pressure
