// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "suite.h"

static void load_idle(void)
{
	int i;

	for (i = 0; i < 5; i++) {
		setup_module("");
		CHECK(kcd_hooked(), "ftrace shows no hook");
		CHECK(g_read_ll(KCD_SYSCTL) == 6, "the default is not 6");
		CHECK(g_read_ll(KCD_SYSFS "/writers") == 0,
		      "writers is not 0 by default");
		kcd_unload();
		CHECK(!kcd_hooked(), "the hook is still there");
		CHECK(!g_exists(KCD_SYSCTL), KCD_SYSCTL " is still there");
	}
}

static void load_pressure(void)
{
	struct g_pressure *p;
	int i;

	setup_zram(0, 512, NULL);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
	for (i = 0; i < 3; i++) {
		setup_module(i & 1 ? "depth=256 writers=2" : "");
		kcd_wait_growth(0, "queued", 300);
		kcd_check_counters();
		kcd_unload();
		CHECK(!kcd_hooked(), "the hook is still there");
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

static void unload_queued(void)
{
	struct g_pressure *p;
	int i;

	setup_zram(0, 512, NULL);
	p = g_pressure_start(data_mb, G_MIXED);
	for (i = 0; i < 2; i++) {
		setup_module("depth=256 writers=1");
		kcd_slow_writers(0);
		kcd_wait_waiting(0, 8);
		kcd_unload();
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

static void parameters_good(void)
{
	static const struct {
		const char *params;
		int depth;
		int writers;
	} good[] = {
		{ "depth=0", 0, 0 },
		{ "depth=1", 1, 0 },
		{ "depth=256", 256, 0 },
		{ "writers=1", 6, 1 },
		{ "depth=24 writers=16", 24, 16 },
	};
	char hook[16];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		setup_module(good[i].params);
		CHECK(g_read_ll(KCD_SYSCTL) == good[i].depth,
		      "%s: vm.kcompressd is %lld", good[i].params,
		      g_read_ll(KCD_SYSCTL));
		CHECK(g_read_ll(KCD_SYSFS "/writers") == good[i].writers,
		      "%s: writers is %lld", good[i].params,
		      g_read_ll(KCD_SYSFS "/writers"));
		CHECK(kcd_hooked() == !!good[i].depth, "%s: ftrace: %d",
		      good[i].params, kcd_hooked());
		g_read(KCD_SYSFS "/hook", hook, sizeof(hook));
		CHECK(!strcmp(hook, good[i].depth ? "attached" : "detached"),
		      "%s: hook is %s", good[i].params, hook);
		kcd_unload();
	}
}

static void parameters_bad(void)
{
	/* Numbers out of range are refused by the module, with a line. */
	static const struct {
		const char *params;
		const char *line;
	} bad[] = {
		{ "depth=257", "kcompressd: " },
		{ "depth=4294967295", "kcompressd: " },
		{ "writers=17", "kcompressd: " },
		{ "depth=-1", "depth" },
		{ "depth=x", "depth" },
		{ "depth=", "depth" },
		{ "writers=1x", "writers" },
	};
	size_t i;
	int mark, rc;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		mark = g_klog_mark();
		rc = g_module_load("kcompressd", bad[i].params);
		CHECK(rc == -EINVAL || rc == -ERANGE, "%s: loading says %d",
		      bad[i].params, rc);
		CHECK(!g_module_loaded("kcompressd"), "%s: it is loaded",
		      bad[i].params);
		CHECK(g_klog_since(mark, bad[i].line), "%s: no line in the log",
		      bad[i].params);
		CHECK(!kcd_hooked() && !g_exists(KCD_SYSCTL) &&
		      !g_exists(KCD_SYSFS), "%s: left something behind",
		      bad[i].params);
	}
}

static void writers_file(void)
{
	static const char * const bad[] = { "17", "-1", "x", "1 2", "" };
	size_t i;
	int n;

	setup_module("");
	for (n = 16; n >= 0; n--) {
		CHECK_RC(g_write(KCD_SYSFS "/writers", "%d", n), 0);
		CHECK(g_read_ll(KCD_SYSFS "/writers") == n,
		      "writers is not %d", n);
	}
	CHECK_RC(g_write(KCD_SYSFS "/writers", "3\n"), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_RC(g_write(KCD_SYSFS "/writers", "%s\n", bad[i]), -EINVAL);
		CHECK(g_read_ll(KCD_SYSFS "/writers") == 3,
		      "'%s' changed writers", bad[i]);
	}
}

/* A function can be redirected by one only: the second is refused. */
static void refused_by_livepatch(void)
{
	char line[64];
	int mark;

	snprintf(line, sizeof(line), "kcompressd: %s", kcd_hook_name());
	CHECK_RC(g_module_load("holder", NULL), 0);
	mark = g_klog_mark();
	CHECK_RC(g_module_load("kcompressd", NULL), -EBUSY);
	CHECK(g_klog_since(mark, line),
	      "no line in the log says why");
	CHECK(!g_exists(KCD_SYSCTL) && !g_exists(KCD_SYSFS),
	      "left something behind");

	/* Loaded while off, it cannot be turned on either, and says so. */
	setup_module("depth=0");
	CHECK_RC(g_write(KCD_SYSCTL, "6"), -EBUSY);
	CHECK(g_read_ll(KCD_SYSCTL) == 0, "vm.kcompressd changed");
	CHECK_RC(g_module_unload("holder"), 0);
	kcd_set_depth(6);
	CHECK(kcd_hooked(), "ftrace shows no hook");
	CHECK_RC(g_module_load("holder", NULL), -EBUSY);
}

/* What is hooked is the function whose prototype was proved, not all of its name. */
static void twin_left_alone(void)
{
	static char text[65536];

	CHECK_RC(g_module_load("twin", NULL), 0);
	setup_module("");
	CHECK(kcd_hooked(), "ftrace shows no hook");
	CHECK(g_read("/sys/kernel/tracing/enabled_functions", text, sizeof(text)) > 0,
	      "cannot read enabled_functions");
	CHECK(strstr(text, kcd_hook_name()), "ftrace does not show the function");
	CHECK(!strstr(text, "[twin]"), "another module's function is hooked: %s",
	      strstr(text, "[twin]"));
}

static void ftrace_turned_off(void)
{
	const char *sysctl = "/proc/sys/kernel/ftrace_enabled";
	int mark, rc;

	setup_module("");
	rc = g_write(sysctl, "0");
	CHECK(kcd_hooked(), "the hook is gone");
	if (rc == -EOPNOTSUPP)
		SKIP("this kernel does not let ftrace be turned off");
	CHECK_RC(rc, -EBUSY);
	kcd_set_depth(0);
	CHECK_RC(g_write(sysctl, "0"), 0);
	CHECK_RC(g_write(KCD_SYSCTL, "6"), -EBUSY);
	kcd_unload();
	mark = g_klog_mark();
	CHECK_RC(g_module_load("kcompressd", NULL), -EBUSY);
	CHECK(g_klog_since(mark, "ftrace_enabled"),
	      "no line in the log says why");
	CHECK_RC(g_write(sysctl, "1"), 0);
	setup_module("");
}

/* A kernel that has a vm.kcompressd already is left alone. */
static void refused_by_namesake(void)
{
	int mark;

	CHECK_RC(g_module_load("namesake", NULL), 0);
	mark = g_klog_mark();
	CHECK_RC(g_module_load("kcompressd", NULL), -EBUSY);
	CHECK(g_klog_since(mark, "kcompressd: this kernel has a vm.kcompressd"),
	      "no line in the log says why");
	CHECK(!g_module_loaded("kcompressd") && !g_exists(KCD_SYSFS) &&
	      !kcd_hooked(), "left something behind");
	CHECK(g_read_ll(KCD_SYSCTL) == 4321, "the other vm.kcompressd is %lld",
	      g_read_ll(KCD_SYSCTL));
	CHECK_RC(g_write(KCD_SYSCTL, "1"), 0);
	CHECK(g_read_ll(KCD_SYSCTL) == 1, "the other vm.kcompressd is dead");
	CHECK(g_exists("/proc/sys/vm/swappiness"), "other files are gone");
	CHECK_RC(g_module_unload("namesake"), 0);
	setup_module("");
}

static void check_refused(void)
{
	CHECK(!g_module_loaded("kcompressd") && !g_exists(KCD_SYSCTL) &&
	      !g_exists(KCD_SYSFS) && !kcd_hooked(), "left something behind");
}

/* Without /proc nothing tells whether the kernel has one, in this task's mounts. */
static void refused_without_proc(void)
{
	int mark = g_klog_mark();

	CHECK(!unshare(CLONE_NEWNS), "unshare: %s", strerror(errno));
	CHECK(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount: %s",
	      strerror(errno));
	CHECK(!umount2("/proc", MNT_DETACH), "umount2: %s", strerror(errno));
	CHECK_RC(g_module_load("kcompressd", NULL), -ENXIO);
	CHECK(g_klog_since(mark, "kcompressd: cannot see in /proc/sys/vm whether"),
	      "no line in the log says why");
	CHECK(!mount("proc", "/proc", "proc", 0, NULL), "mount: %s", strerror(errno));
	check_refused();
	setup_module("");
}

static bool has_btf(void)
{
	return g_exists("/sys/kernel/btf/vmlinux");
}

static void check_mismatched(const char *module, const char *built, const char *has)
{
	int mark = g_klog_mark();

	CHECK_RC(g_module_load(module, NULL), -ENOEXEC);
	CHECK(g_klog_since_both(mark, built, has),
	      "no line says what it was built for and what the kernel has");
	check_refused();
}

/* The module, but with another prototype written into it (test/vm/run). */
static void refused_by_prototype(void)
{
	char built[128], has[128];

	if (!has_btf())
		SKIP("this kernel has no BTF");
	snprintf(built, sizeof(built), "kcompressd: built for \"%s u32 (struct ",
		 kcd_hook_name());
	snprintf(has, sizeof(has), "but this kernel has \"%s int (struct ",
		 kcd_hook_name());
	check_mismatched("mismatched", built, has);
	check_mismatched("mismatched_last",
			 "kcompressd: built for \"kallsyms_lookup_name unsigned char (",
			 "but this kernel has \"kallsyms_lookup_name unsigned long (");
}

/* The module, but it looks for BTF where there is none (test/vm/run). */
static void refused_without_proof(void)
{
	int mark = g_klog_mark();

	if (!has_btf())
		SKIP("this kernel has no BTF");
	CHECK_RC(g_module_load("blind", NULL), -ENOEXEC);
	CHECK(g_klog_since(mark, "kcompressd: this kernel has no BTF, which is needed"),
	      "no line in the log says why");
	check_refused();
}

static void taken_by_version(void)
{
	int mark = g_klog_mark();

	if (has_btf())
		SKIP("this kernel has BTF");
	setup_zram(0, 512, NULL);
	setup_module("");
	CHECK(g_klog_since(mark, "kcompressd: this kernel has no BTF: its prototypes are taken"),
	      "no line in the log says so");
	data_check_offloaded(data_mb, 0);
}

const struct suite_case cases_module[] = {
	{ "load_and_unload_idle", load_idle },
	{ "load_and_unload_under_pressure", load_pressure },
	{ "unload_with_folios_queued", unload_queued },
	{ "parameters_good", parameters_good },
	{ "parameters_bad", parameters_bad },
	{ "writers_file", writers_file },
	{ "refused_beside_a_livepatch", refused_by_livepatch },
	{ "functions_of_that_name_in_modules_are_left_alone", twin_left_alone },
	{ "ftrace_turned_off", ftrace_turned_off },
	{ "refused_beside_another_vm_kcompressd", refused_by_namesake },
	{ "refused_where_proc_is_missing", refused_without_proc },
	{ "refused_where_a_prototype_differs", refused_by_prototype },
	{ "refused_where_btf_is_missing", refused_without_proof },
	{ "taken_by_its_version", taken_by_version },
	{ }
};
