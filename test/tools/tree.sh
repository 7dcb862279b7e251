# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Trees that stand for a machine's files (KCOMPRESSD_ROOT): each test makes the
# machine that suits kcompressd and spoils what it is about.

tree_release=6.12.117-test

# put PATH [LINE...]: a file of the tree.
put()
{
	mkdir -p "$tree/$(dirname "$1")"
	printf '%s\n' "${@:2}" >"$tree/$1"
}

# Names and values in turns.
put_stat() # NODE NAME VALUE...
{
	local file=$tree/sys/kernel/mm/kcompressd/node$1/stat

	mkdir -p "${file%/*}"
	printf '%s %s\n' "${@:2}" >"$file"
}

put_histogram() # NODE NAME COUNT...
{
	local file=$tree/sys/kernel/mm/kcompressd/node$1/$2_ns_histogram ns=1 n

	mkdir -p "${file%/*}"
	for n in "${@:3}"; do
		echo "$ns $n"
		ns=$((2 * ns))
	done >"$file"
}

# What kernel and module of these trees agree on.
tree_prototype='swap_writepage int (struct page *, struct writeback_control *)'

# A module file that has nothing but what modinfo shows.
put_module() # RELEASE FIELD=VALUE...
{
	local file=$tree/lib/modules/$1/updates/dkms/kcompressd.ko

	mkdir -p "${file%/*}"
	touch "$tree/lib/modules/$1"/modules.{order,builtin,builtin.modinfo}
	printf '%s\0' name=kcompressd "${@:2}" >"$work/modinfo"
	objcopy --add-section .modinfo="$work/modinfo" "$work/empty.o" "$file"
	depmod -b "$tree" "$1"
}

# Signed with a key that is made for it, by the kernel's own program.
put_signed_module() # SIGNER
{
	local release

	release=$(kernel_fetch 6.12) || return
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 \
		-subj "/CN=$1" -keyout "$work/key" -outform DER \
		-out "$work/certificate" 2>/dev/null &&
		"$(kernel_headers "$release")/scripts/sign-file" sha256 \
			"$work/key" "$work/certificate" \
			"$tree/lib/modules/$tree_release/updates/dkms/kcompressd.ko"
}

put_swap() # LINE...
{
	put proc/swaps 'Filename Type Size Used Priority' "$@"
}

put_zram()
{
	put_swap '/dev/zram0 partition 1048572 524288 100'
	put sys/block/zram0/comp_algorithm 'lzo lz4 [zstd]'
	put sys/block/zram0/mm_stat \
		'400000000 90000000 100000000 0 100000000 0 0 0 0'
}

put_loaded()
{
	put sys/module/kcompressd/initstate live
	put sys/module/kcompressd/version 0.1.0
	put sys/kernel/mm/kcompressd/hook attached
	put sys/kernel/mm/kcompressd/writers 0
	put proc/sys/vm/kcompressd 24
	put_stat 0 offered 1000 bypassed_off 3 bypassed_device 97 queued 900 \
		written_worker 500 written_kswapd 380 waiting 20 writing 2 \
		handback_freed 333 failed_writes 0 waiting_pages 20 \
		pending_pages 40 bound_pages 512
	put_histogram 0 wait 0 0 0 0
	put_histogram 0 write 0 0 0 0
}

# All is well, and the module is installed but not loaded.
tree_new()
{
	rm -rf "$tree"
	put proc/sys/kernel/osrelease "$tree_release"
	put proc/sys/kernel/ftrace_enabled 1
	put proc/cmdline 'root=/dev/sda1 quiet'
	put proc/meminfo 'MemTotal: 4000000 kB' 'MemAvailable: 2000000 kB' \
		'SwapTotal: 4000000 kB' 'SwapFree: 4000000 kB'
	put proc/vmstat 'allocstall_normal 0' 'allocstall_movable 0' \
		'pgsteal_anon 0' 'pgsteal_kswapd 0' 'pgsteal_direct 0'
	put dev/kmsg
	put sys/devices/system/cpu/online 0-3
	put sys/module/zswap/parameters/enabled N
	put sys/module/zswap/parameters/compressor lzo
	put sys/kernel/security/lockdown '[none] integrity confidentiality'
	put sys/module/module/parameters/sig_enforce N
	put "boot/config-$tree_release" CONFIG_MODULES=y CONFIG_SWAP=y \
		CONFIG_KPROBES=y CONFIG_KALLSYMS_ALL=y CONFIG_DYNAMIC_FTRACE=y \
		CONFIG_DYNAMIC_FTRACE_WITH_ARGS=y
	put_zram
	put_module "$tree_release" version=0.1.0 "prototype=$tree_prototype"
}

tree_new_loaded()
{
	tree_new
	put_loaded
}
