/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_KCD_H
#define RIG_KCD_H

#include <stdint.h>

#include "config.h"

/* Counters of the module. */
enum {
	KCD_QUEUED,
	KCD_BY_WORKER,
	KCD_BY_KSWAPD,
	KCD_LATE,
	KCD_WRITE_NS,
	KCD_NR
};

/* Histograms of the module: time in the FIFO, to write, and until freed. */
enum {
	KCD_WAIT,
	KCD_WRITE,
	KCD_FREE,
	KCD_HISTOGRAMS
};

#define KCD_BUCKETS	36	/* bucket b: from 2^b ns */

/* What the module shows, summed over the nodes; 0 where it is not loaded. */
struct kcd {
	uint64_t value[KCD_NR];
	uint64_t histogram[KCD_HISTOGRAMS][KCD_BUCKETS];
};

extern const char *const kcd_histogram_name[KCD_HISTOGRAMS];

/**
 * kcd_read() - read counters and histograms
 * @kcd: filled in
 */
void kcd_read(struct kcd *kcd);

/**
 * kcd_pending_pages() - pages that are written but not freed at this moment
 */
uint64_t kcd_pending_pages(void);

/**
 * kcd_set() - load or unload the module and set it
 * @setting: how
 *
 * Return: 0 or a negative errno.
 */
int kcd_set(const struct setting *setting);

#endif
