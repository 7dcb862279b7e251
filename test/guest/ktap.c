// SPDX-License-Identifier: GPL-2.0-only
/* Results in the kernel's test protocol, on the second serial port. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"

static struct {
	unsigned int number;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
} done;

static int port(void)
{
	static int fd = -1;
	struct termios raw;

	if (fd >= 0)
		return fd;
	/* Where that is ttyAMA1, there is a ttyS1 too, with nothing behind it. */
	fd = open("/dev/ttyAMA1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* Lines shall end as they were written, without carriage returns. */
	if (!tcgetattr(fd, &raw)) {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
	}
	return fd;
}

static void out(const char *before, const char *fmt, va_list args)
{
	char line[2048];
	int len;

	/* One write a line: lines of several processes must not mix. */
	len = snprintf(line, sizeof(line), "%s", before);
	len += vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	if (write(port(), line, len) != len)
		g_klog_say("the second serial port takes no results");
}

void g_out_end(void)
{
	tcdrain(port());
}

/* A newline is added. */
void g_out(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	out("", fmt, args);
	va_end(args);
}

void g_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	out("# ", fmt, args);
	va_end(args);
}

void g_plan(unsigned int cases)
{
	g_out("KTAP version 1");
	g_out("1..%u", cases);
}

void g_pass(const char *name)
{
	done.passed++;
	g_out("ok %u %s", ++done.number, name);
}

void g_fail(const char *name, const char *why)
{
	g_note("%s", why);
	done.failed++;
	g_out("not ok %u %s", ++done.number, name);
}

void g_skip(const char *name, const char *why)
{
	done.skipped++;
	g_out("ok %u %s # SKIP %s", ++done.number, name, why);
}

void g_totals(void)
{
	g_out("# Totals: pass:%u fail:%u skip:%u", done.passed, done.failed,
	      done.skipped);
}
