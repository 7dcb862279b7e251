// SPDX-License-Identifier: GPL-2.0-only
/* The module's tracepoints, recorded and read in the order in which they were passed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

void kcd_trace_room(size_t kb)
{
	/* One counter for all CPUs: its order is the order of the events. */
	CHECK_RC(g_write(TRACING "trace_clock", "counter"), 0);
	CHECK_RC(g_write(TRACING "buffer_size_kb", "%zu", kb), 0);
}

void kcd_trace_start(const char * const events[])
{
	char path[G_PATH];

	CHECK_RC(g_write(TRACING "trace", "\n"), 0);
	for (; *events; events++) {
		snprintf(path, sizeof(path),
			 TRACING "events/kcompressd/kcompressd_%s/enable", *events);
		CHECK_RC(g_write(path, "1"), 0);
	}
	CHECK_RC(g_write(TRACING "tracing_on", "1"), 0);
}

static void check_nothing_lost(void)
{
	char path[G_PATH];
	int cpu;

	for (cpu = 0; cpu < g_cpus_online(); cpu++) {
		snprintf(path, sizeof(path), TRACING "per_cpu/cpu%d/stats", cpu);
		CHECK(g_stat(path, "overrun:") == 0 &&
		      g_stat(path, "dropped") <= 0, "cpu%d lost events", cpu);
	}
}

void kcd_trace_end(void (*see)(const char *line))
{
	char line[512];
	FILE *trace;

	CHECK_RC(g_write(TRACING "tracing_on", "0"), 0);
	check_nothing_lost();
	trace = fopen(TRACING "trace", "r");
	CHECK(trace, "cannot read the trace");
	while (fgets(line, sizeof(line), trace))
		if (line[0] != '#')
			see(line);
	fclose(trace);
}

bool kcd_trace_is(const char *line, const char *event)
{
	char text[64];

	snprintf(text, sizeof(text), ": kcompressd_%s: ", event);
	return strstr(line, text);
}

unsigned long kcd_trace_field(const char *line, const char *name)
{
	char text[64];
	const char *found;

	snprintf(text, sizeof(text), " %s=", name);
	found = strstr(line, text);
	CHECK(found, "no field %s in: %s", name, line);
	return strtoul(found + strlen(text), NULL, 10);
}
