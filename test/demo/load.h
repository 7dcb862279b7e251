/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DEMO_LOAD_H
#define DEMO_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "hist.h"

/* What the load's process tells its parent, in memory that both share. */
struct load_stats {
	volatile uint64_t written;	/* pages filled with new data */
	volatile uint64_t checked;	/* pages compared with what was written */
	volatile uint64_t wrong;	/* pages that differed */
	volatile uint64_t max_ns;	/* slowest touch; the reader resets it */
	volatile uint64_t hist[HIST_BUCKETS];	/* ns of each page's touch */
	volatile bool pause;		/* set by the parent: hold on */
	volatile bool stop;		/* set by the parent: check and leave */
};

struct load {
	pid_t pid;
	struct load_stats *stats;
};

/**
 * load_start() - start the process that needs more memory than there is
 * @load: filled in
 * @kind: "rewrite": writes the same pages over and over, each checked before
 *        it is written again; "touch": writes fresh pages without end, the
 *        oldest given back as it goes
 * @mb: how much it holds
 *
 * Return: 0 or a negative errno.
 */
int load_start(struct load *load, const char *kind, size_t mb);

/**
 * load_runs() - has it neither ended nor been killed?
 * @load: the load
 */
bool load_runs(const struct load *load);

/**
 * load_stop() - let the process check all that it holds, and wait for it
 * @load: the load
 *
 * Return: 0 if it left by itself and every page was right, else -EIO.
 */
int load_stop(struct load *load);

#endif
