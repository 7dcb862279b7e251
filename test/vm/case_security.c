// SPDX-License-Identifier: GPL-2.0-only
/* Who may write, and what is told to whom. */
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define NOBODY 65534
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* Settings, 0644. All else of the module is read-only. */
static bool writable(const char *path)
{
	return !strcmp(path, KCD_SYSCTL) || !strcmp(path, KCD_SYSFS "/writers");
}

static unsigned int seen;

static void check_mode(const char *path)
{
	mode_t want = writable(path) ? 0644 : 0444;
	struct stat st;

	CHECK(!stat(path, &st), "no %s", path);
	CHECK((st.st_mode & 07777) == want, "%s has mode %o", path,
	      st.st_mode & 07777);
	CHECK(!st.st_uid && !st.st_gid, "%s is not root's", path);
	seen++;
}

/*
 * An address of the kernel is a word of 16 hexadecimal digits that begins with
 * ffff, or as decimal a number of 20 digits that begins with 1844. NULL if there
 * is none.
 */
static const char *find_address(const char *text)
{
	size_t len;

	for (; *text; text += len ?: 1) {
		len = strspn(text, "0123456789abcdefABCDEF");
		if ((len == 16 && !strncasecmp(text, "ffff", 4)) ||
		    (len == 20 && !strncmp(text, "1844", 4)))
			return text;
	}
	return NULL;
}

static void check_no_address(const char *path, const char *text)
{
	const char *address = find_address(text);

	CHECK(!address, "%s shows an address: %.20s", path, address);
}

static void check_file(const char *path)
{
	static char text[65536];

	CHECK(g_read(path, text, sizeof(text)) >= 0, "cannot read %s", path);
	check_no_address(path, text);
}

static void walk(const char *dir, void (*look)(const char *path))
{
	char path[G_PATH + 256];
	struct dirent *entry;
	DIR *open = opendir(dir);

	CHECK(open, "no %s", dir);
	while ((entry = readdir(open))) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_type == DT_REG)
			look(path);
		else if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			walk(path, look);
	}
	closedir(open);
}

/* Files that the kernel makes for it. */
static void check_root_only(const char *path)
{
	struct stat st;

	CHECK(!stat(path, &st), "no %s", path);
	CHECK(!(st.st_mode & 022) && !st.st_uid && !st.st_gid, "others may write to %s",
	      path);
	seen++;
}

static void modes(void)
{
	setup_module("");
	walk(KCD_WORKQUEUE, check_root_only);
	CHECK(seen >= 3, "the workqueue has only %u files", seen);
	walk("/sys/module/kcompressd", check_root_only);
	seen = 0;
	walk(KCD_SYSFS, check_mode);
	check_mode(KCD_SYSCTL);
	CHECK(seen >= 7, "only %u files", seen);
	CHECK(!g_exists("/sys/module/kcompressd/parameters"),
	      "parameters can be seen");
}

static const char * const events[] = {
	"queue", "overflow", "write", "written", "handback", "bypass", NULL
};

static unsigned int recorded[sizeof(events) / sizeof(events[0]) - 1];

static void check_event(const char *line)
{
	int i;

	check_no_address("the trace", line);
	for (i = 0; events[i]; i++)
		recorded[i] += kcd_trace_is(line, events[i]);
}

static void addresses(void)
{
	struct g_pressure *p;
	int i;

	/* Such would be found. */
	CHECK(find_address("folio=ffff8881037b5c40 node=0") &&
	      find_address("18446612686343847488") && !find_address("pfn=ffff81037"),
	      "addresses are not found");
	setup_zram(0, 512, NULL);
	setup_module("depth=2");
	kcd_trace_room(2048);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	kcd_trace_start(events);
	kcd_wait_growth(0, "queued", 500);
	kcd_wait_growth(0, "written_worker", 10);
	kcd_wait_growth(0, "written_kswapd", 10);
	kcd_trace_end(check_event);
	CHECK_RC(g_pressure_stop(p), 0);
	/* What is not worth waiting takes the kernel's way. */
	p = g_pressure_start(data_mb, G_SAME);
	kcd_trace_start(events);
	kcd_wait_growth(0, "bypassed_same_filled", 50);
	kcd_trace_end(check_event);
	CHECK_RC(g_pressure_stop(p), 0);
	for (i = 0; events[i]; i++) {
		CHECK(recorded[i], "no event %s was recorded", events[i]);
		g_note("%u events %s", recorded[i], events[i]);
	}
	walk(KCD_SYSFS, check_file);
	check_file(KCD_SYSCTL);
}

