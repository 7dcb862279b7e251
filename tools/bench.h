/* SPDX-License-Identifier: GPL-2.0-only */
/* Making memory scarce without harm: bench_room.c. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* MB; with less, what the machine itself does is all that one sees. */
#define BENCH_ARENA_MIN 96

/**
 * struct bench_room - the memory that the bench takes
 * @arena_mb: left for the load
 * @load_mb: what the load holds, more than the arena
 * @pinned_mb: taken away, so that no more is left
 * @pinner: the process that holds it
 * @cgroup: there is one
 * @home: path of the cgroup that this process came from
 */
struct bench_room {
	size_t arena_mb;
	size_t load_mb;
	size_t pinned_mb;
	pid_t pinner;
	bool cgroup;
	char *home;
};

/* Decides on sizes, or ends the program where memory or swap is too small. */
void bench_room_plan(struct bench_room *room, unsigned int arena_mb);
/* Asks, unless @yes; ends the program if the answer is no. */
void bench_room_confirm(const struct bench_room *room, bool yes,
			unsigned int seconds);
/* Moves this process into the cgroup and pins; NULL or what failed. */
const char *bench_room_take(struct bench_room *room);
/*
 * Moves this process back home, and leaves there those that it has started: who
 * kills what takes the memory (systemd-oomd, a whole cgroup) shall not kill who
 * sets all back.
 */
void bench_room_leave(const struct bench_room *room);
void bench_room_give_back(struct bench_room *room);
/* False when so little swap is left that others would suffer. */
bool bench_room_left(void);

#endif /* BENCH_H */
