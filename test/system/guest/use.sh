# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Installed, rebooted, used: what README's table has.

top_sees()
{
	kcompressdctl top --batch --count 3 --interval 3 | tee top.log
	awk 'NR > 1 && $4 > 0 { seen = 1 } END { exit !seen }' top.log
}

status_sees()
{
	kcompressdctl status --json | tee status.json
	perl -MJSON::PP -0777 -ne '
		my $s = decode_json($_);
		exit !($s->{state} eq "on" && $s->{depth} == 24 &&
		       $s->{nodes}[0]{queued} > 0 &&
		       $s->{swap}[0]{kind} eq "zram" &&
		       $s->{swap}[0]{algorithm} eq "lz4")' status.json
}

# systemd-oomd kills whole cgroups.
bench_killed()
{
	local cgroup=/sys/fs/cgroup/kcompressdctl-bench

	(wait_for 30 pgrep kcd-load; echo 1 >$cgroup/cgroup.kill) &
	fails_saying 'the load was killed' kcompressdctl bench --yes &&
		[ ! -e $cgroup ] && value_is /proc/sys/vm/kcompressd 24
}

reports()
{
	kcompressdctl report | tee report.txt
	grep -q '^queued [1-9]' report.txt && ! grep wonderland report.txt
}

tally_run 'loaded at boot, and on' status_is 0 kcompressdctl status
tally_run 'vm.kcompressd is that of sysctl.d' \
	value_is /proc/sys/vm/kcompressd 24
tally_run 'writers are those of modprobe.d' \
	value_is /sys/kernel/mm/kcompressd/writers 2
tally_run "nice is that of udev's rule" value_is \
	/sys/devices/virtual/workqueue/kcompressd0/nice 5
tally_run 'swap is zram' grep -q '^/dev/zram0 ' /proc/swaps
tally_run 'doctor finds nothing bad' status_is 0 kcompressdctl doctor
tally_run 'bench' kcompressdctl bench --yes --pairs 1 --seconds 5
tally_run 'bench whose load is killed sets all back' bench_killed
tally_run 'pressure' pressure_begin
tally_run 'top sees it work' top_sees
tally_run 'status sees it work' status_sees
tally_run 'off under pressure' sysctl vm.kcompressd=0
tally_run 'status says off' status_is 3 kcompressdctl status
tally_run 'on again' sysctl vm.kcompressd=24
tally_run 'unloads under pressure' modprobe -r kcompressd
tally_run 'status says not loaded' status_is 4 kcompressdctl status
tally_run 'top says not loaded' status_is 4 kcompressdctl top --batch
tally_run 'loads again' modprobe kcompressd
tally_run 'tuned again' sysctl --system
tally_run 'vm.kcompressd is 24 again' value_is /proc/sys/vm/kcompressd 24
tally_run 'works again' wait_for 60 grew 0 100 counter queued
hog_end 'no page was lost' pressure
tally_run 'report' reports
