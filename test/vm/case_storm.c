// SPDX-License-Identifier: GPL-2.0-only
/* Everything that can be changed is changed, often, under pressure. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define ZSWAP "/sys/module/zswap/parameters/enabled"
#define READERS 2
/* Of all that torture asks for half may take that long. */
#define VICTIM_MS 30000
/* Bytes of it, long before any of its limits. */
#define VICTIM_BEGUN (8ll << 20)
#define UNLOAD_TRIES 100

static const char * const files[] = {
	KCD_SYSCTL, KCD_SYSFS "/writers", KCD_SYSFS "/hook",
	KCD_SYSFS "/node0/stat", KCD_SYSFS "/node0/wait_ns_histogram",
	KCD_SYSFS "/node0/write_ns_histogram",
	KCD_SYSFS "/node0/free_ns_histogram",
	"/sys/module/kcompressd/refcnt",
	KCD_WORKQUEUE "nice",
	"/sys/kernel/tracing/events/kcompressd/kcompressd_queue/format",
};

#define FILES (sizeof(files) / sizeof(files[0]))

/* How often each of them was there to be read, in memory that all share. */
struct reads {
	unsigned long of[FILES];
};

/* Reads every file of the module, or finds it gone, until killed. */
static void reader(struct reads *reads)
{
	static char text[16384];
	size_t i;

	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < FILES; i++)
			if (g_read(files[i], text, sizeof(text)) >= 0)
				__atomic_add_fetch(&reads->of[i], 1, __ATOMIC_RELAXED);
		/* The load shall get on, too. */
		g_sleep_ms(1);
	}
}

/* Until each file was read once more. */
static void wait_reads(const struct reads *reads)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	struct reads before = *reads;
	size_t i;

	for (i = 0; i < FILES; i++)
		while (__atomic_load_n(&reads->of[i], __ATOMIC_RELAXED) == before.of[i]) {
			CHECK(g_now_ns() < end, "nobody reads %s", files[i]);
			g_sleep_ms(1);
		}
}

/* A file of the tracepoints that is being read holds the module. */
static void unload(void)
{
	int tries, rc = -EAGAIN;
	uint64_t begin = 0;

	for (tries = 0; tries < UNLOAD_TRIES && rc; tries++) {
		begin = g_now_ns();
		rc = g_module_unload("kcompressd");
		if (rc)
			g_sleep_ms(20);
	}
	CHECK(!rc, "unloading: %s", strerror(-rc));
	CHECK(kcd_soon(begin), "unloading took too long");
}

/*
 * Two times of three it goes once folios were queued and files read, else at any
 * moment, and with any depth.
 */