/* Of one of the module's events, as perf knows it. */
static long long event_id;

/* With what it tells, of a CPU or of the task itself; a file or -errno. */
static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = event_id,
		.sample_type = PERF_SAMPLE_RAW,
		.exclude_kernel = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, cpu < 0 ? 0 : -1, cpu, -1, 0);

	return fd < 0 ? -errno : fd;
}

/* To see where pages are, of whoever, is not for all. */
static void try_event(const char *who)
{
	int cpu, rc;

	for (cpu = -1; cpu < 1; cpu++) {
		rc = open_event(cpu);
		CHECK(rc == -EPERM || rc == -EACCES, "%s opens an event on CPU %d: %d", who,
		      cpu, rc);
	}
}

/* In a process without privilege: none of the files can be written. */
static void try_all(const char *who)
{
	static const char * const paths[] = {
		KCD_SYSCTL, KCD_SYSFS "/writers", KCD_SYSFS "/hook",
		KCD_SYSFS "/node0/stat",
		KCD_WORKQUEUE "nice",
	};
	size_t i;
	int rc;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		rc = g_write(paths[i], "1");
		CHECK(rc == -EACCES || rc == -EPERM || rc == -EROFS,
		      "%s writes to %s: %d", who, paths[i], rc);
	}
}

static void in_child(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0, "fork");
	if (!pid) {
		run();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	if (status)
		_exit(1);
}

static void drop_privilege(void)
{
	CHECK(!setgid(NOBODY) && !setuid(NOBODY), "setuid");
	/* Its files in /proc shall be its own again. */
	prctl(PR_SET_DUMPABLE, 1);
}

static void as_nobody(void)
{
	drop_privilege();
	try_all("nobody");
	try_event("nobody");
}

/* The first process of its container: /proc and /sys as a container makes them. */
static void with_its_own_mounts(void)
{
	int rc;

	CHECK(getpid() == 1, "not the first process");
	CHECK(!mount("proc", "/proc", "proc", 0, NULL), "mounting /proc: %s",
	      strerror(errno));
	CHECK(!mount("sysfs", "/sys", "sysfs", 0, NULL), "mounting /sys: %s",
	      strerror(errno));
	try_all("a container's root with mounts of its own");
	CHECK(mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL) && errno == EPERM,
	      "it mounts tracefs: %s", strerror(errno));
	rc = g_module_unload("kcompressd");
	CHECK(rc == -EPERM, "it unloads the module: %d", rc);
	rc = g_module_load("holder", NULL);
	CHECK(rc == -EPERM, "it loads a module: %d", rc);
}

/* root of a user namespace, with all capabilities there: a container's. */
static void as_container_root(void)
{
	drop_privilege();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID |
		    CLONE_NEWCGROUP))
		SKIP("no user namespaces: %s", strerror(errno));
	g_write("/proc/self/setgroups", "deny");
	CHECK_RC(g_write("/proc/self/uid_map", "0 %d 1", NOBODY), 0);
	CHECK_RC(g_write("/proc/self/gid_map", "0 %d 1", NOBODY), 0);
	CHECK(!getuid(), "not root inside");
	try_all("a container's root");
	try_event("a container's root");
	in_child(with_its_own_mounts);
}

static void privilege(void)
{
	long long paranoid;

	setup_module("");
	event_id = g_read_ll("/sys/kernel/tracing/events/kcompressd/kcompressd_queue/id");
	CHECK(event_id > 0, "the event has no number");
	/* As it is upstream: Debian lets nobody open any event, of whatever kind. */
	paranoid = g_read_ll(PARANOID);
	CHECK_RC(g_write(PARANOID, "1"), 0);
	CHECK(open_event(-1) >= 0 && open_event(0) >= 0, "root cannot open the event");
	in_child(as_nobody);
	in_child(as_container_root);
	CHECK_RC(g_write(PARANOID, "%lld", paranoid), 0);
	CHECK(g_read_ll(KCD_SYSCTL) == 6, "vm.kcompressd changed");
}

const struct suite_case cases_security[] = {
	{ "modes_of_files", modes },
	{ "no_address_is_shown", addresses },
	{ "no_privilege_no_writing", privilege },
	{ }
};
