# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# kcompressdctl status

status_on()
{
	ctl 0 status &&
		says 'kcompressd 0.1.0: on' 'hook attached, depth 24, writers automatic' \
			20/24 60/512 1000 500 380 333 /dev/zram0 zstd 4.00 &&
		ctl 0 status --json &&
		json '.state == "on"' '.why == null' '.depth == 24' \
			'.nodes[0].bypassed_device == 97' \
			'.nodes[0].written_worker == 500' \
			'.swap[0].algorithm == "zstd"' \
			'.swap[0].used_kib == 524288' \
			'.zswap.enabled == false'
}

status_nodes()
{
	local node

	for node in 10 2 1; do
		put_stat $node offered $((node * 1111)) waiting $node
	done
	ctl 0 status --json && json '[.nodes[].node] == [0, 1, 2, 10]' \
		'.nodes[3].offered == 11110' &&
		ctl 0 status && says 11110 10/24
}

status_off()
{
	put proc/sys/vm/kcompressd 0
	put sys/kernel/mm/kcompressd/hook detached
	ctl 3 status && says ': off' 'vm.kcompressd is 0' detached &&
		ctl 3 status --json && json '.state == "off"'
}

status_installed()
{
	ctl 4 status && says 'not loaded' 'modprobe kcompressd' &&
		ctl 4 status --json && json '.nodes == []' '.version == null'
}

status_loading()
{
	put sys/module/kcompressd/initstate coming
	ctl 4 status && says 'not loaded'
}

status_not_installed()
{
	rm -r "${tree:?}/lib"
	ctl 4 status && says "not installed for Linux $tree_release"
}

status_blacklisted()
{
	put etc/modprobe.d/local.conf 'blacklist kcompressd'
	ctl 4 status && says blacklisted
}

status_banned()
{
	put proc/cmdline 'quiet module_blacklist=pcspkr,kcompressd ro'
	ctl 4 status && says module_blacklist= || return
	put proc/cmdline 'quiet module_blacklist=kcompressdx ro'
	ctl 4 status && keeps_quiet module_blacklist=
}

status_swaps()
{
	put_swap '/dev/sda2 partition 2097148 0 -2' \
		'/my\040swap file 1048572 4096 -3'
	put sys/module/zswap/parameters/enabled Y
	put sys/module/zswap/parameters/zpool zsmalloc
	ctl 0 status && says /dev/sda2 disk file 'zswap: on, lzo in zsmalloc' &&
		ctl 0 status --json &&
		json '.swap | length == 2' '.swap[1].kind == "file"' \
			'.swap[1].used_kib == 4096' \
			'.swap[0] | has("algorithm") | not' || return
	rm -r "${tree:?}/sys/module/zswap"
	put_swap
	ctl 0 status && says 'no swap' 'zswap: not in this kernel'
}

# Whatever is in the files, it must be neither a crash nor a memory error.
status_garbage()
{
	local file long

	long=$(head -c 100000 /dev/zero | tr '\0' x)
	while read -r file; do
		tree_new_loaded
		for text in '' ' ' "$long" '%s%n -1 99999999999999999999999' \
			$'offered\nqueued 1 2 3\n\n\noffered:' $'\x01\xff\xfe'; do
			printf %s "$text" >"$tree/$file"
			ctl 0 status >/dev/null 2>&1 || ctl 3 status ||
				ctl 4 status || return
			ctl 0 status --json >/dev/null 2>&1 ||
				ctl 3 status --json >/dev/null 2>&1 ||
				ctl 4 status --json || return
			json 'has("swap")' || return
		done
	done <<-'END'
	proc/swaps
	proc/cmdline
	proc/sys/kernel/osrelease
	proc/sys/vm/kcompressd
	sys/block/zram0/comp_algorithm
	sys/block/zram0/mm_stat
	sys/module/kcompressd/version
	sys/module/zswap/parameters/compressor
	sys/kernel/mm/kcompressd/hook
	sys/kernel/mm/kcompressd/writers
	sys/kernel/mm/kcompressd/node0/stat
	END
}

status_all()
{
	check 'status: on' tree_new_loaded status_on
	check 'status: several nodes' tree_new_loaded status_nodes
	check 'status: off' tree_new_loaded status_off
	check 'status: installed' tree_new status_installed
	check 'status: being loaded' tree_new status_loading
	check 'status: not installed' tree_new status_not_installed
	check 'status: blacklisted' tree_new status_blacklisted
	check 'status: forbidden at boot' tree_new status_banned
	check 'status: swap devices and zswap' tree_new_loaded status_swaps
	check 'status: files that make no sense' tree_new_loaded status_garbage
}
