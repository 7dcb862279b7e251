// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much a campaign does. Short, as one case of many, unless the kernel's
 * command line has torture=SECONDS, which bounds each campaign; seed=N brings
 * its choices back, though not the timing.
 */
#include <stdlib.h>

#include "suite.h"

#define PROGRESS_NS 20000000000ull
/* What the full amounts are meant for: with so much time all of it must be done. */
#define FULL_SECONDS 7200

static unsigned long long parameter(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : 0;
}

unsigned int campaign_seconds(void)
{
	return parameter("torture");
}

void campaign_begin(struct campaign *c, const char *what, unsigned long quick,
		    unsigned long full)
{
	unsigned int seconds = campaign_seconds();

	*c = (struct campaign) {
		.what = what,
		.least = seconds < FULL_SECONDS ? quick : full,
		.amount = seconds ? full : quick,
		.begin_ns = g_now_ns(),
		.seed = parameter("seed") ?: g_now_ns(),
	};
	c->end_ns = seconds ? c->begin_ns + seconds * 1000000000ull : UINT64_MAX;
	c->progress_ns = c->begin_ns + PROGRESS_NS;
	g_note("%s: %lu to do, seed=%llu", what, c->amount,
	       (unsigned long long)c->seed);
}

static void report(const struct campaign *c, uint64_t now)
{
	g_note("%s: %lu of %lu done in %u s%s", c->what, c->done, c->amount,
	       (unsigned int)((now - c->begin_ns) / 1000000000),
	       now > c->end_ns && c->done < c->amount ? ", time is up" : "");
}

bool campaign_next(struct campaign *c)
{
	uint64_t now = g_now_ns();

	if (c->done == c->amount || now > c->end_ns) {
		report(c, now);
		CHECK(c->done >= c->least, "%s: only %lu of at least %lu done", c->what,
		      c->done, c->least);
		return false;
	}
	if (now > c->progress_ns) {
		report(c, now);
		c->progress_ns = now + PROGRESS_NS;
	}
	c->done++;
	return true;
}

/* splitmix64 */
unsigned int campaign_random(struct campaign *c, unsigned int below)
{
	uint64_t z = c->seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}
