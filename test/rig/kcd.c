// SPDX-License-Identifier: GPL-2.0-only
/* The module: its settings, and what its files show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "kcd.h"

#define SYSFS	"/sys/kernel/mm/kcompressd/"

static const char *const value_name[KCD_NR] = {
	[KCD_QUEUED]	= "queued",
	[KCD_BY_WORKER]	= "written_worker",
	[KCD_BY_KSWAPD]	= "written_kswapd",
	[KCD_LATE]	= "written_late",
	[KCD_WRITE_NS]	= "write_ns",
};

const char *const kcd_histogram_name[KCD_HISTOGRAMS] = {
	[KCD_WAIT]	= "wait",
	[KCD_WRITE]	= "write",
	[KCD_FREE]	= "free",
};

static int read_node(struct g_table *table, unsigned int node, const char *file)
{
	char path[G_PATH];

	snprintf(path, sizeof(path), SYSFS "node%u/%s", node, file);
	return g_table_read(table, path);
}

/* One line per bucket, in order: "<ns> <folios>". */
static void add_histogram(uint64_t *sum, const struct g_table *table)
{
	const char *line = table->text;
	unsigned int b;
	char *end;

	for (b = 0; b < KCD_BUCKETS && *line; b++) {
		strtoull(line, &end, 10);
		sum[b] += strtoull(end, &end, 10);
		line = end + (*end == '\n');
	}
}

void kcd_read(struct kcd *kcd)
{
	static struct g_table table;
	int node, nodes = g_nodes();
	char file[64];
	unsigned int i;

	memset(kcd, 0, sizeof(*kcd));
	for (node = 0; node < nodes; node++) {
		if (read_node(&table, node, "stat"))
			continue;
		for (i = 0; i < KCD_NR; i++)
			kcd->value[i] += g_table_get(&table, value_name[i]);
		for (i = 0; i < KCD_HISTOGRAMS; i++) {
			snprintf(file, sizeof(file), "%s_ns_histogram",
				 kcd_histogram_name[i]);
			if (!read_node(&table, node, file))
				add_histogram(kcd->histogram[i], &table);
		}
	}
}

uint64_t kcd_pending_pages(void)
{
	static struct g_table table;
	int node, nodes = g_nodes();
	uint64_t pages = 0;

	for (node = 0; node < nodes; node++)
		if (!read_node(&table, node, "stat"))
			pages += g_table_get(&table, "pending_pages");
	return pages;
}

int kcd_set(const struct setting *setting)
{
	int rc = 0;

	if (!setting->loaded)
		return g_module_unload("kcompressd");
	if (!g_module_loaded("kcompressd"))
		rc = g_module_load("kcompressd", "depth=0");
	if (!rc)
		rc = g_write(SYSFS "writers", "%u", setting->writers);
	if (!rc)
		rc = g_write("/proc/sys/vm/kcompressd", "%u", setting->depth);
	return rc;
}
