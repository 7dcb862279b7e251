// SPDX-License-Identifier: GPL-2.0-only
/* The machine goes to sleep under pressure, and wakes up. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "suite.h"

#define POWER "/sys/power/"
#define ALARM "/sys/class/rtc/rtc0/wakealarm"
/*
 * Nobody else wakes the machine: not before it sleeps, which takes up to 4 s, and on a
 * busy host some times as long as the level before has taken.
 */
#define ALARM_SECONDS 15
#define ALARM_TIMES 5

/* How often somebody has looked, and the hook was out. */
struct watch {
	volatile unsigned long looked;
	volatile unsigned long detached;
};

/* Looks until killed. */
static pid_t watch_hook(struct watch *watch)
{
	char hook[16];
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (g_read(KCD_SYSFS "/hook", hook, sizeof(hook)) > 0 &&
		    !strcmp(hook, "detached"))
			watch->detached++;
		watch->looked++;
	}
}

static void need_state(const char *state)
{
	char text[64];

	if (g_read(POWER "state", text, sizeof(text)) <= 0 ||
	    !strstr(text, state))
		SKIP("this kernel does not go to %s: %s", state, text);
}

/*
 * As far as each level in turn, the quick campaign once. The hook must be out
 * meanwhile, back after, and no page lost. With @one_cpu all but one have gone before.
 */
static void sleep_under_pressure(const char *what, const char *state,
				 const char *const *levels,
				 unsigned int nr_levels, bool one_cpu)
{
	uint64_t begin, took = 0;
	bool asleep;
	int mark;
	int rc, cpu, cpus = g_cpus_online();
	struct watch *watch;
	struct g_pressure *p;
	struct campaign c;
	const char *level;
	pid_t watcher;

	watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	CHECK(watch != MAP_FAILED, "mmap");
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	watcher = watch_hook(watch);
	while (watch->looked < 10)
		g_sleep_ms(10);
	CHECK(!watch->detached, "the hook was out before");
	campaign_begin(&c, what, nr_levels, 100);
	while (campaign_next(&c)) {
		level = levels[(c.done - 1) % nr_levels];
		watch->detached = 0;
		if (g_exists(POWER "pm_test"))
			CHECK_RC(g_write(POWER "pm_test", "%s", level), 0);
		mark = g_klog_mark();
		asleep = !strcmp(state, "mem") && !strcmp(level, "none");
		if (asleep) {
			CHECK_RC(g_write(ALARM, "0"), 0);
			CHECK_RC(g_write(ALARM, "+%u", ALARM_SECONDS * g_patience() +
					 (unsigned int)(ALARM_TIMES * took / 1000000000)), 0);
		}
		for (cpu = 1; one_cpu && cpu < cpus; cpu++)
			CHECK_RC(g_cpu_set_online(cpu, false), 0);
		begin = g_now_ns();
		rc = g_write(POWER "state", "%s", state);
		took = g_now_ns() - begin;
		for (cpu = 1; one_cpu && cpu < cpus; cpu++)
			CHECK_RC(g_cpu_set_online(cpu, true), 0);
		g_write(POWER "pm_test", "none");
		CHECK(!rc, "%s, %s: %s", state, level, strerror(-rc));
		CHECK(g_klog_since(mark, "Low-level resume complete") == asleep,
		      "%s, %s: the machine has %sslept", state, level, asleep ? "not " : "");
		CHECK(watch->detached, "%s: the hook was never out", level);
		CHECK(kcd_hooked(), "%s: the hook is not back", level);
		CHECK(g_read_ll(KCD_SYSCTL) == 64, "vm.kcompressd changed");
		/* It gives up where the room for the image is all that there is. */
		setup_kswapd();
		kcd_wait_growth(0, "queued", 500);
	}
	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Is its firmware to put the machine to sleep, and not the kernel its CPUs to idle? */
static bool sleeps_deeply(void)
{
	char text[64];

	return g_read(POWER "mem_sleep", text, sizeof(text)) > 0 && strstr(text, "[deep]");
}

/* The last level of pm_test goes through those between; then all of it. */
static void suspend(void)
{
	bool deep = sleeps_deeply();
	const char *const levels[] = { "freezer", deep ? "core" : "platform", "none" };
	unsigned int first = g_exists(POWER "pm_test") ? 0 : 2;
	unsigned int end = deep && g_exists(ALARM) ? 3 : 2;

	need_state("mem");
#ifdef __x86_64__
	/* Debug kernels have no clock that could. */
	CHECK(end == 3 || g_patience() > 1, "the machine cannot be woken");
#endif
	if (first == end)
		SKIP("this kernel has no pm_test");
	g_write("/sys/module/suspend/parameters/pm_test_delay", "1");
	setup_zram(0, 512, NULL);
	sleep_under_pressure("suspends", "mem", levels + first, end - first, false);
}

/*
 * All of it but the time without power: the image is written, read and resumed.
 * Older kernels want to open for themselves what is swapped to, and fail; these
 * make room for the image, freeze the devices, and come back.
 */
static void hibernation(void)
{
	bool older = g_kernel_is("5.10.") || g_kernel_is("6.1.");
	const char *const levels[] = { older ? "core" : "none" };
	struct stat disk;

	need_state("disk");
	setup_disk(512);
	setup_zswap();
	/* The image takes half of the memory, and zswap's part does not go away. */
	CHECK_RC(g_write(G_ZSWAP "max_pool_percent", "5"), 0);
	CHECK(!stat(g_disk(), &disk), "the scratch disk");
	CHECK_RC(g_write(POWER "disk", older ? "shutdown" : "test_resume"), 0);
	if (g_write(POWER "pm_test", levels[0]))
		SKIP("this kernel has no pm_test");
	/* Where to look for an image; it looks at once, and finds none. */
	CHECK_RC(g_write(POWER "resume", "%u:%u", major(disk.st_rdev),
			 minor(disk.st_rdev)), 0);
	/* As small as it can be: the rest goes to swap before. */
	CHECK_RC(g_write(POWER "image_size", "0"), 0);
	/* Or it hangs now and then on the way, with no module loaded as well. */
	sleep_under_pressure("hibernations", "disk", levels, 1, true);
}

const struct suite_case cases_sleep[] = {
	{ "suspend", suspend },
	{ "hibernation", hibernation },
	{ }
};
