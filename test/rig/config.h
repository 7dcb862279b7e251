/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_CONFIG_H
#define RIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#define CONFIG_SETTINGS_MAX	8

/**
 * struct setting - of the module, in one interval
 * @name: as it was asked for and is shown: "none", "DEPTH" or "DEPTH/WRITERS"
 * @loaded: false: the module is not loaded
 * @depth: vm.kcompressd
 * @writers: writers per node; 0: automatic
 */
struct setting {
	char name[16];
	bool loaded;
	unsigned int depth;
	unsigned int writers;
};

/**
 * struct config - what to measure, and on what machine
 * @load: kind of the load, see load.h
 * @tasks: processes that take turns
 * @active: how many of them run at a time
 * @load_mb: what they hold
 * @page_kb: size of their pages
 * @swap: "zram", "zswap" (over the disk) or "disk"
 * @algorithm: what zram or zswap compresses with
 * @swap_mb: size of the swap device
 * @pairs: intervals of each setting
 * @settle_ms: what is let pass before an interval
 * @measure_ms: length of an interval
 * @profile: take function profiles, which slows what is measured
 * @off: what each setting is compared with
 * @setting: what is compared
 * @settings: how many
 */
struct config {
	const char *load;
	unsigned int tasks;
	unsigned int active;
	size_t load_mb;
	unsigned int page_kb;
	const char *swap;
	const char *algorithm;
	size_t swap_mb;
	unsigned int pairs;
	unsigned int settle_ms;
	unsigned int measure_ms;
	bool profile;
	struct setting off;
	struct setting setting[CONFIG_SETTINGS_MAX];
	unsigned int settings;
};

/**
 * config_read() - read the configuration from the kernel's command line
 * @c: filled in
 *
 * The kernel hands parameters that it does not know to PID 1 as environment.
 * test/rig/run sets all of them.
 *
 * Return: NULL, or the name of what is missing or makes no sense.
 */
const char *config_read(struct config *c);

#endif