static void load_and_unload(void)
{
	unsigned long with_folios = 0, read = 0;
	long long queued, sum = 0;
	struct g_pressure *p;
	struct reads *reads;
	struct campaign c;
	unsigned int busy;
	char params[64];
	size_t i;

	reads = mmap(NULL, sizeof(*reads), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(reads != MAP_FAILED, "mmap");
	setup_zram(0, 512, NULL);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
	for (i = 0; i < READERS; i++)
		reader(reads);
	campaign_begin(&c, "load and unload cycles", 3, 500);
	while (campaign_next(&c)) {
		busy = c.done % 3 ? 1 : 0;
		snprintf(params, sizeof(params), "depth=%u writers=%u",
			 busy + campaign_random(&c, 257 - busy), campaign_random(&c, 17));
		setup_module(params);
		if (busy) {
			wait_reads(reads);
			kcd_wait_growth(0, "queued", 1 + campaign_random(&c, 200));
		}
		g_sleep_ms(campaign_random(&c, 300));
		queued = kcd_value(0, "queued");
		unload();
		with_folios += queued > 0;
		sum += queued;
	}
	for (i = 0; i < FILES; i++)
		read += reads->of[i];
	g_note("%lld folios were queued, in %lu of %lu cycles; files were read %lu times",
	       sum, with_folios, c.done, read);
	CHECK_RC(g_pressure_stop(p), 0);
}

static void depths(void)
{
	unsigned long offs = 0;
	struct g_pressure *p;
	struct g_table stat;
	unsigned int depth;
	struct campaign c;
	long long waiting;

	setup_zram(0, 512, NULL);
	setup_module("");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	campaign_begin(&c, "depths", 200, 10000);
	while (campaign_next(&c)) {
		/* Not more often off: taking the hook out takes its time. */
		depth = campaign_random(&c, 32) ? 1 + campaign_random(&c, 256) : 0;
		kcd_set_depth(depth);
		/* Apart from what has left the FIFO; at 0 nothing is being written, either. */
		kcd_read(&stat, 0);
		waiting = g_table_get(&stat, "waiting");
		if (depth)
			waiting -= g_table_get(&stat, "writing");
		CHECK(waiting <= depth, "%lld folios wait at depth %u", waiting, depth);
		offs += !depth;
		CHECK_RC(g_write(KCD_SYSFS "/writers", "%u",
				 campaign_random(&c, 17)), 0);
		/* All of that while folios come. */
		if (depth && !(c.done % 16))
			kcd_wait_growth(0, "queued", 50);
		if (!campaign_random(&c, 8))
			g_sleep_ms(campaign_random(&c, 20));
	}
	g_note("turned off %lu times", offs);
	kcd_set_depth(1 + campaign_random(&c, 256));
	kcd_wait_growth(0, "queued", 200);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* The CPUs but the first, and how often one of them went or came. */
struct others {
	bool off[CPU_SETSIZE];
	int nr;
	int on;
	unsigned long went;
	unsigned long came;
};

static void turn(struct others *o, int cpu)
{
	bool on = o->off[cpu];

	CHECK_RC(g_cpu_set_online(cpu, on), 0);
	o->off[cpu] = !on;
	o->on += on ? 1 : -1;
	o->came += on;
	o->went += !on;
	CHECK(g_cpus_online() == 1 + o->on, "%d CPUs are online, not %d",
	      g_cpus_online(), 1 + o->on);
}

/* Any, or any of those that are on. */
static int pick_cpu(struct campaign *c, const struct others *o, bool on)
{
	int cpu;

	do
		cpu = 1 + campaign_random(c, o->nr);
	while (on && o->off[cpu]);
	return cpu;
}

/* Each time one goes or comes; of ten times all go at the first ones. */
static void cpus(void)
{
	struct others o = { .nr = g_cpus_online() - 1 };
	unsigned long alone = 0;
	struct g_pressure *p;
	struct campaign c;
	int cpu;

	o.on = o.nr;
	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	campaign_begin(&c, "CPUs turned on or off", 20, 2000);
	while (campaign_next(&c)) {
		turn(&o, pick_cpu(&c, &o, o.on && c.done % 10 < 5));
		if (!o.on) {
			kcd_check_alone(50);
			alone++;
		}
		g_sleep_ms(campaign_random(&c, 50));
	}
	g_note("CPUs went %lu times and came %lu times, %lu times one was left", o.went,
	       o.came, alone);
	CHECK(alone >= c.done / 10, "one CPU was hardly ever left");
	for (cpu = 1; cpu <= o.nr; cpu++)
		if (o.off[cpu])
			turn(&o, cpu);
	kcd_wait_growth(0, "queued", 200);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* The disk takes what zram held, through zswap every other time. */
static void swapoffs(void)
{
	struct g_pressure *p;
	struct campaign c;

	setup_disk(512);
	setup_zswap();
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	p = g_pressure_start(data_mb, G_MIXED);
	campaign_begin(&c, "swapon and swapoff", 3, 200);
	while (campaign_next(&c)) {
		CHECK_RC(g_write(ZSWAP, "%lu", c.done & 1), 0);
		setup_zram(0, 64 + campaign_random(&c, 256), NULL);
		/* As many as wait at most: none is left that is for the disk. */
		kcd_wait_growth(0, "queued", 256);
		kcd_wait_waiting(0, 16);
		CHECK_RC(g_swapoff("/dev/zram0"), 0);
		CHECK_RC(g_zram_reset(0), 0);
	}
	/* All is read once more: not to wait for slow writers each time. */
	kcd_set_depth(0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* In the group, and takes more than that may have, until it is killed. */
static pid_t victim(void)
{
	pid_t pid;

	CHECK_RC(g_write(GROUP "/memory.max", "24M"), 0);
	pid = fork();
	CHECK(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CHECK_RC(g_write(GROUP "/cgroup.procs", "0"), 0);
	data_check(40, 1000, G_MIXED);
	_exit(0);
}

/*
 * One of its limits or another; every other two times zswap may not write its folios.
 * Returns whether any of them may wait for a writer.
 */
static bool limit(struct campaign *c, bool high)
{
	static const char * const zswap_max[] = { "max", "4M", "0" };
	bool writeback = c->done & 2;
	char zswap[8] = "";

	if (high)
		CHECK_RC(g_write(GROUP "/memory.high", "16M"), 0);
	if (g_exists(GROUP "/memory.zswap.max"))
		CHECK_RC(g_write(GROUP "/memory.zswap.max", "%s",
				 zswap_max[campaign_random(c, 3)]), 0);
	if (!g_exists(GROUP "/memory.zswap.writeback"))
		return true;
	CHECK_RC(g_write(GROUP "/memory.zswap.writeback", "%u", writeback), 0);
	g_read(ZSWAP, zswap, sizeof(zswap));
	return writeback || *zswap != 'Y';
}

/* Returns how many did. */
static unsigned int wait_group_waiting(ino_t group)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	unsigned int waiting;

	while (!(waiting = waiting_of_group(group, NULL)))
		CHECK(g_now_ns() < end, "no folio of the group waited");
	return waiting;
}

/* It is gone as soon as those are that were in it. */
static void remove_group(void)
{
	int tries, rc = -EBUSY;

	for (tries = 0; rc && tries < 100; tries++) {
		rc = rmdir(GROUP) ? -errno : 0;
		if (rc)
			g_sleep_ms(20);
	}
	CHECK(!rc, "removing the group: %s", strerror(-rc));
}

/*
 * Has the victim begun? Where its folios may wait it has when it swaps. False if it has
 * been killed for its limit before.
 */
static bool victim_has_begun(pid_t victim, bool swaps)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	siginfo_t info;

	while (swaps ? !g_read_ll(GROUP "/memory.swap.current") :
		       g_read_ll(GROUP "/memory.current") < VICTIM_BEGUN) {
		if (suite_has_ended(victim, &info))
			return false;
		CHECK(g_now_ns() < end, "the victim does not get on");
		g_sleep_ms(10);
	}
	return true;
}

/* Stands still when this returns, or has been killed for its limit: false. */
static bool victim_stopped(pid_t victim)
{
	siginfo_t info;

	kill(victim, SIGSTOP);
	CHECK(!waitid(P_PID, victim, &info, WSTOPPED | WEXITED | WNOWAIT), "waitid");
	return info.si_code == CLD_STOPPED;
}

/*
 * Does one of its folios wait? What somebody writes himself looks so for a moment: the
 * victim writes nothing then, since it stands still, and of others' it is to be there a
 * little later. It is left so. False if that does not come in time, as where kswapd is
 * slower than its writers are, or if it has been killed before.
 */
static bool victim_waits(struct campaign *c, pid_t victim, ino_t group)
{
	uint64_t end = g_now_ns() + VICTIM_MS * 1000000ull * g_patience(), pfn;

	while (victim_stopped(victim)) {
		if (waiting_of_group(group, &pfn)) {
			g_sleep_ms(2);
			if (page_waits(pfn))
				return true;
		}
		kill(victim, SIGCONT);
		if (g_now_ns() > end)
			break;
		g_sleep_ms(1 + campaign_random(c, 50));
	}
	return false;
}

/* How many groups had folios that might wait, and of how many some did. */
struct groups {
	unsigned long may;
	unsigned long waited;
};

/*
 * While folios of its own wait, by the case or for want of memory: whoever sets a limit
 * has the group reclaim, and somebody of it killed where that does not do.
 */
static void group_killed(struct campaign *c, bool oom, struct groups *groups)
{
	ino_t group = setup_group();
	int status;
	pid_t pid;
	bool may;

	/* Above memory.high nobody gets to where somebody has to die. */
	may = limit(c, !oom && campaign_random(c, 2));
	pid = victim();
	if (victim_has_begun(pid, may) && may) {
		groups->may++;
		groups->waited += victim_waits(c, pid, group);
	}
	if (oom) {
		CHECK_RC(g_write(GROUP "/memory.swap.max", "0"), 0);
		CHECK_RC(g_write(GROUP "/memory.max", "1M"), 0);
	} else {
		kill(pid, SIGKILL);
	}
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	      "the task ended with %d", status);
	CHECK(!oom || g_stat(GROUP "/memory.events", "oom_kill") > 0,
	      "it was not killed for the limit");
	remove_group();
}

static void groups_killed(const char *what, bool toggle)
{
	struct groups groups = { 0 };
	struct g_pressure *p;
	struct campaign c;
	int hogs;

	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	/* On 7.2 kswapd is so slow that one busy task is not enough. */
	for (hogs = 0; hogs < 3; hogs++)
		suite_hog(g_cpus_online() - 1);
	/* Debug kernels leave so little that with a victim it may be too much. */
	p = g_pressure_start(g_patience() > 1 ? data_mb * 9 / 10 : data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	campaign_begin(&c, what, 4, 300);
	while (campaign_next(&c)) {
		if (toggle)
			CHECK_RC(g_write(ZSWAP, "%u", campaign_random(&c, 2)), 0);
		group_killed(&c, c.done & 1, &groups);
		kcd_check_counters();
	}
	g_note("folios of %lu of %lu groups waited, those of %lu might", groups.waited, c.done,
	       groups.may);
	CHECK(groups.waited && groups.waited * 4 >= groups.may,
	      "hardly any group had folios that waited");
	kcd_set_depth(0);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* With zswap above it every other time, where there is one. */
static void groups_of_zram(void)
{
	bool zswap = g_exists(ZSWAP);

	setup_zram(0, 512, NULL);
	if (zswap)
		setup_zswap();
	groups_killed("groups killed and removed", zswap);
}

/* What the group's limit does not let zswap take, and what zswap is to write, goes there. */
static void groups_of_disk(void)
{
	setup_disk(512);
	setup_zswap();
	groups_killed("groups over a disk killed and removed", false);
}

/*
 * The load's memory is the group's, and stays so when the load leaves: all that waits
 * then is of a group that is there no more.
 */
static void groups_removed(void)
{
	unsigned int waited;
	struct g_pressure *p;
	struct campaign c;
	ino_t group;

	setup_zram(0, 512, NULL);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	campaign_begin(&c, "groups removed while folios wait", 2, 100);
	while (campaign_next(&c)) {
		group = setup_group();
		p = setup_group_load();
		CHECK_RC(g_write(CGROUPS "cgroup.procs", "%d", p->pid), 0);
		waited = wait_group_waiting(group);
		remove_group();
		g_note("%u folios of the group waited, %lld when it was gone", waited,
		       kcd_value(0, "waiting"));
		kcd_wait_growth(0, "queued", 500);
		CHECK_RC(g_pressure_stop(p), 0);
		kcd_check_counters();
	}
	kcd_set_depth(0);
	kcd_check_counters();
}

const struct suite_case cases_storm[] = {
	{ "load_and_unload_beside_readers", load_and_unload },
	{ "depths", depths },
	{ "cpus_on_and_off", cpus },
	{ "swapon_and_swapoff", swapoffs },
	{ "groups_killed_and_removed", groups_of_zram },
	{ "groups_over_a_disk_killed_and_removed", groups_of_disk },
	{ "groups_removed_while_folios_wait", groups_removed },
	{ }
};
