// SPDX-License-Identifier: GPL-2.0-only
/* Memory that goes while folios in it wait to be written. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

#define LRU_GEN	"/sys/kernel/mm/lru_gen/enabled"
#define BLOCKS	"/sys/devices/system/memory/"
/* What ACPI calls a memory device. */
#define DIMM	"/sys/bus/acpi/devices/PNP0C80:00/"

/* The block of the memory device, which the kernel has not taken by itself. */
static const char *find_block(void)
{
	static char path[G_PATH];
	char state[G_PATH + 256], text[32];
	struct dirent *entry;
	DIR *dir = opendir(BLOCKS);

	CHECK(dir, "this kernel has no memory hotplug");
	while ((entry = readdir(dir))) {
		snprintf(state, sizeof(state), BLOCKS "%s/state", entry->d_name);
		if (g_read(state, text, sizeof(text)) > 0 &&
		    !strcmp(text, "offline")) {
			snprintf(path, sizeof(path), "%.*s", (int)sizeof(path) - 1,
				 state);
			closedir(dir);
			return path;
		}
	}
	suite_fail(__FILE__, __LINE__, "the machine has no memory to take");
}

static void memory_goes(void)
{
	const char *block = find_block();
	struct g_pressure *p;
	char lru[16] = "";
	long long refused;
	int i;

	/* MGLRU frees most itself, which leaves little to forget. */
	if (g_read(LRU_GEN, lru, sizeof(lru)) > 0)
		CHECK_RC(g_write(LRU_GEN, "0"), 0);
	/* Movable: what the kernel keeps for itself comes from elsewhere. */
	CHECK_RC(g_write(block, "online_movable"), 0);
	/* Over a disk, since the rest of memory cannot hold it all. */
	setup_disk(512);
	setup_zswap();
	setup_module("depth=256 writers=1");
	p = g_pressure_start(data_mb + 128, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	kcd_slow_writers(0);
	refused = kcd_value(0, "bypassed_off");
	for (i = 0; i < 10; i++) {
		kcd_wait_waiting(0, 32);
		CHECK_RC(g_write(block, "offline"), 0);
		kcd_wait_growth(0, "queued", 500);
		kcd_check_counters();
		CHECK_RC(g_write(block, "online_movable"), 0);
		/* It may go so fast that kswapd brings nothing meanwhile. */
		if (i > 1 && kcd_value(0, "bypassed_off") > refused)
			break;
	}
	CHECK(kcd_value(0, "bypassed_off") > refused,
	      "folios were queued while memory went");

	/* Gone altogether, with the memory map of it. */
	kcd_wait_waiting(0, 32);
	CHECK_RC(g_write(DIMM "eject", "1"), 0);
	for (i = 0; g_exists(block) && i < 600; i++)
		g_sleep_ms(100);
	CHECK(!g_exists(block), "%s is still there", block);
	kcd_wait_growth(0, "queued", 500);
	kcd_wait_growth(0, "handback_freed", 100);
	g_note("%lld folios were forgotten", kcd_value(0, "handback_forgotten"));
	CHECK(kcd_value(0, "handback_forgotten") > 0, "no folio was forgotten");
	kcd_check_counters();
	CHECK_RC(g_pressure_stop(p), 0);
	g_write(LRU_GEN, "%s", lru);
}

const struct suite_case cases_hotplug[] = {
	{ "memory_goes_with_folios_queued", memory_goes },
	{ }
};
