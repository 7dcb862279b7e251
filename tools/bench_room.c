// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making memory scarce without harm.
 *
 * A process pins memory until only the arena is available. It and the load are
 * in a cgroup that may not take more than was planned, are the first to be
 * killed when memory runs out, and die with the bench. Memory that is pinned
 * is given back at once, without I/O.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "ctl.h"
#include "load.h"
#include "memory.h"

#define ARENA_MAX	512
#define PIN_STEP_MB	16
/* On top of what is planned: page tables, the program itself. */
#define SLACK_MB	64
/* Swap that stays free for others. */
#define SWAP_LEFT_MB	64

static size_t meminfo_mb(const char *name)
{
	autofree char *text = file_read("/proc/meminfo");

	/* In kB. */
	return lines_value(text, name) >> 10;
}

bool bench_room_left(void)
{
	return meminfo_mb("SwapFree") >= SWAP_LEFT_MB;
}

void bench_room_plan(struct bench_room *room, unsigned int arena_mb)
{
	size_t available = meminfo_mb("MemAvailable");
	size_t swap = meminfo_mb("SwapFree"), swap_needed;

	memset(room, 0, sizeof(*room));
	room->arena_mb = arena_mb ?: available / 4;
	if (!arena_mb && room->arena_mb > ARENA_MAX)
		room->arena_mb = ARENA_MAX;
	if (room->arena_mb < BENCH_ARENA_MIN)
		room->arena_mb = BENCH_ARENA_MIN;
	if (available < room->arena_mb + PIN_STEP_MB)
		ctl_die(CTL_NO,
			"%zu MB of memory are available, %zu would be needed; "
			"end some programs and try again",
			available, room->arena_mb + PIN_STEP_MB);
	room->load_mb = room->arena_mb * 3 / 2;
	room->pinned_mb = available - room->arena_mb;
	/* The load's, and as much of others who are pushed out. */
	swap_needed = room->load_mb + room->arena_mb / 2 + SWAP_LEFT_MB;
	if (swap < swap_needed)
		ctl_die(CTL_NO,
			"%zu MB of swap are free, %zu would be needed; "
			"make zram larger, or give less with --memory",
			swap, swap_needed);
}

void bench_room_confirm(const struct bench_room *room, bool yes,
			unsigned int seconds)
{
	char answer[16];

	fprintf(stderr,
		"This pins %zu MB of memory and presses %zu MB through the "
		"remaining %zu MB\n"
		"for about %u seconds. Other programs get slow meanwhile, and "
		"file caches are\n"
		"dropped. Ctrl-C ends it at once.\n",
		room->pinned_mb, room->load_mb, room->arena_mb, seconds);
	if (yes)
		return;
	if (!isatty(STDIN_FILENO))
		ctl_die(CTL_USAGE, "nobody is there to agree; say --yes");
	fputs("Go on? [y/N] ", stderr);
	if (!fgets(answer, sizeof(answer), stdin) ||
	    (*answer != 'y' && *answer != 'Y'))
		ctl_die(CTL_NO, "not agreed");
}

/* ---- the cgroup ------------------------------------------------------------- */

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP CGROUP_ROOT "/kcompressdctl-bench"

/* "0::/user.slice" is where cgroup v2 has us. */
static char *cgroup_home(void)
{
	autofree char *text = file_read("/proc/self/cgroup");
	char *rest = text, *line;

	while ((line = lines_next(&rest)))
		if (!strncmp(line, "0::", 3))
			return text_print(CGROUP_ROOT "%s", line + 3);
	return NULL;
}

static int cgroup_limit(const char *file, size_t mb)
{
	autofree char *text = text_print("%zuM", mb);

	return file_write(text, CGROUP "/%s", file);
}

/* NULL or what failed. */
static const char *cgroup_enter(struct bench_room *room)
{
	autofree char *controllers = file_read(CGROUP_ROOT "/cgroup.controllers");
	autofree char *path = file_path(CGROUP);

	if (!controllers || !strstr(controllers, "memory"))
		return "there is no cgroup v2 with the memory controller at " CGROUP_ROOT;
	room->home = cgroup_home();
	file_write("+memory", CGROUP_ROOT "/cgroup.subtree_control");
	/* One that was killed has left its own; while a bench runs it is not empty. */
	rmdir(path);
	if (mkdir(path, 0755))
		return "cannot make the cgroup " CGROUP "; does another bench run?";
	room->cgroup = true;
	if (cgroup_limit("memory.max",
			 room->pinned_mb + room->load_mb + SLACK_MB) ||
	    cgroup_limit("memory.swap.max", room->load_mb))
		return "cannot limit the cgroup";
	if (file_write("0", CGROUP "/cgroup.procs"))
		return "cannot enter the cgroup";
	return NULL;
}

void bench_room_leave(const struct bench_room *room)
{
	if (room->cgroup && room->home)
		file_write("0", "%s/cgroup.procs", room->home);
}

static void cgroup_remove(struct bench_room *room)
{
	autofree char *path = file_path(CGROUP);
	int tries;

	bench_room_leave(room);
	if (room->cgroup) {
		/* Killed processes take a moment to leave. */
		for (tries = 0; rmdir(path) && tries < 100; tries++)
			g_sleep_ms(50);
	}
	free(room->home);
}

/* ---- pinned memory ------------------------------------------------------------ */

static void __attribute__((noreturn)) pin(const struct bench_room *room, int done)
{
	size_t mb;
	void *p;

	prctl(PR_SET_NAME, "kcd-pin");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load_kill_me_first();
	for (mb = 0; mb < room->pinned_mb &&
	     meminfo_mb("MemAvailable") > room->arena_mb; mb += PIN_STEP_MB) {
		p = mmap(NULL, PIN_STEP_MB * G_MB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED || mlock(p, PIN_STEP_MB * G_MB))
			_exit(1);
	}
	if (write(done, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Returns when the memory is pinned: NULL or what failed. */
static const char *pin_start(struct bench_room *room)
{
	int done[2];
	char byte;

	if (pipe2(done, O_CLOEXEC))
		return "no pipe";
	room->pinner = fork();
	if (!room->pinner)
		pin(room, done[1]);
	close(done[1]);
	/* The other end is closed if it dies. */
	if (room->pinner < 0 || read(done[0], &byte, 1) != 1) {
		close(done[0]);
		return "cannot pin memory";
	}
	close(done[0]);
	return NULL;
}

const char *bench_room_take(struct bench_room *room)
{
	return cgroup_enter(room) ?: pin_start(room);
}

void bench_room_give_back(struct bench_room *room)
{
	if (room->pinner > 0) {
		kill(room->pinner, SIGKILL);
		waitpid(room->pinner, NULL, 0);
	}
	cgroup_remove(room);
}
