/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that a printed seed brings back.
 */
#ifndef KCD_TEST_RND_H
#define KCD_TEST_RND_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* splitmix64 */
static inline uint64_t rnd_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline uint64_t rnd_below(uint64_t *state, uint64_t limit)
{
	return rnd_next(state) % limit;
}

/* From the environment's KCD_SEED, else from the clock. */
static inline uint64_t rnd_seed(void)
{
	const char *text = getenv("KCD_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = text ? strtoull(text, NULL, 0) :
		      (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	printf("# KCD_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* A depth that favours the edges of its range. */
static inline unsigned int rnd_depth(uint64_t *state, unsigned int max)
{
	const unsigned int edges[] = { 0, 1, 2, 6, max - 1, max };
	const unsigned int count = sizeof(edges) / sizeof(edges[0]);

	if (rnd_below(state, 2))
		return edges[rnd_below(state, count)];
	return rnd_below(state, max + 1);
}

/* Base pages of a folio: mostly one, at times up to a huge page's. */
static inline unsigned int rnd_pages(uint64_t *state)
{
	return rnd_below(state, 4) ? 1 : 1u << rnd_below(state, 10);
}

/* A page limit: none at all, tight, or about a FIFO's worth. */
static inline unsigned long rnd_room(uint64_t *state)
{
	switch (rnd_below(state, 5)) {
	case 0:
		return rnd_below(state, 16);
	case 1:
	case 2:
		return rnd_below(state, 2048);
	default:
		return 1ul << 30;
	}
}

#endif /* KCD_TEST_RND_H */
