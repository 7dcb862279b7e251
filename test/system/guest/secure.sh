# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Secure Boot: the kernel locks itself down and takes signed modules only. DKMS
# has signed ours with a key that the firmware trusts.

file=$(modinfo -F filename kcompressd)
headers=/lib/modules/$(uname -r)/build

# The signature is appended, and no part of what strip knows; what is not
# compressed goes through xz as it is.
unsigned()
{
	xz -dcf "$file" >signed.ko &&
		strip --strip-debug -o unsigned.ko signed.ko &&
		fails_saying 'Key was rejected' insmod ./unsigned.ko
}

other_key()
{
	cp unsigned.ko other.ko
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=other \
		-keyout other.key -outform DER -out other.pub &&
		"$headers/scripts/sign-file" sha256 other.key other.pub other.ko &&
		fails_saying 'Key was rejected' insmod ./other.ko
}

doctor_unsigned()
{
	case $file in
	*.xz) xz -c unsigned.ko >"$file" ;;
	*) cp unsigned.ko "$file" ;;
	esac
	status_is 3 kcompressdctl doctor >doctor.log || {
		cat doctor.log
		return 1
	}
	grep 'the module has none' doctor.log
}

tally_run 'the kernel is locked down' grep -F '[integrity]' \
	/sys/kernel/security/lockdown
tally_run 'loaded at boot, and on' status_is 0 kcompressdctl status
tally_run 'doctor sees Secure Boot' \
	says 'Secure Boot is on, signatures are required, and ours was taken' \
	kcompressdctl doctor
tally_run 'it works' pressure_begin
tally_run 'off under pressure' sysctl vm.kcompressd=0
tally_run 'on again' sysctl vm.kcompressd=24
hog_end 'no page was lost' pressure
tally_run 'unloads' modprobe -r kcompressd
tally_run 'unsigned: refused' unsigned
tally_run 'signed with a key that nobody trusts: refused' other_key
tally_run 'loads again' modprobe kcompressd
tally_run 'unloads again' modprobe -r kcompressd
tally_run 'doctor sees the unsigned one' doctor_unsigned
