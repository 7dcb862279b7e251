// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

void g_klog_say(const char *fmt, ...)
{
	char line[512];
	va_list args;
	int fd, len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, len) < 0)
		perror("/dev/kmsg");
	close(fd);
}

int g_klog_mark(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(fd, 0, SEEK_END);
	return fd;
}

bool g_klog_since(int mark, const char *text)
{
	return g_klog_since_both(mark, text, "");
}

bool g_klog_since_both(int mark, const char *text, const char *and)
{
	bool found = false;
	char record[8192];
	ssize_t len;

	/* EPIPE: records were overwritten; the next read goes on after them. */
	while ((len = read(mark, record, sizeof(record) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		record[len > 0 ? len : 0] = 0;
		if (strstr(record, text) && strstr(record, and))
			found = true;
	}
	close(mark);
	return found;
}
