# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# kcompressdctl report

report_complete()
{
	put etc/os-release 'PRETTY_NAME="Some Linux 1"'
	put dev/kmsg '6,1,2,-;kcompressd: a line of ours'
	put proc/sys/vm/swappiness 133
	put sys/devices/virtual/workqueue/kcompressd0/nice -5
	put_histogram 0 free 0 0 4711
	ctl 0 report && says 'Some Linux 1' "Linux $tree_release" \
		'kcompressd 0.1.0: on' 'good  swap' 'bypassed_device 97' \
		'/proc/sys/vm/swappiness: 133' '4 4711' \
		'workqueue/kcompressd0/nice: -5' 'kcompressd: a line of ours' \
		'allocstall_movable 0'
}

report_private()
{
	put_swap '/home/alice/swapfile file 1048572 0 -2'
	put proc/sys/kernel/hostname wonderland
	put sys/module/module/parameters/sig_enforce Y
	rm "${tree:?}"/sys/module/kcompressd/*
	put_signed_module 'wonderland key' || return
	put etc/hostname wonderland
	put proc/cmdline 'root=UUID=1234-secret'
	put dev/kmsg '6,1,2,-;usb 1-1: SerialNumber: 4711-secret'
	ctl 0 report && says 'is signed by' &&
		keeps_quiet alice wonderland secret "$tree"
}

report_unloaded()
{
	rm "$tree/dev/kmsg"
	ctl 0 report && says 'not loaded' 'run this as root'
}

report_all()
{
	check 'report: all that is needed' tree_new_loaded report_complete
	check 'report: nothing private' tree_new_loaded report_private
	check 'report: not loaded, log not readable' tree_new report_unloaded
}
