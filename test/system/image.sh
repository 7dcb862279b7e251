# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Disks with Debian as a user has it: systemd, a way to have zram, and kcompressd
# from its packages. They stay in the cache until the source changes. Needs
# packages.sh, kernels.sh, suite.sh, chroot.sh and debian.sh.

# What is in the images, beside what building takes.
image_packages="bc bpftrace e2fsprogs earlyoom linux-image-amd64 linux-perf openssl
	perl procps stress-ng systemd-oomd systemd-sysv trace-cmd udev"
# One of the two ways to have zram.
declare -A image_zram=([bookworm]=zram-tools [trixie]=systemd-zram-generator
	[trixie-backports]=systemd-zram-generator)

# What goes into an image, but for the suite's packages, and pages that have no
# part in it.
image_sources()
{
	debian_source "$work/sources"
	rm -r "$work/sources/docs" "$work/sources/README.md"
	cp "$here/image.sh" "$top/test/lib/debian.sh" "$top/docs/tuning.md" \
		"$work/sources/"
	find "$work/sources" -type f -print0 | sort -z | xargs -0 cat
	rm -rf "$work/sources"
}

# Where the image of this source is, or will be.
image_dir() # SUITE
{
	image_stamp=${image_stamp:-$(image_sources | sha256sum | cut -c 1-12)}
	echo "$kernels_cache/system/$1-$image_stamp"
}

# What the user has set.
image_settings()
{
	echo 'options kcompressd writers=2' >"$root/etc/modprobe.d/kcompressd.conf"
	echo 'vm.kcompressd = 24' >"$root/etc/sysctl.d/kcompressd.conf"
	# The rule of docs/tuning.md.
	grep '^ACTION==.*workqueue' "$top/docs/tuning.md" \
		>"$root/etc/udev/rules.d/kcompressd.rules"
	printf 'ALGO=lz4\nPERCENT=200\n' >"$root/etc/default/zramswap"
	printf '[zram0]\nzram-size = ram * 2\ncompression-algorithm = lz4\n' \
		>"$root/etc/systemd/zram-generator.conf"
	# A slow machine shall give its tests what they need.
	mkdir -p "$root/etc/systemd/system/system.slice.d"
	printf '[Slice]\nMemoryMin=300M\n' \
		>"$root/etc/systemd/system/system.slice.d/tests.conf"
	echo wonderland >"$root/etc/hostname"
	# Or it would ask for the time zone.
	echo 00112233445566778899aabbccddeeff >"$root/etc/machine-id"
}

# The checks come on a disk of their own; they run once all is up, and turn the
# machine off.
image_service()
{
	local units=$root/etc/systemd/system

	cat >"$units/kcompressd-test.service" <<-'END'
	[Unit]
	After=multi-user.target
	[Service]
	Type=oneshot
	StateDirectory=kcompressd-test
	WorkingDirectory=/var/lib/kcompressd-test
	ExecStart=tar -xf /dev/vdb
	ExecStart=bash ./run
	ExecStopPost=systemctl --no-block poweroff
	StandardOutput=file:/dev/ttyS1
	StandardError=inherit
	MemoryMin=250M
	END
	mkdir -p "$units/multi-user.target.wants"
	ln -s ../kcompressd-test.service "$units/multi-user.target.wants/"
}

# The key that Secure Boot of the machine trusts. DKMS signs with it, and so is the
# kernel, whose own signature is for shim.
image_keys()
{
	local keys=/usr/share/ovmf/PkKek-1-snakeoil

	mkdir -p "$root/var/lib/dkms"
	openssl pkey -in "$keys.key" -passin pass:snakeoil \
		-out "$root/var/lib/dkms/mok.key"
	openssl x509 -in "$keys.pem" -outform DER \
		-out "$root/var/lib/dkms/mok.pub"
	cp "$keys.pem" "$work/certificate"
}

image_kernel() # DIR
{
	cp "$root"/boot/initrd.img-* "$1/initrd"
	sbsign --key "$root/var/lib/dkms/mok.key" --cert "$work/certificate" \
		--output "$1/vmlinuz" "$root"/boot/vmlinuz-*
}

image_make() # SUITE DIR
{
	local suite=$1 dir=$2 unneeded=(build/first build/second/src
		var/cache/apt var/lib/apt/lists usr/share/doc usr/share/locale)

	need openssl e2fsprogs sbsigntool ovmf
	# Not those of its backports.
	rm -rf "$kernels_cache/system/$suite-"????????????
	mkdir -p "$dir"
	# shellcheck disable=SC2086 # a list of names
	debian_root "$suite" $image_packages "${image_zram[$suite]}" || return
	debian_source "$root/build/first/src"
	debian_source "$root/build/second/src" 0.99
	image_keys && debian_build first && debian_install first || return
	# To be upgraded to.
	debian_build second || return
	image_settings
	image_service
	image_kernel "$dir" || return
	(cd "$root" && rm -rf "${unneeded[@]}")
	mke2fs -q -t ext4 -d "$root" "$dir/disk.new" 6G || return
	umount -l "$root"
	mv "$dir/disk.new" "$dir/disk"
}

# Two at once would make it twice.
image_need() # SUITE
{
	local dir

	dir=$(image_dir "$1")
	mkdir -p "$kernels_cache/system"
	(
		flock 9
		[ -e "$dir/disk" ] || image_make "$1" "$dir"
	) 9>"$kernels_cache/system/lock"
}
