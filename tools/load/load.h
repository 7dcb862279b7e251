/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LOAD_H
#define LOAD_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "hist.h"

#define LOAD_TASKS_MAX	16

/* What the load's processes and their parent share; they only add to it. */
struct load_stats {
	volatile uint64_t written;	/* pages filled with new data */
	volatile uint64_t checked;	/* pages compared with what was written */
	volatile uint64_t wrong;	/* pages that differed */
	volatile uint64_t max_ns;	/* slowest touch; the reader resets it */
	volatile uint64_t bursts;	/* undisturbed by @pause */
	volatile uint64_t burst_ns;	/* they took, all together */
	volatile uint64_t hist[HIST_BUCKETS];	/* ns of each page's touch */
	volatile bool pause;		/* set by the parent: hold on */
	volatile bool stop;		/* set by the parent: check and leave */
	sem_t turn[LOAD_TASKS_MAX];
};

/**
 * struct load_config - what the processes do
 * @kind: "rewrite": they write the same pages over and over, each checked
 *        before it is written again; "touch": they write fresh pages without
 *        end, the oldest given back as they go; "burst": the same, each task
 *        writing all of its share at once, then none for a second; "mixed": as
 *        rewrite, and for each page one of a file is read; "file": one is read,
 *        none written
 * @tasks: how many take turns
 * @active: how many run at a time, at most @tasks
 * @mb: how much they hold, all together, and how much of the file they read
 * @huge: let the kernel give them pages as large as it is set to
 * @file: what "mixed" and "file" read
 * @file_mb: where in @file to begin
 */
struct load_config {
	const char *kind;
	unsigned int tasks;
	unsigned int active;
	size_t mb;
	bool huge;
	const char *file;
	size_t file_mb;
};

struct load {
	unsigned int tasks;
	pid_t pid[LOAD_TASKS_MAX];
	struct load_stats *stats;
};

/**
 * load_start() - start processes that need more memory than there is
 * @load: filled in
 * @config: what they do
 *
 * Return: 0 or a negative errno.
 */
int load_start(struct load *load, const struct load_config *config);

/**
 * load_runs() - has none of them ended or been killed?
 */
bool load_runs(void);

/**
 * load_stop() - let them check all that they hold, and wait for them
 * @load: the load
 *
 * Return: 0 if all left by themselves and every page was right, -EIO if not,
 * -EINTR if a signal came first; some may run on then.
 */
int load_stop(struct load *load);

/**
 * load_kill_me_first() - make the caller the one to be killed if memory runs
 *                        out in spite of all
 */
void load_kill_me_first(void);

/**
 * load_kill() - end those that run at once, whatever their pages hold
 * @load: the load
 */
void load_kill(struct load *load);

#endif
