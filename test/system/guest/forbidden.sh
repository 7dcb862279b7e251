# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Booted with module_blacklist=kcompressd.

tally_run 'is not loaded' status_is 4 kcompressdctl status
tally_run 'status says why' says module_blacklist= sh -c 'kcompressdctl status || :'
tally_run 'doctor says so' status_is 3 kcompressdctl doctor
tally_run 'loading by hand is refused' fails_saying 'not permitted' \
	modprobe kcompressd
tally_run 'no unit failed but that one' test \
	"$(systemctl list-units --failed --plain --no-legend |
		grep -cv systemd-modules-load)" = 0
