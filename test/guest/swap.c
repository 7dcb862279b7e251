// SPDX-License-Identifier: GPL-2.0-only
/* Swap devices: zram, the scratch disk, a file on it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#include "guest.h"

/* The header that swapon() looks for: include/linux/swap.h of the kernel. */
struct swap_header {
	char boot[1024];
	uint32_t version;
	uint32_t last_page;
	uint32_t bad_pages;
	unsigned char uuid[16];
	char label[16];
	char padding[G_PAGE - 1024 - 12 - 32 - 10];
	char magic[10];
} __attribute__((packed));

_Static_assert(sizeof(struct swap_header) == G_PAGE, "a swap header is a page");

int g_mkswap(const char *path, size_t mb)
{
	struct swap_header header = {
		.version = 1,
		.last_page = mb * G_MB / G_PAGE - 1,
		.magic = "SWAPSPACE2",
	};
	int fd, rc = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, &header, sizeof(header)) != sizeof(header) || fsync(fd))
		rc = -errno;
	close(fd);
	return rc;
}

int g_swapon(const char *path, int priority)
{
	int flags = SWAP_FLAG_PREFER |
		(priority << SWAP_FLAG_PRIO_SHIFT & SWAP_FLAG_PRIO_MASK);

	return swapon(path, flags) ? -errno : 0;
}

int g_swapoff(const char *path)
{
	return swapoff(path) ? -errno : 0;
}

int g_swapoff_all(void)
{
	char text[1024], *line, *next;
	int rc = 0;

	if (g_read("/proc/swaps", text, sizeof(text)) < 0)
		return 0;
	/* The first line is the heading. */
	for (line = strchr(text, '\n'); line; line = next) {
		line++;
		next = strchr(line, '\n');
		line[strcspn(line, " \t\n")] = 0;
		if (swapoff(line))
			rc = -errno;
	}
	return rc;
}

static void zram_path(char *path, int id, const char *name)
{
	snprintf(path, G_PATH, "/sys/block/zram%d/%s", id, name);
}

static int zram_add(int id)
{
	char path[G_PATH];
	int rc;

	if (!g_module_loaded("zram")) {
		rc = g_module_load("zram", "num_devices=2");
		if (rc)
			return rc;
	}
	zram_path(path, id, "disksize");
	return g_exists(path) ? 0 : -ENODEV;
}

/*
 * NULL: the one that is in the file, in brackets if there are more. The kernel
 * would ask modprobe for it, which a guest lacks.
 */
static int choose_algorithm(const char *path, const char *algorithm)
{
	char text[256], *name;
	int rc;

	if (algorithm) {
		g_module_load(algorithm, NULL);
		return g_write(path, "%s", algorithm);
	}
	rc = g_read(path, text, sizeof(text));
	if (rc < 0)
		return rc;
	name = strchr(text, '[');
	name = name ? name + 1 : text;
	name[strcspn(name, "]")] = 0;
	g_module_load(name, NULL);
	return 0;
}

int g_zram_setup(int id, size_t mb, const char *algorithm)
{
	char path[G_PATH];
	int rc;

	rc = zram_add(id);
	if (rc)
		return rc;
	zram_path(path, id, "comp_algorithm");
	rc = choose_algorithm(path, algorithm);
	if (rc)
		return rc;
	zram_path(path, id, "disksize");
	rc = g_write(path, "%zuM", mb);
	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/dev/zram%d", id);
	return g_mkswap(path, mb);
}

int g_zram_reset(int id)
{
	char path[G_PATH];

	zram_path(path, id, "reset");
	return g_exists(path) ? g_write(path, "1") : 0;
}

long long g_zram_failed_writes(int id)
{
	char path[G_PATH], text[128];
	long long failed;

	zram_path(path, id, "io_stat");
	if (g_read(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%*d %lld", &failed) != 1)
		return -1;
	return failed;
}

int g_zram_algorithms(char names[][32], int max)
{
	char path[G_PATH], text[256], *name;
	int count = 0, rc;

	rc = zram_add(0);
	if (rc)
		return rc;
	zram_path(path, 0, "comp_algorithm");
	rc = g_read(path, text, sizeof(text));
	if (rc < 0)
		return rc;
	/* The one in use is in brackets. */
	for (name = strtok(text, "[] "); name && count < max;
	     name = strtok(NULL, "[] "))
		snprintf(names[count++], 32, "%s", name);
	return count;
}

/*
 * With zsmalloc: the older default pool, zbud, saves next to nothing. Newer
 * kernels have no other.
 */
int g_zswap_setup(const char *algorithm)
{
	int rc;

	if (!g_exists(G_ZSWAP "enabled"))
		return -ENOENT;
	rc = g_module_load("zsmalloc", NULL);
	if (rc && rc != -EEXIST)
		return rc;
	rc = 0;
	if (g_exists(G_ZSWAP "zpool"))
		rc = g_write(G_ZSWAP "zpool", "zsmalloc");
	if (!rc)
		rc = choose_algorithm(G_ZSWAP "compressor", algorithm);
	return rc ?: g_write(G_ZSWAP "enabled", "1");
}

const char *g_disk(void)
{
	if (!g_exists("/dev/vda")) {
		g_module_load("virtio_pci", NULL);
		g_module_load("virtio_blk", NULL);
	}
	return g_exists("/dev/vda") ? "/dev/vda" : NULL;
}

int g_swap_file_setup(size_t mb)
{
	static const char * const mke2fs[] = {
		"/sbin/mke2fs", "-q", "-F", "-t", "ext4", "/dev/vda", NULL
	};
	int fd, rc;

	if (!g_disk())
		return -ENODEV;
	rc = g_run(mke2fs);
	if (rc)
		return rc < 0 ? rc : -EIO;
	rc = g_module_load("ext4", NULL);
	if (rc && rc != -EEXIST)
		return rc;
	mkdir("/mnt", 0755);
	if (mount("/dev/vda", "/mnt", "ext4", 0, NULL))
		return -errno;
	fd = open(G_SWAP_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = fallocate(fd, 0, 0, mb * G_MB) ? -errno : 0;
	close(fd);
	return rc ?: g_mkswap(G_SWAP_FILE, mb);
}

int g_swap_file_remove(void)
{
	return umount("/mnt") && errno != EINVAL && errno != ENOENT ? -errno : 0;
}
