// SPDX-License-Identifier: GPL-2.0-only
/* The module, as its files show it. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "ctl.h"

static int compare_ids(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Numbers of the nodes in order; how many there are. */
static unsigned int find_nodes(unsigned int *ids)
{
	autofree char *path = file_path(KCD_SYSFS);
	unsigned int nodes = 0;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(path);
	while (dir && nodes < KCD_NODES_MAX && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%u", &ids[nodes]) == 1)
			nodes++;
	if (dir)
		closedir(dir);
	qsort(ids, nodes, sizeof(*ids), compare_ids);
	return nodes;
}

static void read_nodes(struct kcd *kcd)
{
	unsigned int ids[KCD_NODES_MAX], nodes = find_nodes(ids), i;
	char *stat;

	for (i = 0; i < nodes; i++) {
		stat = file_read(KCD_SYSFS "/node%u/stat", ids[i]);
		if (!stat)
			continue;
		kcd->node[kcd->nodes].id = ids[i];
		kcd->node[kcd->nodes].stat = stat;
		kcd->nodes++;
	}
}

void kcd_read(struct kcd *kcd)
{
	autofree char *state = file_read("/sys/module/" CTL_NAME "/initstate");
	autofree char *hook = NULL;

	memset(kcd, 0, sizeof(*kcd));
	kcd->loaded = state && !strcmp(state, "live");
	if (!kcd->loaded)
		return;
	kcd->version = file_read("/sys/module/" CTL_NAME "/version");
	hook = file_read(KCD_SYSFS "/hook");
	kcd->attached = hook && !strcmp(hook, "attached");
	kcd->depth = file_number(0, KCD_SYSCTL);
	kcd->writers = file_number(0, KCD_SYSFS "/writers");
	read_nodes(kcd);
}

void kcd_free(struct kcd *kcd)
{
	unsigned int i;

	for (i = 0; i < kcd->nodes; i++)
		free(kcd->node[i].stat);
	free(kcd->version);
	memset(kcd, 0, sizeof(*kcd));
}

void kcd_need_loaded(const struct kcd *kcd)
{
	if (!kcd->loaded)
		ctl_die(CTL_NOT_LOADED,
			"the module is not loaded; load it: modprobe " CTL_NAME
			", or see why not: kcompressdctl doctor");
}

uint64_t kcd_total(const struct kcd *kcd, const char *name)
{
	bool prefix = name[strlen(name) - 1] == '_';
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < kcd->nodes; i++)
		sum += prefix ? lines_sum(kcd->node[i].stat, name) :
				lines_value(kcd->node[i].stat, name);
	return sum;
}

const char *kcd_state(const struct kcd *kcd)
{
	if (!kcd->loaded)
		return "not loaded";
	if (!kcd->depth)
		return "off";
	return kcd->attached ? "on" : "stepped aside";
}

char *kcd_writers(const struct kcd *kcd)
{
	return kcd->writers ? text_print("%u", kcd->writers) :
			      text_copy("automatic");
}

void kcd_histogram(const struct kcd *kcd, const char *name,
		   struct histogram *hist)
{
	unsigned long long from, count;
	char *text, *line, *rest;
	unsigned int i, b;

	memset(hist, 0, sizeof(*hist));
	for (i = 0; i < kcd->nodes; i++) {
		text = file_read(KCD_SYSFS "/node%u/%s", kcd->node[i].id, name);
		rest = text;
		for (b = 0; b < KCD_BUCKETS_MAX; b++) {
			line = lines_next(&rest);
			if (!line || sscanf(line, "%llu %llu", &from, &count) != 2)
				break;
			hist->from_ns[b] = from;
			hist->count[b] += count;
		}
		if (b > hist->buckets)
			hist->buckets = b;
		free(text);
	}
}

uint64_t histogram_percentile(const struct histogram *hist,
			      unsigned int percent)
{
	uint64_t total = 0, seen = 0, want;
	unsigned int b;

	for (b = 0; b < hist->buckets; b++)
		total += hist->count[b];
	if (!total)
		return 0;
	want = (total * percent + 99) / 100;
	for (b = 0; b < hist->buckets - 1; b++) {
		seen += hist->count[b];
		if (seen >= want)
			break;
	}
	return 2 * hist->from_ns[b];
}
