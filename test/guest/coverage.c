// SPDX-License-Identifier: GPL-2.0-only
/* Which lines of the module have run: what a kernel with gcov counted. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define COUNTERS	"/sys/kernel/debug/gcov"
#define CHUNK		512

/* Lines of a base name and bytes in hex, then how many bytes it had. */
static int send_file(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	const char *name = path + ftw->base, *end = strrchr(name, '.');
	char hex[2 * CHUNK + 1];
	unsigned char bytes[CHUNK];
	unsigned long size = 0;
	ssize_t len, i;
	int fd;

	(void)st;
	/* Beside them are links to what the compiler left. */
	if (type != FTW_F || !end || strcmp(end, ".gcda"))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 1;
	while ((len = read(fd, bytes, sizeof(bytes))) > 0) {
		for (i = 0; i < len; i++)
			sprintf(hex + 2 * i, "%02x", bytes[i]);
		g_out("gcda %.*s %s", (int)(end - name), name, hex);
		size += len;
	}
	g_out("gcda-size %.*s %lu", (int)(end - name), name, size);
	close(fd);
	return len < 0;
}

void g_coverage(void)
{
	/* The host looks whether all have come. */
	if (g_exists(COUNTERS))
		nftw(COUNTERS, send_file, 8, FTW_PHYS);
}
