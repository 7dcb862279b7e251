// SPDX-License-Identifier: GPL-2.0-only
/* Nothing that the cases before have done has lost memory, by kmemleak. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define LINES_MAX 200

static void nothing_lost(void)
{
	unsigned int lines = 0;
	char line[256];
	FILE *leaks;

	if (!g_exists(KMEMLEAK))
		SKIP("this kernel does not look for leaks");
	/* Refused if it has turned itself off. */
	CHECK_RC(g_write(KMEMLEAK, "scan"), 0);
	/* What is lost is told of once it is some seconds old. */
	g_sleep_ms(6000);
	CHECK_RC(g_write(KMEMLEAK, "scan"), 0);
	leaks = fopen(KMEMLEAK, "re");
	CHECK(leaks, "cannot read " KMEMLEAK);
	while (lines < LINES_MAX && fgets(line, sizeof(line), leaks)) {
		g_note("%.*s", (int)strcspn(line, "\n"), line);
		lines++;
	}
	fclose(leaks);
	CHECK(!lines, "memory was lost");
}

const struct suite_case cases_leaks[] = {
	{ "nothing_was_lost", nothing_lost },
	{ }
};
