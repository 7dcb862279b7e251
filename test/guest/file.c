// SPDX-License-Identifier: GPL-2.0-only
/* Small files, as in /proc and /sys. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

bool g_exists(const char *path)
{
	return !access(path, F_OK);
}

int g_write(const char *path, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	int fd, len, done, rc = 0;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, len);
	if (done != len)
		rc = done < 0 ? -errno : -EIO;
	close(fd);
	return rc;
}

ssize_t g_read(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;
	int fd;

	buf[0] = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	do {
		got = read(fd, buf + len, size - 1 - len);
		if (got > 0)
			len += got;
	} while (got > 0);
	if (got < 0)
		got = -errno;
	close(fd);
	if (got < 0)
		return got;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = 0;
	return len;
}

long long g_read_ll(const char *path)
{
	char text[64], *end;
	long long value;

	if (g_read(path, text, sizeof(text)) <= 0)
		return -1;
	value = strtoll(text, &end, 10);
	return end == text ? -1 : value;
}

int g_table_read(struct g_table *table, const char *path)
{
	ssize_t len = g_read(path, table->text, sizeof(table->text));

	return len < 0 ? len : 0;
}

/* Sums the values of the lines whose name is, or begins with, @name. */
static long long table_sum(const char *text, const char *name, bool whole)
{
	size_t len = strlen(name);
	long long sum = 0;
	bool found = false;
	const char *value;

	for (; text && *text; text = strchr(text, '\n')) {
		text += *text == '\n';
		text += strspn(text, " ");
		if (strncmp(text, name, len))
			continue;
		value = text + strcspn(text, " \t\n");
		if (whole && value != text + len)
			continue;
		sum += strtoll(value, NULL, 10);
		found = true;
	}
	return found ? sum : -1;
}

long long g_table_get(const struct g_table *table, const char *name)
{
	return table_sum(table->text, name, true);
}

long long g_table_sum(const struct g_table *table, const char *prefix)
{
	return table_sum(table->text, prefix, false);
}

long long g_stat(const char *path, const char *name)
{
	struct g_table table;

	if (g_table_read(&table, path))
		return -1;
	return g_table_get(&table, name);
}
