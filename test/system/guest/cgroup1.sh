# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Booted with cgroup v1, as systemd had it by default until 2021.

tally_run 'cgroup v1' grep -q ' /sys/fs/cgroup/memory cgroup ' /proc/mounts
tally_run 'loaded at boot, and on' status_is 0 kcompressdctl status
tally_run 'a cgroup v1 at its limit' cgroup_alone MemoryLimit=100M
tally_run 'kswapd beside it' pressure_begin
sleep 10
hog_end 'no page was lost' pressure
hog_end 'no page of the cgroup was lost' limited
tally_run 'bench says what it lacks' fails_saying 'no cgroup v2' \
	kcompressdctl bench --yes
