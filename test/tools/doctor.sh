# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# kcompressdctl doctor: each illness by itself.

doctor_fit()
{
	ctl 0 doctor && keeps_quiet 'bad ' && ctl 0 doctor --json &&
		json .fit '[.findings[] | select(.verdict == "bad")] == []' ||
		return
	put_loaded
	doctor 0 module good '0.1.0 is loaded'
}

doctor_kernel()
{
	put proc/sys/kernel/osrelease 5.16.0-test
	doctor 3 kernel bad 'Linux 5.16.0-test is not supported'
}

doctor_config()
{
	sed -i '/KPROBES/d; s/KALLSYMS_ALL=y/KALLSYMS_ALL=m/' "$tree"/boot/config-*
	doctor 3 config bad 'lacks CONFIG_KPROBES CONFIG_KALLSYMS_ALL' || return
	sed -i 's/_WITH_ARGS=/_WITH_REGS=/' "$tree"/boot/config-*
	doctor 3 config bad 'lacks CONFIG_KPROBES CONFIG_KALLSYMS_ALL CONFIG_DYNAMIC_FTRACE_WITH_ARGS' ||
		return
	cp "$tree"/boot/config-* "$work/config"
	put proc/sys/kernel/osrelease 5.10.0-46-amd64
	cp "$work/config" "$tree/boot/config-5.10.0-46-amd64"
	ctl 3 doctor && says 'lacks CONFIG_KPROBES' && keeps_quiet WITH_ARGS || return
	# Not tested, so not known without BTF.
	put proc/sys/kernel/osrelease 6.6.87
	cp "$work/config" "$tree/boot/config-6.6.87"
	ctl 3 doctor && says CONFIG_DEBUG_INFO_BTF || return
	# Nor one that may be on its way to the next series.
	put proc/sys/kernel/osrelease 7.2.0-rc1
	cp "$work/config" "$tree/boot/config-7.2.0-rc1"
	ctl 3 doctor && says CONFIG_DEBUG_INFO_BTF || return
	tree_new
	echo CONFIG_MLX5_CORE=m >>"$(echo "$tree"/boot/config-*)"
	doctor 0 config good 'has all that is needed' || return
	sed -i 's/MLX5_CORE=m/MLX5_CORE=y/' "$tree"/boot/config-*
	doctor 3 config bad 'CONFIG_MLX5_CORE is built in' || return
	tree_new
	rm "$tree"/boot/config-*
	doctor 0 config note "not on this machine" || return
	mkdir -p "$tree/proc"
	echo CONFIG_MODULES=y | gzip >"$tree/proc/config.gz"
	doctor 3 config bad 'CONFIG_DYNAMIC_FTRACE CONFIG_DYNAMIC_FTRACE_WITH_ARGS'
}

# The BTF of an object that holds such functions.
put_btf() # C-CODE
{
	local btf=$tree/sys/kernel/btf/vmlinux

	mkdir -p "${btf%/*}"
	gcc -x c -g -c -o "$work/btf.o" - <<-END
	struct page; struct folio; struct writeback_control; struct swap_iocb;
	$1
	END
	pahole -J "$work/btf.o"
	objcopy --only-section=.BTF --dump-section .BTF="$btf" "$work/btf.o" \
		"$work/btf.rest"
}

doctor_prototype()
{
	doctor 0 prototype note 'was built without BTF: nothing but its version tells' || return
	echo CONFIG_DEBUG_INFO_BTF=y >>"$tree/boot/config-$tree_release"
	doctor 0 prototype note 'BTF cannot be read' || return
	put_btf 'int swap_writepage(struct page *p, struct writeback_control *w)
		{ return 0; }'
	doctor 0 prototype good 'that the module was built for' || return
	# One that differs is enough.
	put_module "$tree_release" version=0.1.0 "prototype=$tree_prototype" \
		'prototype=reclaim_pages unsigned long (struct list_head *)'
	doctor 3 prototype bad \
		'built for "reclaim_pages unsigned long (struct list_head *)", which' ||
		return
	put_btf 'int swap_writepage(struct folio *f, struct swap_iocb **w)
		{ return 0; }'
	doctor 3 prototype bad \
		"built for \"$tree_prototype\", but this kernel has \"swap_writepage int (struct folio *, struct swap_iocb **)\"" ||
		return
	echo nonsense >"$tree/sys/kernel/btf/vmlinux"
	doctor 0 prototype note 'BTF cannot be read' || return
	put_module "$tree_release" version=0.1.0
	doctor 0 prototype note 'no module to be compared'
}

# A real kernel, and a module built for it; headers of 6.1 have no BTF.
doctor_prototypes_of_debian()
{
	local release btf=$tree/sys/kernel/btf/vmlinux

	release=$(kernel_fetch 6.12) && module_build "$release" "$work/module" ||
		return
	mkdir -p "${btf%/*}"
	objcopy --only-section=.BTF --dump-section .BTF="$btf" \
		"$(kernel_headers "$release")/vmlinux" "$work/btf.rest"
	cp "$work/module/kcompressd.ko" \
		"$tree/lib/modules/$tree_release/updates/dkms/"
	doctor 0 prototype good 'that the module was built for'
}

doctor_module()
{
	put_loaded
	put sys/module/kcompressd/version 0.0.9
	doctor 0 module note '0.0.9 is loaded, 0.1.0 is installed' || return
	tree_new
	rm -r "${tree:?}/lib"
	doctor 3 module bad 'not installed for' && says 'dkms status' text || return
	tree_new
	put etc/modprobe.d/x.conf 'blacklist kcompressd'
	doctor 0 blacklist note modprobe.d || return
	put proc/cmdline module_blacklist=kcompressd
	doctor 3 blacklist bad 'forbids loading'
}

