// SPDX-License-Identifier: GPL-2.0-only
/* Writes fail: nothing is lost, nothing hangs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define OFFLINE "/sys/devices/system/memory/hard_offline_page"
#define ZRAM_LIMIT "/sys/block/zram0/mem_limit"

/*
 * Pressure under which writes fail: so much that kswapd cannot get to its high
 * watermark, but not so much that all time goes into failing. How much that is
 * differs by what a kernel keeps for itself.
 */
static struct g_pressure *press_until_failing(void)
{
	/* Of that debug kernels need some themselves while they reclaim. */
	size_t mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024 + (g_patience() > 1 ? 8 : 16);
	struct g_pressure *p;
	long long goal;
	uint64_t end;
	int tries;

	for (tries = 0; tries < 5; tries++, mb += 8) {
		goal = kcd_value(0, "failed_writes") + 100;
		end = g_now_ns() + 90000000000ull * g_patience();
		p = g_pressure_start(mb, G_MIXED);
		while (g_now_ns() < end) {
			if (kcd_value(0, "failed_writes") >= goal)
				return p;
			g_sleep_ms(10);
		}
		CHECK_RC(g_pressure_stop(p), 0);
	}
	suite_fail(__FILE__, __LINE__, "no writes fail with %zu MB", mb - 8);
}

