// SPDX-License-Identifier: GPL-2.0-only
/* The machine before the load starts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "setup.h"

#define THP	"/sys/kernel/mm/transparent_hugepage/"

static int set_up_zram(const struct config *c)
{
	return g_zram_setup(0, c->swap_mb, c->algorithm) ?:
	       g_swapon("/dev/zram0", 0);
}

static int set_up_disk(const struct config *c)
{
	const char *disk = g_disk();

	if (!disk)
		return -ENODEV;
	return g_mkswap(disk, c->swap_mb) ?: g_swapon(disk, 0);
}

/* All of it is to stay in memory. */
static int set_up_zswap(const struct config *c)
{
	return g_zswap_setup(c->algorithm) ?:
	       g_write(G_ZSWAP "max_pool_percent", "60") ?: set_up_disk(c);
}

static int set_up_swap(const struct config *c)
{
	if (!strcmp(c->swap, "zram"))
		return set_up_zram(c);
	if (!strcmp(c->swap, "zswap"))
		return set_up_zswap(c);
	if (!strcmp(c->swap, "disk"))
		return set_up_disk(c);
	return -EINVAL;
}

/* Huge pages for who asks for them. Older kernels have one size only. */
static int set_up_pages(unsigned int kb)
{
	char path[G_PATH];

	if (kb * 1024 == G_PAGE)
		return 0;
	snprintf(path, sizeof(path), THP "hugepages-%ukB/enabled", kb);
	if (!g_exists(path) && kb == 2048)
		snprintf(path, sizeof(path), THP "enabled");
	return g_write(path, "madvise");
}

int set_up(const struct config *c, const char **what)
{
	int rc;

	*what = "setting up swap";
	rc = set_up_swap(c);
	if (rc)
		return rc;
	*what = "asking for pages of that size";
	rc = set_up_pages(c->page_kb);
	if (rc)
		return rc;
	/* The gap between the watermarks that a real machine has, in pages. */
	*what = "setting the watermarks";
	return g_write("/proc/sys/vm/watermark_scale_factor", "100");
}
