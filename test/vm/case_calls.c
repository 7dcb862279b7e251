// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module calls through pointers, where the kernel is built to have landing
 * pads. Booting, it takes them from functions whose address it does not use itself, on
 * any CPU: what is left shows without one that looks for them.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#define ENDBR64 "\xf3\x0f\x1e\xfa"

/*
 * Called through pointers, where test/lib/indirect.sh allows that: the release
 * function of a swap device's users, and from 7.3 on how a disk is written to.
 */
static const char * const by_pointer[] = {
	"swap_users_ref_free", "swap_bdev_submit_write", NULL
};

/* Called by static call, which needs none; so that one without is seen as such. */
static const char * const directly[] = {
	"folio_isolate_lru", "reclaim_pages", "drain_local_pages", "idle_cpu",
	"get_swap_device", "vmpressure", NULL
};

/* Link-time optimization appends to names of static functions. */
static bool is_name(const char *found, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(found, name, len) &&
	       (!found[len] || !strncmp(found + len, ".llvm.", 6));
}

/* Where a function begins; 0 if there is none of that name. */
static unsigned long address_of(const char *name)
{
	char line[512], type, found[256];
	unsigned long address, result = 0;
	FILE *file = fopen("/proc/kallsyms", "re");

	CHECK(file, "no /proc/kallsyms");
	while (!result && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %c %255s", &address, &type, found) == 3 &&
		    strchr("tT", type) && is_name(found, name))
			result = address;
	fclose(file);
	return result;
}

/* Kernel memory, as the kernel shows it to debuggers. */
static void read_kernel(unsigned long address, void *to, size_t size)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	Elf64_Phdr part;
	unsigned int i;

	CHECK(fd >= 0 && read(fd, &head, sizeof(head)) == sizeof(head),
	      "cannot read /proc/kcore");
	for (i = 0; i < head.e_phnum; i++) {
		CHECK(pread(fd, &part, sizeof(part), head.e_phoff + i * sizeof(part)) ==
		      sizeof(part), "/proc/kcore has no part %u", i);
		if (part.p_type == PT_LOAD && address - part.p_vaddr < part.p_memsz)
			break;
	}
	CHECK(i < head.e_phnum, "%lx is not in /proc/kcore", address);
	CHECK(pread(fd, to, size, part.p_offset + (address - part.p_vaddr)) ==
	      (ssize_t)size, "cannot read %lx", address);
	close(fd);
}

/* How many of them the kernel has, and how many with a landing pad. */
static unsigned int count(const char * const names[], unsigned int *landed)
{
	char code[sizeof(ENDBR64) - 1];
	unsigned int there = 0;
	unsigned long address;
	bool lands;

	*landed = 0;
	for (; *names; names++) {
		address = address_of(*names);
		if (!address)
			continue;
		read_kernel(address, code, sizeof(code));
		lands = !memcmp(code, ENDBR64, sizeof(code));
		g_note("%s has %s landing pad", *names, lands ? "its" : "no");
		there++;
		*landed += lands;
	}
	return there;
}

static void pointers_land(void)
{
	unsigned int there, landed;

	if (!address_of("ibt_restore"))
		SKIP("this kernel has no landing pads");
	there = count(directly, &landed);
	CHECK(there >= 5, "only %u functions found", there);
	CHECK(landed < there, "no function has lost its landing pad");
	there = count(by_pointer, &landed);
	CHECK(there == (g_kernel_is("7.3.") ? 2 : 1),
	      "%u functions called through pointers found", there);
	CHECK(landed == there, "of %u functions called through pointers %u have a landing pad",
	      there, landed);
}

const struct suite_case cases_calls[] = {
	{ "what_is_called_by_pointer_has_its_landing_pad", pointers_land },
	{ }
};
