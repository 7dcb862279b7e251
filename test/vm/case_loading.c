// SPDX-License-Identifier: GPL-2.0-only
/* Loading while the kernel's allocations fail, one after the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "suite.h"

#define FAIL_NTH "/proc/self/fail-nth"
/* Far more than loading takes; what it takes is looked for below that. */
#define MANY 65536
/* The module's own are the last ones; before them the kernel makes room for it. */
#define LAST 400

static int module_file(void)
{
	struct utsname kernel;
	char path[G_PATH];
	int fd;

	CHECK(!uname(&kernel), "no name of the kernel");
	snprintf(path, sizeof(path), "/lib/modules/%.64s/extra/kcompressd.ko",
		 kernel.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0, "no %s", path);
	return fd;
}

static void fail_all_kinds(void)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	char path[G_PATH];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/verbose",
			 kinds[i]);
		CHECK_RC(g_write(path, "0"), 0);
		snprintf(path, sizeof(path),
			 "/sys/kernel/debug/%s/ignore-gfp-wait", kinds[i]);
		CHECK_RC(g_write(path, "N"), 0);
	}
	CHECK_RC(g_write("/sys/kernel/debug/fail_page_alloc/min-order", "0"), 0);
}

/*
 * Loads it with the nth allocation failing, and takes it out again. Returns true
 * if there was an nth one.
 */
static bool load_failing(int module, int nth, unsigned int *refused)
{
	char text[16];
	int fail, len, rc;

	fail = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	CHECK(fail >= 0, "no " FAIL_NTH);
	len = snprintf(text, sizeof(text), "%d", nth);
	CHECK(write(fail, text, len) == len, "cannot write to " FAIL_NTH);
	rc = syscall(SYS_finit_module, module, "", 0) ? -errno : 0;
	len = pread(fail, text, sizeof(text) - 1, 0);
	CHECK(len > 0, "cannot read " FAIL_NTH);
	text[len] = 0;
	CHECK(write(fail, "0", 1) == 1, "cannot write to " FAIL_NTH);
	close(fail);

	if (!rc) {
		CHECK(kcd_hooked(), "allocation %d: loaded, but not on", nth);
		CHECK_RC(g_module_unload("kcompressd"), 0);
	} else {
		(*refused)++;
		CHECK(rc == -ENOMEM, "allocation %d: loading says %d", nth, rc);
	}
	CHECK(!g_module_loaded("kcompressd") && !kcd_hooked() &&
	      !g_exists(KCD_SYSFS) && !g_exists(KCD_SYSCTL),
	      "allocation %d: loading says %d, and leaves something", nth, rc);
	return !atoi(text);
}

static void allocations_fail(void)
{
	int least = 1, most = MANY, nth, module;
	unsigned int refused = 0, before;

	if (!g_exists(FAIL_NTH))
		SKIP("this kernel injects no faults");
	module = module_file();
	fail_all_kinds();
	/* The first that there is not. */
	while (least < most) {
		nth = least + (most - least) / 2;
		if (load_failing(module, nth, &refused))
			least = nth + 1;
		else
			most = nth;
	}
	before = refused;
	for (nth = most > LAST ? most - LAST : 1; nth < most; nth++)
		load_failing(module, nth, &refused);
	g_note("%d allocations, of the last %d %u kept it from being loaded",
	       most - 1, LAST, refused - before);
	CHECK(refused > before, "none kept it from being loaded");
	close(module);
	setup_module("");
	CHECK_RC(g_module_unload("kcompressd"), 0);
}

const struct suite_case cases_loading[] = {
	{ "allocations_fail_while_it_is_loaded", allocations_fail, 900 },
	{ }
};
