// SPDX-License-Identifier: GPL-2.0-only
/* kcompressdctl: shows what kcompressd does, and whether this machine suits it. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "ctl.h"

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "status", status_main, "what it does now (--json: for programs)" },
	{ "doctor", doctor_main, "can this machine use it (--json: for programs)" },
	{ "top", top_main, "live view (--batch: lines for a log)" },
	{ "report", report_main, "all that a bug report needs; nothing private" },
	{ "bench", bench_main, "compare off and on, here and now" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void ctl_die(int code, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("kcompressdctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(code);
}

static void usage(FILE *out)
{
	size_t i;

	fputs("usage: kcompressdctl COMMAND [OPTION...]\n\n", out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].what);
	fputs("\n"
	      "  top, bench: --help shows their options\n"
	      "  --version   of this program\n\n"
	      "Exit status: 0 well; 1 failed; 2 wrong usage;\n"
	      "3 off, not fit, or refused; 4 not loaded. See kcompressdctl(8).\n",
	      out);
}

bool ctl_option_json(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ }
	};
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c != 'j')
			exit(CTL_USAGE);
		json = true;
	}
	if (optind < argc)
		ctl_die(CTL_USAGE, "%s takes no argument '%s'", argv[0],
			argv[optind]);
	return json;
}

void ctl_no_options(int argc, char **argv)
{
	if (argc > 1)
		ctl_die(CTL_USAGE, "%s takes no argument '%s'", argv[0], argv[1]);
}

unsigned int ctl_number(const char *option, const char *text, unsigned int min,
			unsigned int max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min ||
	    value > max)
		ctl_die(CTL_USAGE, "%s takes a number from %u to %u, not '%s'",
			option, min, max, text);
	return value;
}

int main(int argc, char **argv)
{
	size_t i;
	int rc;

	if (argc < 2) {
		usage(stderr);
		return CTL_USAGE;
	}
	if (!strcmp(argv[1], "--help")) {
		usage(stdout);
		return CTL_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("kcompressdctl " CTL_VERSION);
		return CTL_OK;
	}
	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		rc = commands[i].main(argc - 1, argv + 1);
		if (fflush(stdout) || ferror(stdout))
			ctl_die(CTL_FAILED, "writing: %s", strerror(errno));
		return rc;
	}
	ctl_die(CTL_USAGE, "there is no command '%s'; see kcompressdctl --help",
		argv[1]);
}
