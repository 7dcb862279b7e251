// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the frequency of the host's time stamp counter in kHz; guests of an
 * emulator count with it. A guest of a busy host, that measures it itself while
 * it boots, may find a fortieth of it: its clock then runs forty times too fast,
 * and whatever it waits for comes too late.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>

#define NS_PER_MS 1000000

struct reading {
	uint64_t ticks;
	int64_t ns;
};

/* Of several, the one that was interrupted least. */
static struct reading read_both(void)
{
	struct reading best = { 0 };
	uint64_t least = UINT64_MAX, begin, end;
	struct timespec now;
	int i;

	for (i = 0; i < 50; i++) {
		begin = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		end = __rdtsc();
		if (end - begin >= least)
			continue;
		least = end - begin;
		best.ticks = begin + least / 2;
		best.ns = now.tv_sec * 1000000000ll + now.tv_nsec;
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 200 * NS_PER_MS };
	struct reading begin, end;

	begin = read_both();
	nanosleep(&pause, NULL);
	end = read_both();
	printf("%lld\n", (long long)((end.ticks - begin.ticks) * NS_PER_MS /
				    (uint64_t)(end.ns - begin.ns)));
	return 0;
}
#else
int main(void)
{
	return 1;
}
#endif
