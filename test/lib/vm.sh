# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Boots a kernel in QEMU with an initramfs of one program and what it needs.
# Needs packages.sh and kernels.sh.

vm_tsc_source=${BASH_SOURCE[0]%/*}/tsc.c

# Modules that every guest gets, with what they depend on. A name that a
# kernel lacks, or has built in, is passed over.
vm_modules="zram zsmalloc virtio_pci virtio_blk ext4 crc32c_generic
	crc32c-intel lzo lzo-rle lz4 lz4hc zstd deflate 842 z3fold zbud
	dm-mod dm-flakey"

# Files of a module and of all that it depends on, relative to the modules
# directory.
vm_module_files() # MODULES-DIR NAME...
{
	local dir=$1 name

	shift
	for name in "$@"; do
		grep -E "(^|/)${name//[-_]/[-_]}\.ko[.a-z]*:" \
			"$dir/modules.dep" | tr -d ':' | tr ' ' '\n'
	done | sort -u
}

vm_add_modules() # RELEASE STAGE
{
	local from to=$2/lib/modules/$1 file

	from=$(kernel_modules "$1")
	mkdir -p "$to"
	cp "$from"/modules.builtin* "$from/modules.order" "$to/"
	# shellcheck disable=SC2086 # a list of names
	vm_module_files "$from" $vm_modules | while read -r file; do
		mkdir -p "$to/${file%/*}"
		case $file in
		*.xz) xz -dc "$from/$file" >"$to/${file%.xz}" ;;
		*.zst) zstd -qdc "$from/$file" >"$to/${file%.zst}" ;;
		*) cp "$from/$file" "$to/$file" ;;
		esac
	done
}

# The interpreter and the shared libraries that a program names, as paths.
vm_needed() # SYSROOT TRIPLET FILE
{
	local name path

	readelf -l -d "$3" 2>/dev/null | sed -n \
		-e 's/.*program interpreter: \(.*\)]/\1/p' \
		-e 's/.*(NEEDED).*\[\(.*\)]/\1/p' | while read -r name; do
		case $name in
		/*) echo "$name" ;;
		*)
			path=/usr/lib/$2/$name
			[ -e "$1$path" ] || {
				echo "$3 needs $name, which is not in ${path%/*}" >&2
				return 1
			}
			echo "$path" ;;
		esac
	done
}

# A program with the shared libraries that it was linked with.
vm_add_program() # STAGE SYSROOT TRIPLET FILE GUEST-PATH
{
	local lib

	mkdir -p "$1$(dirname "$5")"
	cp -L "$4" "$1$5"
	vm_needed "$2" "$3" "$4" | while read -r lib; do
		[ -e "$1$lib" ] || vm_add_program "$1" "$2" "$3" "$2$lib" "$lib"
	done
}

# FILES: "HOST-FILE" or "HOST-FILE:GUEST-PATH", into / by default. Module files
# go where modprobe finds them. Libraries come from SYSROOT.
vm_initramfs() # RELEASE SYSROOT OUTFILE INIT FILE...
{
	local release=$1 sysroot=${2%/} out=$3 init=$4 stage file path
	local triplet=x86_64-linux-gnu

	[ "$(kernel_arch "$release")" != arm64 ] || triplet=aarch64-linux-gnu
	shift 4
	stage=$out.d
	rm -rf "$stage"
	mkdir -p "$stage/dev" "$stage/proc" "$stage/sys" "$stage/tmp"
	vm_add_modules "$release" "$stage"
	vm_add_program "$stage" "$sysroot" "$triplet" "$init" /init
	for file in "$@"; do
		path=/${file##*/}
		case $file in
		*:*) path=${file#*:} file=${file%%:*} ;;
		*.ko) path=/lib/modules/$release/extra/${file##*/} ;;
		esac
		vm_add_program "$stage" "$sysroot" "$triplet" "$file" "$path"
		# Of a debug kernel's, DWARF is more than the guest has memory for.
		[[ $path != *.ko || $triplet != x86_64-* ]] ||
			strip --strip-debug "$stage$path"
	done
	depmod -b "$stage" "$release"
	(cd "$stage" && find . | cpio -o -H newc --quiet) >"$out"
	rm -rf "$stage"
}

# A parameter for an emulated kernel, so that it need not measure; none if the
# host counts otherwise.
vm_tsc_parameter() # DIR
{
	local khz

	need gcc libc6-dev >&2
	gcc -O2 -o "$1/tsc" "$vm_tsc_source" && khz=$("$1/tsc") || return 0
	echo "tsc_early_khz=$khz"
}

# A /dev/kvm may open and still be unable to run a stock kernel, so the very
# kernel is tried: it must get as far as its banner on the console.
vm_kvm_works() # RELEASE
{
	local answer log

	answer=$(kernel_root "$1")/kvm

	[ -w /dev/kvm ] && [ "$(kernel_arch "$1")" = amd64 ] || return 1
	if [ ! -e "$answer" ]; then
		log=$(mktemp)
		# The braces hide what the shell says if QEMU aborts.
		# shellcheck disable=SC2154 # qemu_find has set it
		{
			timeout 10 "${qemu_command[@]}" -accel kvm -cpu host \
				-m 256 -nodefaults -display none -no-reboot \
				-serial stdio -kernel "$(kernel_image "$1")" \
				-append 'console=ttyS0 panic=-1' \
				>"$log" 2>&1 </dev/null || true
		} 2>/dev/null
		grep -q 'Kernel panic - not syncing: VFS' "$log" &&
			echo yes >"$answer" || echo no >"$answer"
		rm -f "$log"
	fi
	[ "$(cat "$answer")" = yes ]
}
