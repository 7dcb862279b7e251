# SPDX-License-Identifier: GPL-2.0
# What a person calls. The kernel's make reads Kbuild and never this file.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

# DKMS_FLAGS and SOURCE_TREE are there for the tests.
DKMS ?= dkms
DKMS_FLAGS ?=
SOURCE_TREE ?= /usr/src

name := $(shell sed -n 's/^PACKAGE_NAME="\(.*\)"/\1/p' dkms.conf)
version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
source := $(SOURCE_TREE)/$(name)-$(version)
dkms_do = $(DKMS) $(1) -m $(name) -v $(version) $(DKMS_FLAGS)

.PHONY: modules install uninstall check check-quick demo clean help
.PHONY: need-headers need-dkms need-root

# The order of prerequisites is the order of doing.
.NOTPARALLEL:

modules: need-headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# What an earlier try has left, of this version, is taken out first. For other
# kernels dkms builds it anew when they are booted.
install: need-headers need-root uninstall
	install -d $(source)/module $(source)/include $(source)/proof
	install -m 644 -t $(source) Kbuild dkms.conf LICENSE
	install -m 644 -t $(source)/module module/*.[ch]
	install -m 644 -t $(source)/include include/*.h
	install -m 644 -t $(source)/proof proof/prove.c
	install -m 755 -t $(source)/proof proof/run
	$(call dkms_do,add)
	$(call dkms_do,build) -k $(KVER)
	$(call dkms_do,install) -k $(KVER)
	@echo "kcompressd $(version) is installed; load it: modprobe kcompressd"

uninstall: need-dkms need-root
	@if [ -n "$$($(call dkms_do,status))" ]; then \
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
	@PATH=$$PATH:/usr/sbin:/sbin command -v $(DKMS) >/dev/null || { \
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
	@test/check fifo prototype style

demo:
	@test/demo/run

clean:
	rm -f *.o *.ko *.mod *.mod.c .*.cmd Module.symvers modules.order
	rm -f module/*.o module/.*.cmd proof/proved proof/.*.cmd

help:
	@echo "make              build the module for the running kernel"
	@echo "                  (KVER=RELEASE or KDIR=HEADERS for another)"
	@echo "make install      build and install it with DKMS, as root"
	@echo "make uninstall    take it out again, as root"
	@echo "make check        all tests; they boot kernels in QEMU"
	@echo "make check-quick  the tests that boot nothing"
	@echo "make demo         show what the module does, in QEMU"
	@echo "make clean        remove what was built here"
