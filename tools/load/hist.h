/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A log-linear histogram of nanoseconds: each power of two is cut into 32
 * equal buckets, so a percentile is off by at most 3 % over the whole range.
 */
#ifndef LOAD_HIST_H
#define LOAD_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS	5
#define HIST_SUB	(1u << HIST_SUB_BITS)
#define HIST_BUCKETS	(HIST_SUB * 40)

static inline unsigned int hist_bucket(uint64_t ns)
{
	unsigned int shift, b;

	if (ns < HIST_SUB)
		return ns;
	shift = 63 - __builtin_clzll(ns) - HIST_SUB_BITS;
	b = HIST_SUB * (shift + 1) + (unsigned int)((ns >> shift) - HIST_SUB);
	return b < HIST_BUCKETS ? b : HIST_BUCKETS - 1;
}

/* The greatest value that falls into bucket @b. */
static inline uint64_t hist_value(unsigned int b)
{
	unsigned int shift;

	if (b < HIST_SUB)
		return b;
	shift = b / HIST_SUB - 1;
	return ((uint64_t)(b % HIST_SUB + HIST_SUB + 1) << shift) - 1;
}

/* The value that @permille of all values in @h do not exceed. */
static inline uint64_t hist_permille(const uint64_t *h, unsigned int permille)
{
	uint64_t total = 0, seen = 0, want;
	unsigned int b;

	for (b = 0; b < HIST_BUCKETS; b++)
		total += h[b];
	if (!total)
		return 0;
	want = (total * permille + 999) / 1000;
	for (b = 0; b < HIST_BUCKETS; b++) {
		seen += h[b];
		if (seen >= want)
			break;
	}
	return hist_value(b);
}

#endif
