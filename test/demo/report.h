/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include <stdint.h>

#include "hist.h"
#include "sample.h"

/* One measured interval. */
struct interval {
	unsigned int number;
	unsigned int depth;		/* 0: the module is off */
	struct sample from;
	struct sample to;
	uint64_t written;		/* pages that the load wrote */
	uint64_t hist[HIST_BUCKETS];	/* ns of their touches */
	uint64_t max_ns;
	uint64_t min_free_kb;
};

/**
 * report_header() - print the names of the columns of report_interval()
 */
void report_header(void);

/**
 * report_interval() - print what an interval measured, as a line of CSV
 * @iv: the interval
 */
void report_interval(const struct interval *iv);

#endif