doctor_signature()
{
	local efi=$tree/sys/firmware/efi/efivars

	doctor 0 signature good 'Secure Boot is off; the kernel takes unsigned' ||
		return
	mkdir -p "$efi"
	printf '\6\0\0\0\1' >"$efi/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
	put sys/kernel/security/lockdown 'none [integrity] confidentiality'
	doctor 3 signature bad 'Secure Boot is on, signatures are required' ||
		return
	put_loaded
	doctor 0 signature good 'ours was taken' || return
	tree_new
	put sys/module/module/parameters/sig_enforce Y
	doctor 3 signature bad 'Secure Boot is off, signatures are required' ||
		return
	put_signed_module 'some key' || return
	doctor 0 signature note 'is signed by some key' || return
	rm -r "${tree:?}/lib"
	doctor 3 signature note 'signatures are required' && says mokutil
}

doctor_ftrace()
{
	put proc/sys/kernel/ftrace_enabled 0
	doctor 3 ftrace bad 'kernel.ftrace_enabled is 0' || return
	put sys/kernel/livepatch/other/vmlinux/do_exit,1/patched 1
	doctor 3 ftrace bad 'kernel.ftrace_enabled is 0' || return
	put sys/kernel/livepatch/hotfix/vmlinux/swap_writepage,1/patched 1
	doctor 3 ftrace bad 'livepatch hotfix replaces' || return
	tree_new
	put proc/sys/vm/kcompressd 4
	doctor 3 sysctl bad 'of its own'
}

doctor_swap()
{
	put_swap
	doctor 3 swap bad 'there is no swap' || return
	put_swap '/dev/sda2 partition 2097148 0 -2'
	doctor 3 swap bad 'not compressed' || return
	put sys/module/zswap/parameters/enabled Y
	doctor 0 swap good 'by zswap' || return
	put_zram
	put sys/module/zswap/parameters/enabled N
	doctor 0 swap good 'by zram'
}

doctor_cpus()
{
	put sys/devices/system/cpu/online 0
	doctor 3 cpus bad 'one CPU' || return
	put sys/devices/system/cpu/online 0-1
	doctor 0 cpus note '2 online' || return
	put sys/kernel/mm/kcompressd/writers 1
	doctor 0 cpus good '2 online' || return
	put sys/devices/system/cpu/online 0,4-6,9
	doctor 0 cpus good '5 online' || return
	put sys/devices/system/node/node0/cpulist 0,4-6
	put sys/devices/system/node/node1/cpulist 9
	put sys/devices/system/node/node2/cpulist ''
	put sys/devices/system/node/possible 0-2
	doctor 0 cpus note '5 online, but a node has one' || return
	put sys/devices/system/node/node0/cpulist 0,4
	put sys/devices/system/node/node1/cpulist 5-6,9
	doctor 0 cpus good '5 online' || return
	put sys/kernel/mm/kcompressd/writers 0
	doctor 0 cpus note 'but a node has 2: while both' || return
	rm -r "$tree/sys/devices/system/node"
	doctor 0 cpus good '5 online' || return
	rm "$tree/sys/devices/system/cpu/online"
	doctor 0 cpus note 'cannot tell'
}

doctor_running()
{
	put proc/sys/vm/kcompressd 0
	doctor 0 depth note 'is 0' || return
	put_stat 0 failed_writes 12
	put_stat 1 failed_writes 5
	doctor 0 writes note '17 folios could not be written' || return
	put_stat 1 written_late 3
	doctor 0 workers note '3 folios were written in' || return
	put_stat 1 bypassed_state 1
	doctor 3 folios bad '1 came in a state'
}

doctor_kswapd()
{
	put proc/zoneinfo 'Node 0, zone      DMA' '  node_unreclaimable:  0' \
		'Node 0, zone   Normal' '  node_unreclaimable:  0' \
		'Node 1, zone   Normal' '  pages free     1021' \
		'  node_unreclaimable:  1' '  start_pfn:           1048576' \
		'Node 1, zone  Movable' '  node_unreclaimable:  1' \
		'Node 2, zone   Normal' '  node_unreclaimable:  1'
	doctor 0 kswapd note 'nodes: 1 2'
}

doctor_log()
{
	put dev/kmsg '6,1,2,-;kcompressd: this is not the last' \
		'3,2,3,-;kcompressd: this kernel has no symbol reclaim_pages' \
		'4,3,4,-;kcompressd: loading out-of-tree module taints kernel.' \
		'6,4,5,-;other: kcompressd: no'
	doctor 0 log note 'has no symbol reclaim_pages' &&
		keeps_quiet 'not the last' taints 'other:' || return
	put_loaded
	ctl 0 doctor && keeps_quiet reclaim_pages
}

doctor_all()
{
	check 'doctor: nothing is wrong' tree_new doctor_fit
	check 'doctor: kernel' tree_new doctor_kernel
	check 'doctor: configuration' tree_new doctor_config
	check 'doctor: prototype' tree_new doctor_prototype
	check "doctor: prototypes of Debian's kernel" tree_new \
		doctor_prototypes_of_debian
	check 'doctor: module' tree_new doctor_module
	check 'doctor: signature' tree_new doctor_signature
	check 'doctor: ftrace' tree_new doctor_ftrace
	check 'doctor: swap' tree_new doctor_swap
	check 'doctor: cpus' tree_new_loaded doctor_cpus
	check 'doctor: kswapd' tree_new doctor_kswapd
	check 'doctor: while it runs' tree_new_loaded doctor_running
	check "doctor: the kernel's log" tree_new doctor_log
}
