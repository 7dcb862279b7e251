// SPDX-License-Identifier: GPL-2.0-only
/* kcompressdctl status: is it on, with what settings, and what it has done. */
#include <jansson.h>
#include <string.h>

#include "ctl.h"

/* Why it does nothing; NULL while it is on. */
static char *why_not(const struct kcd *kcd)
{
	struct module_file file;
	char *why;

	if (kcd->loaded) {
		if (!kcd->depth)
			return text_copy("vm.kcompressd is 0; turn it on: sysctl vm.kcompressd=6");
		return kcd->attached ? NULL :
		       text_copy("suspending; or the hook could not come back, see dmesg");
	}
	module_file_find(&file);
	if (kernel_bans_module())
		why = text_copy("module_blacklist= on the kernel's command line");
	else if (!file.path)
		why = text_print("not installed for Linux %s; see kcompressdctl doctor",
				 kernel_release());
	else if (file.blacklisted)
		why = text_copy("blacklisted in modprobe.d; by hand: modprobe " CTL_NAME);
	else
		why = text_copy("load it: modprobe " CTL_NAME);
	module_file_free(&file);
	return why;
}

static void print_module(const struct kcd *kcd, const char *why)
{
	autofree char *writers = kcd_writers(kcd);

	printf("kcompressd%s%s: %s%s%s%s\n", kcd->version ? " " : "",
	       kcd->version ?: "", kcd_state(kcd), why ? " (" : "", why ?: "",
	       why ? ")" : "");
	if (kcd->loaded)
		printf("hook %s, depth %u, writers %s\n",
		       kcd->attached ? "attached" : "detached", kcd->depth,
		       writers);
}

static void print_nodes(const struct kcd *kcd)
{
	const char *stat;
	unsigned int i;

	if (!kcd->nodes)
		return;
	printf("\n%-5s %9s %13s %11s %11s %11s %11s %11s %7s\n", "NODE",
	       "WAITING", "PAGES", "OFFERED", "BYPASSED", "BY-WORKERS",
	       "BY-KSWAPD", "FREED", "FAILED");
	for (i = 0; i < kcd->nodes; i++) {
		autofree char *waiting = NULL;
		autofree char *pages = NULL;

		stat = kcd->node[i].stat;
		waiting = text_print("%lu/%u", lines_value(stat, "waiting"),
				     kcd->depth);
		pages = text_print("%lu/%lu",
				   lines_value(stat, "waiting_pages") +
				   lines_value(stat, "pending_pages"),
				   lines_value(stat, "bound_pages"));
		printf("%-5u %9s %13s %11lu %11lu %11lu %11lu %11lu %7lu\n",
		       kcd->node[i].id, waiting, pages,
		       lines_value(stat, "offered"),
		       lines_sum(stat, "bypassed_"),
		       lines_value(stat, "written_worker"),
		       lines_value(stat, "written_kswapd"),
		       lines_value(stat, "handback_freed"),
		       lines_value(stat, "failed_writes"));
	}
}

static void print_swap(const struct swaps *swaps, bool names)
{
	const struct swap_device *device;
	unsigned int i;

	if (!swaps->devices)
		puts("\nno swap");
	else
		printf("\n%-20s %-5s %-10s %9s %9s %5s %8s\n", "SWAP", "KIND",
		       "ALGORITHM", "SIZE-MIB", "USED-MIB", "PRIO", "RATIO");
	for (i = 0; i < swaps->devices; i++) {
		device = &swaps->device[i];
		printf("%-20s %-5s %-10s %9lu %9lu %5d ",
		       names || device->kind == SWAP_ZRAM ? device->name : "-",
		       swap_kind_name(device->kind),
		       *device->algorithm ? device->algorithm : "-",
		       device->size_kib >> 10, device->used_kib >> 10,
		       device->priority);
		if (device->memory_bytes)
			printf("%8.2f\n", (double)device->stored_bytes /
			       device->memory_bytes);
		else
			printf("%8s\n", "-");
	}
	if (!swaps->zswap_known)
		puts("zswap: not in this kernel");
	else if (!swaps->zswap_enabled)
		puts("zswap: off");
	else
		printf("zswap: on, %s%s%s\n", swaps->zswap_algorithm,
		       *swaps->zswap_pool ? " in " : "", swaps->zswap_pool);
}

static json_t *json_node(unsigned int id, const char *stat)
{
	json_t *node = json_pack("{s:i}", "node", id);
	autofree char *text = text_copy(stat);
	char *rest = text, *line, *space;

	while ((line = lines_next(&rest))) {
		space = strchr(line, ' ');
		if (!space)
			continue;
		*space = 0;
		json_object_set_new(node, line, json_integer(atoll(space + 1)));
	}
	return node;
}

static json_t *json_swap(const struct swap_device *device)
{
	return json_pack("{s:s, s:s, s:s*, s:I, s:I, s:i, s:I, s:I}",
			 "name", device->name,
			 "kind", swap_kind_name(device->kind),
			 "algorithm", *device->algorithm ? device->algorithm : NULL,
			 "size_kib", (json_int_t)device->size_kib,
			 "used_kib", (json_int_t)device->used_kib,
			 "priority", device->priority,
			 "stored_bytes", (json_int_t)device->stored_bytes,
			 "memory_bytes", (json_int_t)device->memory_bytes);
}

static void print_json(const struct kcd *kcd, const char *why,
		       const struct swaps *swaps)
{
	json_t *nodes = json_array(), *devices = json_array(), *zswap, *root;
	unsigned int i;

	for (i = 0; i < kcd->nodes; i++)
		json_array_append_new(nodes, json_node(kcd->node[i].id,
						       kcd->node[i].stat));
	for (i = 0; i < swaps->devices; i++)
		json_array_append_new(devices, json_swap(&swaps->device[i]));
	zswap = json_pack("{s:b, s:b, s:s, s:s}",
			  "available", swaps->zswap_known,
			  "enabled", swaps->zswap_enabled,
			  "algorithm", swaps->zswap_algorithm,
			  "pool", swaps->zswap_pool);
	root = json_pack("{s:s, s:s?, s:s, s:s?, s:b, s:i, s:i, s:o, s:o, s:o}",
			 "state", kcd_state(kcd), "why", why,
			 "kernel", kernel_release(), "version", kcd->version,
			 "attached", kcd->attached, "depth", kcd->depth,
			 "writers", kcd->writers, "nodes", nodes,
			 "swap", devices, "zswap", zswap);
	if (!root || json_dumpf(root, stdout, JSON_INDENT(2)))
		ctl_die(CTL_FAILED, "cannot write JSON");
	putchar('\n');
	json_decref(root);
}

static int print(bool json, bool names)
{
	autofree char *why = NULL;
	struct swaps swaps;
	struct kcd kcd;
	int code;

	kcd_read(&kcd);
	swaps_read(&swaps);
	why = why_not(&kcd);
	if (json) {
		print_json(&kcd, why, &swaps);
	} else {
		print_module(&kcd, why);
		print_nodes(&kcd);
		print_swap(&swaps, names);
	}
	code = !kcd.loaded ? CTL_NOT_LOADED : why ? CTL_NO : CTL_OK;
	kcd_free(&kcd);
	return code;
}

void status_print(bool names)
{
	print(false, names);
}

int status_main(int argc, char **argv)
{
	return print(ctl_option_json(argc, argv), true);
}
