/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_REPORT_H
#define RIG_REPORT_H

#include <stdint.h>

#include "hist.h"
#include "sample.h"

/**
 * struct interval - one measured interval
 * @number: counts from 1; odd ones have what the others are compared with
 * @setting: of the module
 * @from: when it began
 * @to: when it ended
 * @written: pages that the load wrote or read
 * @hist: ns of its touches
 * @max_ns: the slowest of them
 * @bursts: of the load
 * @burst_ns: time that they took
 * @free_min: least free memory, in pages
 * @pending_max: most pages that were written but not freed
 */
struct interval {
	unsigned int number;
	const struct setting *setting;
	struct sample from;
	struct sample to;
	uint64_t written;
	uint64_t hist[HIST_BUCKETS];
	uint64_t max_ns;
	uint64_t bursts;
	uint64_t burst_ns;
	uint64_t free_min;
	uint64_t pending_max;
};

/**
 * report_header() - print the names of the columns of report_interval()
 */
void report_header(void);

/**
 * report_interval() - print what an interval measured, as lines of CSV
 * @iv: the interval
 */
void report_interval(const struct interval *iv);

#endif
