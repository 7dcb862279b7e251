// SPDX-License-Identifier: GPL-2.0-only
/* Swap devices, and what compresses their pages. */
#include <string.h>

#include "ctl.h"

#define ZSWAP	"/sys/module/zswap/parameters/"

/* "lzo lzo-rle [zstd]": the one in brackets is in use. */
static void chosen(char *out, size_t size, const char *list)
{
	const char *begin = list ? strchr(list, '[') : NULL;

	out[0] = 0;
	if (begin)
		snprintf(out, size, "%.*s", (int)strcspn(begin + 1, "]"),
			 begin + 1);
}

static void copy(char *out, size_t size, char *text)
{
	snprintf(out, size, "%s", text ?: "");
	free(text);
}

static void read_zram(struct swap_device *device, unsigned int number)
{
	autofree char *algorithms = NULL;
	autofree char *stat = NULL;
	unsigned long long stored, memory;

	device->kind = SWAP_ZRAM;
	algorithms = file_read("/sys/block/zram%u/comp_algorithm", number);
	chosen(device->algorithm, sizeof(device->algorithm), algorithms);
	stat = file_read("/sys/block/zram%u/mm_stat", number);
	if (stat && sscanf(stat, "%llu %*u %llu", &stored, &memory) == 2) {
		device->stored_bytes = stored;
		device->memory_bytes = memory;
	}
}

static bool read_device(struct swap_device *device, const char *line)
{
	unsigned long long size, used;
	unsigned int zram;
	char type[32];

	memset(device, 0, sizeof(*device));
	if (sscanf(line, "%127s %31s %llu %llu %d", device->name, type, &size,
		   &used, &device->priority) != 5)
		return false;
	device->size_kib = size;
	device->used_kib = used;
	device->kind = strcmp(type, "file") ? SWAP_DISK : SWAP_FILE;
	if (sscanf(device->name, "/dev/zram%u", &zram) == 1)
		read_zram(device, zram);
	return true;
}

static void read_zswap(struct swaps *swaps)
{
	autofree char *enabled = file_read(ZSWAP "enabled");

	swaps->zswap_known = enabled;
	swaps->zswap_enabled = enabled && *enabled == 'Y';
	copy(swaps->zswap_algorithm, sizeof(swaps->zswap_algorithm),
	     file_read(ZSWAP "compressor"));
	copy(swaps->zswap_pool, sizeof(swaps->zswap_pool),
	     file_read(ZSWAP "zpool"));
}

void swaps_read(struct swaps *swaps)
{
	autofree char *text = file_read("/proc/swaps");
	char *rest = text, *line;

	memset(swaps, 0, sizeof(*swaps));
	lines_next(&rest);
	while (swaps->devices < SWAPS_MAX && (line = lines_next(&rest)))
		swaps->devices +=
			read_device(&swaps->device[swaps->devices], line);
	read_zswap(swaps);
}

const char *swap_kind_name(enum swap_kind kind)
{
	static const char *const name[] = {
		[SWAP_ZRAM] = "zram",
		[SWAP_DISK] = "disk",
		[SWAP_FILE] = "file",
	};

	return name[kind];
}

bool swaps_compressed(const struct swaps *swaps)
{
	unsigned int i;

	for (i = 0; i < swaps->devices; i++)
		if (swaps->zswap_enabled || swaps->device[i].kind == SWAP_ZRAM)
			return true;
	return false;
}
