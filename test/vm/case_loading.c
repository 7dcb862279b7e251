// SPDX-License-Identifier: GPL-2.0-only
/* Loading while the module's allocations fail, one after the other. */
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
/* Refused as soon as it has the word. */
#define REFUSED "depth=999"
/* What the kernel takes more to throw out what was refused. */
#define MARGIN 64

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

/*
 * Loads it with the nth allocation failing, and takes it out again. Returns false
 * if there was no nth one; then loading says what is expected.
 */
static bool load_failing(int module, const char *params, int expected, int nth,
			 unsigned int *refused)
{
	char text[16];
	int fail, len, rc;
	bool failed;

	fail = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	CHECK(fail >= 0, "no " FAIL_NTH);
	len = snprintf(text, sizeof(text), "%d", nth);
	CHECK(write(fail, text, len) == len, "cannot write to " FAIL_NTH);
	rc = syscall(SYS_finit_module, module, params, 0) ? -errno : 0;
	len = pread(fail, text, sizeof(text) - 1, 0);
	CHECK(len > 0, "cannot read " FAIL_NTH);
	text[len] = 0;
	failed = !atoi(text);
	CHECK(write(fail, "0", 1) == 1, "cannot write to " FAIL_NTH);
	close(fail);

	/* Not always -ENOMEM: to ftrace a filter without memory is one that fits nothing. */
	CHECK(rc == expected || (failed && rc < 0),
	      "allocation %d: loading says %d", nth, rc);
	if (!rc) {
		CHECK(kcd_hooked(), "allocation %d: loaded, but not on", nth);
		kcd_unload();
	} else if (rc != expected) {
		(*refused)++;
	}
	CHECK(!g_module_loaded("kcompressd") && !kcd_hooked() &&
	      !g_exists(KCD_SYSFS) && !g_exists(KCD_SYSCTL),
	      "allocation %d: loading says %d, and leaves something", nth, rc);
	return failed;
}

/* How many allocations loading takes; some differ from one time to the next. */
static int allocations_of(int module, const char *params, int expected)
{
	int least = 1, most = MANY, nth;
	unsigned int refused = 0;

	while (least < most) {
		nth = least + (most - least) / 2;
		if (load_failing(module, params, expected, nth, &refused))
			least = nth + 1;
		else
			most = nth;
	}
	return most - 1;
}

static void allocations_fail(void)
{
	unsigned int refused = 0;
	int nth, first, module;

	faults_of_allocations();
	module = module_file();
	first = allocations_of(module, REFUSED, -EINVAL) - MARGIN;
	CHECK(first > 0, "the kernel itself takes %d allocations", first);
	for (nth = first; load_failing(module, "", 0, nth, &refused); nth++)
		;
	g_note("of %d allocations %u kept it from being loaded", nth - first,
	       refused);
	CHECK(refused, "none kept it from being loaded");
	close(module);
	setup_module("");
	kcd_unload();
}

const struct suite_case cases_loading[] = {
	{ "allocations_fail_while_it_is_loaded", allocations_fail },
	{ }
};