static void zram_full(void)
{
	struct g_pressure *p;
	struct campaign c;
	long long failed, queued;

	CHECK_RC(g_zram_setup(0, 512, NULL), 0);
	CHECK_RC(g_write(ZRAM_LIMIT, "8M"), 0);
	CHECK_RC(g_swapon("/dev/zram0", 1), 0);
	setup_module("depth=64");
	/* The limit takes 8 MB and holds 20. */
	g_write(WATERMARKS, "500");
	p = press_until_failing();
	/* Not many: on 5.10 hundreds of writes fail for each, and each has its line. */
	CHECK_RC(g_pressure_wait(p, p->pages + 256, WAIT_MS), 0);
	/* In debug kernels this load needs no swap once there is room. */
	campaign_begin(&c, "times that zram's limit is reached again",
		       g_kernel_is("5.10.") || g_patience() > 1 ? 0 : 1, 300);
	while (campaign_next(&c)) {
		CHECK_RC(g_write(ZRAM_LIMIT, "0"), 0);
		kcd_wait_growth(0, "queued", 500);
		CHECK_RC(g_write(ZRAM_LIMIT, "8M"), 0);
		kcd_wait_growth(0, "failed_writes", 20);
		kcd_check_counters();
	}
	CHECK_RC(g_write(ZRAM_LIMIT, "0"), 0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
	kcd_set_depth(0);
	kcd_check_counters();

	/* None is counted twice: the device counts each, and those of others beside. */
	failed = kcd_value(0, "failed_writes");
	g_note("%lld writes failed, %lld of the device's", failed, g_zram_failed_writes(0));
	CHECK(failed <= g_zram_failed_writes(0), "more writes failed than the device says");

	/* With room again, it works again. */
	failed = kcd_value(0, "failed_writes");
	queued = kcd_value(0, "queued");
	CHECK_RC(g_swapoff("/dev/zram0"), 0);
	CHECK_RC(g_zram_reset(0), 0);
	setup_zram(0, 512, NULL);
	kcd_set_depth(6);
	data_check_offloaded(data_mb, 1);
	/* One of thousands may find no memory left. */
	failed = kcd_value(0, "failed_writes") - failed;
	queued = kcd_value(0, "queued") - queued;
	CHECK(failed * 1000 <= queued, "%lld of %lld writes still fail", failed, queued);
}

/* What failed while kswapd reclaimed and nobody else, by the module's count. */
struct failures {
	long long failed;
	/* What was not queued, whether that failed or not, and what of it needs no memory. */
	long long bypassed;
	long long same_filled;
	/* By the device's count. */
	long long device;
};

/* What is made to fail must not fail any more when the hook is out. */
static struct failures failures(void (*fail)(bool on))
{
	static struct alone before, after;
	struct g_pressure *p;
	struct failures f;

	p = alone_begin(&before);
	fail(true);
	/* Not many: on 5.10 each has its line in the log. */
	alone_work("failed_writes", 200);
	alone_end(&before, &after);
	fail(false);
	alone_stop(p);

	f.failed = alone_growth(&before.stat, &after.stat, "failed_writes");
	f.bypassed = alone_growth(&before.stat, &after.stat, "bypassed_");
	f.same_filled = alone_growth(&before.stat, &after.stat, "bypassed_same_filled");
	f.device = after.device_failed - before.device_failed;
	g_note("%lld writes failed; %lld not queued, %lld same-filled; %lld of the device's",
	       f.failed, f.bypassed, f.same_filled, f.device);
	return f;
}

static void limit_zram(bool on)
{
	CHECK_RC(g_write(ZRAM_LIMIT, on ? "4K" : "0"), 0);
}

/*
 * Nothing but what is all the same word goes into zram from the moment on: each folio of
 * kswapd's that is not bypassed for that fails, and the device counts it as one.
 */
static void failed_once(void)
{
	struct failures f = failures(limit_zram);
	long long all = f.failed + f.bypassed - f.same_filled;
	/* Older ones ask the device for each page (rw_page), and then by a request. */
	int tries = g_kernel_is("5.10.") || g_kernel_is("6.1.") ? 2 : 1;

	CHECK(f.device == all * tries, "%lld failed, %lld by the device's count", all,
	      f.device);
}

/* Of a hundred allocations so many fail. */
static void allocations_begin(unsigned int slabs, unsigned int pages)
{
	faults_begin("failslab", slabs);
	faults_begin("fail_page_alloc", pages);
}

static void allocations_end(void)
{
	long long slabs = faults_end("failslab"), pages = faults_end("fail_page_alloc");

	g_note("%lld allocations of slabs failed, and %lld of pages", slabs, pages);
	CHECK(slabs && pages, "of one kind or the other none failed");
}

static void deny_memory(bool on)
{
	if (on)
		allocations_begin(50, 100);
	else
		allocations_end();
}

/* Not each write needs a page, so that of those that were not queued some fail. */
static void denied_once(void)
{
	struct failures f;

	faults_of_allocations();
	f = failures(deny_memory);
	CHECK(f.device >= f.failed && f.device <= f.failed + f.bypassed,
	      "%lld failed, %lld by the device's count", f.failed, f.device);
}

static long long refused;

static void refuse_requests(bool on)
{
	CHECK_RC(g_write("/sys/block/zram0/make-it-fail", "%d", on), 0);
	if (on)
		faults_begin("fail_make_request", 100);
	else
		refused = faults_end("fail_make_request");
}

/* Each that the block layer has refused; what is all zero may not get that far. */
static void refused_once(void)
{
	struct failures f;

	faults_need();
	f = failures(refuse_requests);
	g_note("%lld requests were refused", refused);
	CHECK(refused >= f.failed + f.bypassed - f.same_filled &&
	      refused <= f.failed + f.bypassed,
	      "%lld failed, %lld requests were refused", f.failed, refused);
}

/*
 * A disk that refuses writes for a second of four, below zswap, which rejects
 * what does not compress. What cannot be written stays in memory.
 */
static void disk_refuses(void)
{
	const char *disk = g_disk();
	char params[G_PATH], path[G_PATH];
	struct g_pressure *p;
	struct campaign c;
	int mark;

	CHECK(disk, "the guest has no scratch disk");
	g_module_load("dm-mod", NULL);
	g_module_load("dm-flakey", NULL);
	CHECK_RC(g_mkswap(disk, 512), 0);
	/* 5.10 tells of each write, faster than the console takes it: time to catch up. */
	snprintf(params, sizeof(params), "%s 0 3 1 1 error_writes", disk);
	CHECK_RC(g_dm_create(SUITE_DM, 512, "flakey", params, path), 0);
	CHECK_RC(g_swapon(path, 1), 0);
	setup_zswap();
	setup_module("depth=64");
	mark = g_klog_mark();
	p = g_pressure_start(data_mb, G_RANDOM);
	campaign_begin(&c, "1000 folios on a failing disk", 3, 500);
	while (campaign_next(&c))
		kcd_wait_growth(0, "queued", 1000);
	kcd_wait_growth(0, "failed_writes", 1);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	kcd_check_counters();
	CHECK(g_klog_since(mark, "Write-error on swap-device"),
	      "the disk has refused nothing");
	g_note("%lld of %lld folios failed, %lld were left to the disk",
	       kcd_value(0, "failed_writes"), kcd_value(0, "queued"),
	       kcd_value(0, "handback_async"));
	CHECK_RC(g_swapoff(path), 0);
}

/* One allocation of five fails for kswapd and its writers, so that a counter grows. */
static void allocations_fail(const char *counter)
{
	struct g_pressure *p;
	struct campaign c;

	faults_of_allocations();
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	allocations_begin(20, 20);
	campaign_begin(&c, "100 writes without memory", 3, 1000);
	while (campaign_next(&c))
		kcd_wait_growth(0, counter, 100);
	allocations_end();
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	kcd_check_counters();
}

static void zram_without_memory(void)
{
	setup_zram(0, 512, NULL);
	allocations_fail("failed_writes");
}

/* What it cannot take is the disk's. */
static void zswap_without_memory(void)
{
	setup_disk(512);
	setup_zswap();
	allocations_fail("handback_async");
}

/* Of which the device knows nothing. */
static long long failed_unwritten(void)
{
	long long failed = kcd_value(0, "failed_writes");

	return failed - g_zram_failed_writes(0);
}

/*
 * The memory of some that wait fails: nobody reads it, and who has it is killed rather
 * than given what is in its slot.
 */
static void memory_fails(void)
{
	unsigned int pages = 0;
	struct g_pressure *p;
	long long before;
	uint64_t end, pfn;
	siginfo_t info;
	ino_t group;

	if (!g_exists(OFFLINE))
		SKIP("this kernel cannot be told that memory has failed");
	setup_zram(0, 512, NULL);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	group = setup_group();
	p = setup_group_load();
	before = failed_unwritten();
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	/* One that was taken to be written, or is in use again, may look as if it waited. */
	while (failed_unwritten() <= before) {
		CHECK(g_now_ns() < end && pages < 256, "of %u pages all were written", pages);
		/* What waited of the one before has all been written since. */
		if (suite_has_ended(p->pid, &info)) {
			CHECK_RC(g_pressure_stop(p), -EIO);
			p = setup_group_load();
			before = failed_unwritten();
		}
		/* The kernel takes a page that fails out of use only from an LRU list. */
		if (!waiting_of_group(group, &pfn) || !page_listed(pfn))
			continue;
		g_write(OFFLINE, "%#llx", (unsigned long long)pfn * G_PAGE);
		pages++;
	}
	g_note("%u pages failed, %lld were not written", pages, failed_unwritten() - before);
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	while (!suite_has_ended(p->pid, &info)) {
		CHECK(g_now_ns() < end, "the load goes on");
		g_sleep_ms(10);
	}
	CHECK(info.si_code != CLD_EXITED && info.si_status == SIGBUS,
	      "the load has ended with %d", info.si_status);
	CHECK_RC(g_pressure_stop(p), -EIO);
	kcd_set_depth(0);
	kcd_check_counters();
}

/*
 * In a group without limits. Takes more than half of what there is, and once it may go
 * on, more than is left, until it is killed for that.
 */
static pid_t glutton(size_t mb, const volatile bool *go_on)
{
	struct g_memory m;
	pid_t pid = fork();

	CHECK(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CHECK_RC(g_write(GROUP "/cgroup.procs", "0"), 0);
	g_write("/proc/self/oom_score_adj", "1000");
	g_memory_map(&m, mb * 2 / 3, G_MIXED);
	while (!*go_on)
		g_memory_fill(&m);
	g_memory_map(&m, mb, G_MIXED);
	g_memory_fill(&m);
	_exit(0);
}

/* Is killed in the load's stead when the kernel kills once more, too early. */
static pid_t second_choice(pid_t before)
{
	if (before && !waitpid(before, NULL, WNOHANG))
		return before;
	return suite_victim(999);
}

/*
 * All memory and all swap are in use: somebody is killed whose folios wait. The
 * others' data stays.
 */
static void out_of_memory(void)
{
	uint64_t end;
	struct g_pressure *p;
	struct campaign c;
	volatile bool *go_on;
	pid_t pid, second = 0;
	ino_t group;
	int status;
	size_t mb;

	setup_zram(0, 64, NULL);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	group = setup_group();
	/* A little is swapped out; all of swap would take a good part of memory. */
	mb = g_stat("/proc/meminfo", "MemAvailable:") / 1024 + 12;
	p = g_pressure_start(mb / 3, G_MIXED);
	go_on = mmap(NULL, sizeof(*go_on), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(go_on != MAP_FAILED, "mmap");
	campaign_begin(&c, "tasks killed for memory", 3, 100);
	while (campaign_next(&c)) {
		second = second_choice(second);
		*go_on = false;
		pid = glutton(mb, go_on);
		end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
		while (!waiting_of_group(group, NULL))
			CHECK(g_now_ns() < end && !waitpid(pid, &status, WNOHANG),
			      "no folio of its own waited");
		*go_on = true;
		CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		      "the task ended with %d", status);
		/* Out of swap, it gives up. */
		setup_kswapd();
		kcd_check_counters();
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	kcd_check_counters();
}

const struct suite_case cases_failing[] = {
	{ "zram_full", zram_full },
	{ "each_failure_is_counted_once", failed_once },
	{ "disk_refuses_writes", disk_refuses },
	{ "failures_for_want_of_memory_are_counted_once", denied_once },
	{ "refused_requests_are_counted_once", refused_once },
	{ "allocations_fail_for_zram", zram_without_memory },
	{ "allocations_fail_for_zswap", zswap_without_memory },
	{ "memory_that_has_failed_is_not_written", memory_fails },
	{ "tasks_killed_for_memory", out_of_memory },
	{ }
};
