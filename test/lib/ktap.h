/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small KTAP runner for tests that run in user space.
 */
#ifndef KCD_TEST_KTAP_H
#define KCD_TEST_KTAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct ktap_case {
	const char *name;
	void (*run)(void);
};

static bool ktap_bad;

/* A failed check ends the program's interest in the case, not the program. */
static inline bool ktap_check(bool good, const char *what, const char *file,
			      int line)
{
	if (!good) {
		/* The first one tells the cause; thousands may follow. */
		if (!ktap_bad)
			printf("# %s:%d: %s\n", file, line, what);
		ktap_bad = true;
	}
	return good;
}

#define CHECK(cond) ktap_check((cond), #cond, __FILE__, __LINE__)

static inline int ktap_main(const struct ktap_case *cases, int count)
{
	int failed = 0;

	/* Lines must survive a sanitizer's abort. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", count);
	for (int i = 0; i < count; i++) {
		ktap_bad = false;
		cases[i].run();
		failed += ktap_bad;
		printf("%sok %d %s\n", ktap_bad ? "not " : "", i + 1, cases[i].name);
	}
	printf("# Totals: pass:%d fail:%d skip:0\n", count - failed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* KCD_TEST_KTAP_H */
