# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The RPM and Arch packages, as far as Debian's tools can tell: what they build
# is looked at, but not installed.

others_release()
{
	debian_source "$work/kcompressd-$debian_version"
	tar -czf "$work/kcompressd-$debian_version.tar.gz" -C "$work" \
		"kcompressd-$debian_version"
}

# What both kinds of packages have to hold, beside the sources.
others_complete() # LISTING BIN
{
	local path

	for path in "usr/src/kcompressd-$debian_version/dkms.conf" \
		"usr/src/kcompressd-$debian_version/module/hook.c" \
		etc/modules-load.d/kcompressd.conf \
		usr/share/man/man4/kcompressd.4 "$2/kcompressdctl" \
		usr/share/man/man8/kcompressdctl.8; do
		grep -q "$path" "$1" || {
			echo "no $path"
			return 1
		}
	done
}

rpm_lint()
{
	rpmspec -P "$top/packaging/kcompressd.spec" >/dev/null &&
		rpmlint "$top/packaging/kcompressd.spec" 2>&1 |
			tee /dev/stderr | grep -q ' 0 errors'
}

# What it needs is there, only RPM has not heard of it.
rpm_build()
{
	mkdir -p "$work/rpm/SOURCES"
	cp "$work/kcompressd-$debian_version.tar.gz" "$work/rpm/SOURCES/"
	rpmbuild --define "_topdir $work/rpm" --nodeps -bb \
		"$top/packaging/kcompressd.spec" || return
	rpm -qpl "$work"/rpm/RPMS/*/*.rpm >"$work/rpm/listing" &&
		others_complete "$work/rpm/listing" usr/bin
}

# makepkg will not be root.
arch_build()
{
	local dir=$work/arch as_nobody=()

	mkdir -p "$dir"
	cp "$top/packaging/PKGBUILD" "$work/kcompressd-$debian_version.tar.gz" "$dir/"
	if [ "$(id -u)" -eq 0 ]; then
		chmod 755 "$work"
		chown -R nobody "$dir"
		as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	fi
	(cd "$dir" && "${as_nobody[@]}" env HOME="$dir" makepkg --nodeps) ||
		return
	for package in "$dir"/*.pkg.tar*; do
		bsdtar -tf "$package"
	done >"$dir/listing"
	others_complete "$dir/listing" usr/bin
}

others_all()
{
	need fakeroot gcc libarchive-tools libjansson-dev \
		libkmod-dev libncurses-dev make makepkg pacman-package-manager \
		pkgconf rpm rpmlint zlib1g-dev
	others_release
	tally_run 'RPM: rpmlint has no error' rpm_lint
	tally_run 'RPM: builds, and is complete' rpm_build
	tally_run 'Arch: builds, and is complete' arch_build
}
