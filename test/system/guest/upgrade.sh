# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The packages are upgraded, and then purged, while the module is in use.

export DEBIAN_FRONTEND=noninteractive

installed() # VERSION
{
	[ "$(modinfo -F version kcompressd)" = "$1" ]
}

loaded() # VERSION
{
	value_is /sys/module/kcompressd/version "$1"
}

upgrade()
{
	dpkg --force-confold -i /build/second/kcompressd-dkms_*.deb \
		/build/second/kcompressd-tools_[0-9]*.deb
}

old=$(modinfo -F version kcompressd)
tally_run 'pressure' pressure_begin
hog_end 'no page was lost' pressure
hog quiet 100
tally_run 'upgrades' upgrade
tally_run 'the new one is installed' installed 0.99
tally_run 'the old one is loaded, and on' loaded "$old"
tally_run 'status says on' status_is 0 kcompressdctl status
tally_run 'doctor says which is which' says "$old is loaded, 0.99 is installed" \
	kcompressdctl doctor
tally_run 'unloads' modprobe -r kcompressd
tally_run 'loads the new one' modprobe kcompressd
tally_run 'the new one is loaded' loaded 0.99
tally_run 'what the user set is kept' value_is \
	/sys/kernel/mm/kcompressd/writers 2
tally_run 'purges' dpkg --purge kcompressd-dkms kcompressd-tools
tally_run 'what is loaded stays, and works' pressure_begin
hog_end 'no page was lost, from before the upgrade on' quiet
hog_end 'no page was lost with what is loaded' pressure
tally_run 'unloads the last time' rmmod kcompressd
tally_run 'cannot be loaded any more' fails_saying 'not found' \
	modprobe kcompressd
