// SPDX-License-Identifier: GPL-2.0-only
/* Small files, as in /proc and /sys, and texts of lines. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

void ctl_free(void *pointer)
{
	free(*(void **)pointer);
}

static char *text_vprint(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		ctl_die(CTL_FAILED, "out of memory");
	return text;
}

char *text_print(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_vprint(fmt, args);
	va_end(args);
	return text;
}

char *text_copy(const char *text)
{
	return text_print("%s", text);
}

const char *file_root(void)
{
	return getenv("KCOMPRESSD_ROOT") ?: "";
}

static char *file_vpath(const char *fmt, va_list args)
{
	autofree char *path = text_vprint(fmt, args);

	return text_print("%s%s", file_root(), path);
}

char *file_path(const char *fmt, ...)
{
	va_list args;
	char *path;

	va_start(args, fmt);
	path = file_vpath(fmt, args);
	va_end(args);
	return path;
}

/* The size of such a file is not known before it has been read. */
static char *read_all(int fd, size_t *len)
{
	char *bytes = NULL, *more;
	size_t size = 4096;
	ssize_t got;

	*len = 0;
	do {
		more = realloc(bytes, size);
		if (!more)
			ctl_die(CTL_FAILED, "out of memory");
		bytes = more;
		got = read(fd, bytes + *len, size - *len - 1);
		if (got < 0) {
			free(bytes);
			return NULL;
		}
		*len += got;
		if (size - *len < 2048)
			size *= 2;
	} while (got);
	return bytes;
}

static char *file_vbytes(size_t *len, const char *fmt, va_list args)
{
	autofree char *path = file_vpath(fmt, args);
	char *bytes;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	bytes = read_all(fd, len);
	rc = errno;
	close(fd);
	errno = rc;
	return bytes;
}

/* Such files are plain text; what is not would upset terminals and JSON. */
static void make_plain(char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isascii(text[i]) || (iscntrl(text[i]) && !isspace(text[i])))
			text[i] = '?';
}

static char *file_vread(const char *fmt, va_list args)
{
	size_t len;
	char *text = file_vbytes(&len, fmt, args);

	if (!text)
		return NULL;
	if (len && text[len - 1] == '\n')
		len--;
	make_plain(text, len);
	text[len] = 0;
	return text;
}

void *file_bytes(size_t *len, const char *fmt, ...)
{
	va_list args;
	void *bytes;

	va_start(args, fmt);
	bytes = file_vbytes(len, fmt, args);
	va_end(args);
	return bytes;
}

char *file_read(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = file_vread(fmt, args);
	va_end(args);
	return text;
}

bool file_exists(const char *fmt, ...)
{
	autofree char *path = NULL;
	va_list args;

	va_start(args, fmt);
	path = file_vpath(fmt, args);
	va_end(args);
	return !access(path, F_OK);
}

int file_write(const char *text, const char *fmt, ...)
{
	autofree char *path = NULL;
	va_list args;
	int fd, rc;

	va_start(args, fmt);
	path = file_vpath(fmt, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

long long file_number(long long otherwise, const char *fmt, ...)
{
	autofree char *text = NULL;
	long long value;
	va_list args;

	va_start(args, fmt);
	text = file_vread(fmt, args);
	va_end(args);
	return text && sscanf(text, "%lld", &value) == 1 ? value : otherwise;
}

uint64_t lines_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, len) &&
		    (text[len] == ' ' || text[len] == ':'))
			return strtoull(text + len + 1, NULL, 10);
		text = strchr(text, '\n');
		text += !!text;
	}
	return 0;
}

uint64_t lines_sum(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);
	const char *space;
	uint64_t sum = 0;

	while (text && *text) {
		space = strchr(text, ' ');
		if (space && !strncmp(text, prefix, len))
			sum += strtoull(space, NULL, 10);
		text = strchr(text, '\n');
		text += !!text;
	}
	return sum;
}

char *lines_next(char **text)
{
	char *line;

	do {
		line = strsep(text, "\n");
	} while (line && !*line);
	return line;
}
