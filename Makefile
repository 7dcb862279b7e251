# SPDX-License-Identifier: GPL-2.0
# What a person calls. The kernel's make reads Kbuild and never this file.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

# What has built the kernel builds the module. dkms does not come by here.
LLVM ?= $(if $(shell grep -s ^CONFIG_CC_IS_CLANG=y $(KDIR)/include/config/auto.conf),1)

# DKMS_FLAGS and SOURCE_TREE are there for the tests.
DKMS ?= dkms
DKMS_FLAGS ?=
SOURCE_TREE ?= /usr/src

# Whoever became root by su may not have it there.
export PATH := $(PATH):/usr/sbin:/sbin

# Where all but the module goes; DESTDIR is for packages.
DESTDIR ?=
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SYSCONFDIR ?= /etc
bin := $(DESTDIR)$(BINDIR)
man := $(DESTDIR)$(PREFIX)/share/man
completions := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
config := $(DESTDIR)$(SYSCONFDIR)

name := $(shell sed -n 's/^PACKAGE_NAME="\(.*\)"/\1/p' dkms.conf)
version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
source := $(SOURCE_TREE)/$(name)-$(version)
dkms_do = $(DKMS) $(1) -m $(name) -v $(version) $(DKMS_FLAGS)

.PHONY: modules tools install install-source install-config install-tools
.PHONY: uninstall uninstall-module uninstall-config uninstall-tools
.PHONY: check check-quick check-all check-debug check-system torture demo bench
.PHONY: clean help
.PHONY: need-headers need-dkms need-root

# The order of prerequisites is the order of doing.
.NOTPARALLEL:

modules: need-headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) LLVM=$(LLVM) modules

tools:
	$(MAKE) -C tools

# What an earlier try has left, of this version, is taken out first. For other
# kernels dkms builds it anew when they are booted.
install: need-headers need-root uninstall-module install-source install-config
	$(call dkms_do,add)
	$(call dkms_do,build) -k $(KVER)
	$(call dkms_do,install) -k $(KVER)
	@echo "kcompressd $(version) is installed; load it: modprobe kcompressd"

# What DKMS builds from.
install-source:
	install -d $(source)/module $(source)/include $(source)/proof
	install -m 644 -t $(source) Kbuild dkms.conf LICENSE
	install -m 644 -t $(source)/module module/*.[ch]
	install -m 644 -t $(source)/include include/*.h
	install -m 644 -t $(source)/proof proof/prove.c
	install -m 755 -t $(source)/proof proof/run

# What the user has changed is kept.
install-config:
	install -d $(man)/man4
	install -m 644 -t $(man)/man4 tools/kcompressd.4
	@for kind in modules-load modprobe sysctl; do \
		install -d $(config)/$$kind.d; \
		[ -e $(config)/$$kind.d/kcompressd.conf ] || \
			install -m 644 tools/etc/$$kind.conf \
				$(config)/$$kind.d/kcompressd.conf; \
	done

install-tools: tools
	install -d $(bin) $(man)/man8 $(completions)
	install -m 755 -t $(bin) tools/kcompressdctl
	install -m 644 -t $(man)/man8 tools/kcompressdctl.8
	install -m 644 tools/kcompressdctl.bash $(completions)/kcompressdctl

uninstall: uninstall-module uninstall-config uninstall-tools

uninstall-config:
	rm -f $(man)/man4/kcompressd.4 $(config)/modules-load.d/kcompressd.conf
	rm -f $(config)/modprobe.d/kcompressd.conf
	rm -f $(config)/sysctl.d/kcompressd.conf

uninstall-tools:
	rm -f $(bin)/kcompressdctl $(man)/man8/kcompressdctl.8
	rm -f $(completions)/kcompressdctl

uninstall-module: need-dkms need-root
	@status=$$($(call dkms_do,status)) || exit; if [ -n "$$status" ]; then \
		echo "$(call dkms_do,remove) --all"; \
		$(call dkms_do,remove) --all; \
	fi
	rm -rf $(source)

need-headers:
	@[ -e $(KDIR)/Makefile ] || { \
		echo "kcompressd: no headers of kernel $(KVER) in $(KDIR)"; \
		echo "On Debian and Ubuntu: apt-get install linux-headers-$(KVER)"; \
		echo "Elsewhere: linux-headers, kernel-devel or kernel-default-devel"; \
		exit 1; \
	} >&2

need-dkms:
	@command -v $(DKMS) >/dev/null || { \
		echo "kcompressd: dkms is missing"; \
		echo "On Debian and Ubuntu: apt-get install dkms"; \
		echo "Elsewhere the package is called dkms too"; \
		exit 1; \
	} >&2

need-root:
	@[ -w $(SOURCE_TREE) ] || { \
		echo "kcompressd: cannot write to $(SOURCE_TREE); try sudo make"; \
		exit 1; \
	} >&2

check:
	@test/check

check-quick:
	@test/check fifo prototype tools bench judges style

check-all:
	@test/kernels/run

check-debug:
	@test/kernels/run debug

check-system:
	@test/check package system

torture:
	@test/torture/run

demo:
	@test/demo/run

bench:
	@test/bench/run
	@test/bench/report

clean:
	rm -f *.o .*.o *.ko *.mod *.mod.c .*.cmd Module.symvers modules.order
	rm -f module/*.o module/.*.cmd proof/proved proof/.*.cmd
	$(MAKE) -C tools clean

help:
	@echo "make              build the module for the running kernel"
	@echo "                  (KVER=RELEASE or KDIR=HEADERS for another)"
	@echo "make install      build and install it with DKMS, as root, with files in"
	@echo "                  /etc that load and tune it at boot"
	@echo "make tools        build kcompressdctl"
	@echo "make install-tools  build and install kcompressdctl, as root (PREFIX=DIR)"
	@echo "make uninstall    take all of it out again, as root"
	@echo "make check        tests of the tool, style, DKMS, and most of the suite, in QEMU"
	@echo "make check-quick  the tests that boot nothing"
	@echo "make check-all    the suite on every kernel, then DKMS of every suite; hours, can"
	@echo "                  be resumed"
	@echo "make check-debug  the suite on kernels that look for faults; many hours,"
	@echo "                  can be resumed"
	@echo "make check-system the packages, and Debian booted with them; two hours"
	@echo "make torture      campaigns of everything at once; hours"
	@echo "make demo         show what the module does, in QEMU"
	@echo "make bench        measure it in many machines; hours, can be resumed"
	@echo "                  (BENCH=REGEX for some of them)"
	@echo "make clean        remove what was built here"
