// SPDX-License-Identifier: GPL-2.0-only
/* Whatever is written to a file: a valid value, or EINVAL and no change. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define INPUT_MAX 8192
/* So long a text is no number to the sysctl, zeros in front or not. */
#define SYSCTL_TEXT 32

struct file {
	const char *path;
	unsigned int max;
	/* Refuses a zero byte and what is at an offset. */
	bool sysctl;
};

static const struct file files[] = {
	{ KCD_SYSCTL, 256, true },
	{ KCD_SYSFS "/writers", 16, false },
};

struct input {
	char text[INPUT_MAX + 1];
	size_t len;
	off_t offset;
};

static const char * const seeds[] = {
	"0", "1", "6", "16", "17", "256", "257", "-1", "+3", "-0", "0x10", "010",
	"4294967295", "4294967296", "4294967302", "18446744073709551622", "",
	" 7 ", "\n", "7\n", "7\n\n", "7 8", "7,8", "x", "0x", "1e1", "1.5",
	"\t9", "9\v", "nan", "%s%n", "99999999999999999999999999999999",
};

#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

static void make_input(struct campaign *c, struct input *in)
{
	static const char digits[] = "0123456789+-xX\n \tacdef";
	size_t i;

	in->offset = campaign_random(c, 8) ? 0 : campaign_random(c, 5000);
	switch (campaign_random(c, 5)) {
	case 0:
		in->len = sprintf(in->text, "%s",
				  seeds[campaign_random(c, SEEDS)]);
		break;
	case 1:
		in->len = sprintf(in->text, "%d",
				  (int)campaign_random(c, 600) - 100);
		break;
	case 2:
		in->len = campaign_random(c, 12);
		for (i = 0; i < in->len; i++)
			in->text[i] = digits[campaign_random(c, sizeof(digits) - 1)];
		break;
	case 3:
		in->len = campaign_random(c, 64);
		for (i = 0; i < in->len; i++)
			in->text[i] = campaign_random(c, 256);
		break;
	default:
		in->len = campaign_random(c, INPUT_MAX);
		memset(in->text, '0' + campaign_random(c, 10), in->len);
	}
	in->text[in->len] = 0;
}

/* What a number is, said once more: -1 if the input is none, or too great. */
static long long meaning(const struct file *file, const struct input *in)
{
	/* The kernel's isspace() has a space of Latin-1, too. */
	const char *space = " \t\n\v\f\r\xa0";
	size_t len = strlen(in->text);
	unsigned long long value;
	const char *text = in->text;
	char *end;

	if (!in->len || (file->sysctl && (in->offset || len != in->len ||
					  len >= SYSCTL_TEXT)))
		return -1;
	if (file->sysctl) {
		text += strspn(text, space);
		len = strlen(text);
		while (len && strchr(space, text[len - 1]))
			len--;
	} else if (len && text[len - 1] == '\n') {
		len--;
	}
	if (!len || !strchr("+0123456789", *text) || !strncmp(text, "+-", 2))
		return -1;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end != text + len || value > file->max)
		return -1;
	/* "+ 5": strtoull() passes spaces over after nothing but a sign. */
	return end == text ? -1 : (long long)value;
}

/* 0 or -errno. Of more than a page sysfs takes the first page. */
static int put_once(const struct file *file, const struct input *in, int fd)
{
	size_t want = in->len;
	ssize_t got;

	if (!file->sysctl && want > G_PAGE)
		want = G_PAGE;
	got = write(fd, in->text, in->len);
	if (got < 0)
		return -errno;
	CHECK(got == (ssize_t)want, "%s took %zd of %zu bytes", file->path, got, in->len);
	return 0;
}

/*
 * So often in a row, without opening it again. Where the first was taken the next is
 * at an offset, which the sysctl refuses.
 */
static int put(const struct file *file, const struct input *in, unsigned int times)
{
	int fd = open(file->path, O_WRONLY | O_CLOEXEC), rc, again;

	CHECK(fd >= 0, "cannot open %s", file->path);
	CHECK(lseek(fd, in->offset, SEEK_SET) == in->offset, "lseek");
	rc = put_once(file, in, fd);
	while (--times) {
		again = put_once(file, in, fd);
		CHECK(!in->len || again == (file->sysctl && !rc ? -EINVAL : rc),
		      "%s says %d and then %d", file->path, rc, again);
	}
	close(fd);
	return rc;
}

static void describe(const struct file *file, const struct input *in)
{
	char shown[81];
	size_t i, len = in->len < sizeof(shown) - 1 ? in->len : sizeof(shown) - 1;

	for (i = 0; i < len; i++)
		shown[i] = in->text[i] < ' ' || in->text[i] > '~' ? '?' :
								   in->text[i];
	shown[len] = 0;
	g_note("%s: %zu bytes at %lld: '%s'", file->path, in->len,
	       (long long)in->offset, shown);
}

/* Returns false if there was nothing to write. */
static bool one_input(struct campaign *c, const struct file *file)
{
	static struct input in;
	long long before = g_read_ll(file->path), want, now;
	int rc;

	make_input(c, &in);
	want = meaning(file, &in);
	/* Off takes its time: not for each zero. */
	if (file->sysctl && !want && campaign_random(c, 50))
		return false;
	rc = put(file, &in, campaign_random(c, 8) ? 1 : 2);
	now = g_read_ll(file->path);
	if (!in.len) {
		/* Nothing was written, whatever the kernel says to it. */
		CHECK(now == before, "%s changed", file->path);
		return true;
	}
	if (rc != (want < 0 ? -EINVAL : 0) || now != (want < 0 ? before : want))
		describe(file, &in);
	CHECK(rc == (want < 0 ? -EINVAL : 0), "%s says %d", file->path, rc);
	CHECK(now == (want < 0 ? before : want), "%s was %lld and is %lld",
	      file->path, before, now);
	return true;
}

static void alone(void)
{
	struct campaign c;

	setup_module("");
	campaign_begin(&c, "inputs", 200000, 400000);
	while (campaign_next(&c))
		while (!one_input(&c, &files[campaign_random(&c, 2)]))
			;
	kcd_set_depth(6);
	CHECK(kcd_hooked(), "the hook is not in");
}

/* Several at a time, under pressure: whatever is there then is valid. */
static void beside_others(void)
{
	static struct input in;
	struct g_pressure *p;
	struct campaign c;
	long long value;
	pid_t pid[3];
	size_t f;
	int i, rc;

	setup_zram(0, 512, NULL);
	setup_module("");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 200);
	campaign_begin(&c, "inputs of each of 3 writers", 500, 30000);
	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		c.seed += i;
		while (campaign_next(&c)) {
			do {
				f = campaign_random(&c, 2);
				make_input(&c, &in);
			} while (!meaning(&files[f], &in) && campaign_random(&c, 50));
			rc = put(&files[f], &in, 1);
			CHECK(!in.len ||
			      rc == (meaning(&files[f], &in) < 0 ? -EINVAL : 0),
			      "%s says %d", files[f].path, rc);
			value = g_read_ll(files[f].path);
			CHECK(value >= 0 && value <= files[f].max, "%s is %lld",
			      files[f].path, value);
		}
		_exit(0);
	}
	for (i = 0; i < 3; i++) {
		int status;

		CHECK(waitpid(pid[i], &status, 0) == pid[i], "waitpid");
		if (status)
			_exit(1);
	}
	kcd_set_depth(6);
	CHECK_RC(g_write(KCD_SYSFS "/writers", "0"), 0);
	kcd_wait_growth(0, "queued", 200);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Of the workqueue; which of them there are differs by kernel. */
static const char * const queue_files[] = {
	"nice", "cpumask", "max_active", "numa", "affinity_scope", "affinity_strict",
};

#define QUEUE_FILES (sizeof(queue_files) / sizeof(queue_files[0]))

/*
 * The kernel says what these files take. Whatever is set in them, folios are written,
 * and by writers once it is undone.
 */
static void workqueue_files(void)
{
	char paths[QUEUE_FILES][G_PATH], was[QUEUE_FILES][256];
	struct file there[QUEUE_FILES] = { 0 };
	static struct input in;
	struct g_pressure *p;
	struct campaign c;
	size_t i, n = 0;
	int rc;

	setup_zram(0, 512, NULL);
	setup_module("");
	for (i = 0; i < QUEUE_FILES; i++) {
		snprintf(paths[n], sizeof(paths[n]), KCD_WORKQUEUE "%s", queue_files[i]);
		there[n].path = paths[n];
		if (g_read(paths[n], was[n], sizeof(was[n])) > 0)
			n++;
	}
	CHECK(n >= 3, "the workqueue has only %zu files", n);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 200);
	campaign_begin(&c, "inputs for the workqueue", 500, 100000 * n);
	while (campaign_next(&c)) {
		i = campaign_random(&c, n);
		make_input(&c, &in);
		rc = put(&there[i], &in, 1);
		if (rc && rc != -EINVAL && rc != -EOVERFLOW) {
			describe(&there[i], &in);
			CHECK(!rc, "%s says %d", there[i].path, rc);
		}
		if (!campaign_random(&c, 100))
			kcd_wait_growth(0, "queued", 50);
	}
	for (i = 0; i < n; i++)
		CHECK_RC(g_write(there[i].path, "%s",
				 strstr(there[i].path, "scope") ? "default" : was[i]), 0);
	kcd_wait_growth(0, "written_worker", 200);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_set_depth(0);
	kcd_check_counters();
}

/* What a parameter is set to: a number; an odd one; a word, as one may look; any text. */
static void make_value(struct campaign *c, char *value, size_t size)
{
	size_t i, len;

	switch (campaign_random(c, 4)) {
	case 0:
		snprintf(value, size, "%d", (int)campaign_random(c, 300) - 20);
		return;
	case 1:
		snprintf(value, size, "%s", seeds[campaign_random(c, SEEDS)]);
		return;
	case 2:
		/* Neither spaces nor quotes: they end a parameter. */
		len = 1 + campaign_random(c, 62);
		for (i = 0; i < len; i++)
			value[i] = '#' + campaign_random(c, '~' - '#');
		break;
	default:
		/* None at all now and then, or much. What can be printed: it is logged. */
		len = campaign_random(c, campaign_random(c, 2) ? 4 : size - 1);
		for (i = 0; i < len; i++)
			value[i] = ' ' + campaign_random(c, '~' - ' ');
	}
	value[len] = 0;
}

#define PARAMETERS 2

/* What loading is given: values of both, the last of which counts. */
struct parameters {
	char text[3 * 1024];
	size_t len;
	unsigned int given;
	long long last[PARAMETERS];	/* -1: none */
	bool words;			/* and no other parameters among them */
	bool valid;			/* all of them */
};

static const char * const parameter_names[PARAMETERS] = { "depth", "writers" };

static void add_value(struct parameters *p, unsigned int n, const char *value)
{
	long long number;
	char *end;

	p->len += snprintf(p->text + p->len, sizeof(p->text) - p->len, "%s%s=%s",
			   p->len ? " " : "", parameter_names[n], value);
	p->given++;
	number = strtoll(value, &end, 0);
	/* What follows a space, of whatever kind, are other parameters. */
	if (!*value || strpbrk(value, " \t\n\v\f\r\""))
		p->words = false;
	if (!isdigit(value[value[0] == '+']) || *end || number > files[n].max)
		p->valid = false;
	p->last[n] = number;
}

static void check_loading(const struct parameters *p)
{
	int rc = g_module_load("kcompressd", p->text);
	long long shown;
	unsigned int n;

	if (p->valid)
		CHECK(!rc, "%s: %d", p->text, rc);
	else if (p->words)
		CHECK(rc == -EINVAL || rc == -ERANGE, "%s: %d", p->text, rc);
	else
		CHECK(!rc || rc == -EINVAL || rc == -ERANGE || rc == -ENOENT, "%s: %d",
		      p->text, rc);
	if (!rc) {
		for (n = 0; n < PARAMETERS; n++) {
			shown = g_read_ll(files[n].path);
			CHECK(shown >= 0 && shown <= files[n].max, "%s: %lld", p->text,
			      shown);
			CHECK(!p->valid || p->last[n] < 0 || shown == p->last[n],
			      "%s: %lld", p->text, shown);
		}
		kcd_unload();
	}
	CHECK(!g_exists(KCD_SYSCTL) && !g_exists(KCD_SYSFS), "%s: left something behind",
	      p->text);
}

/*
 * Loading takes what is valid and nothing else, and leaves nothing behind. The first
 * that is not valid is the last that is looked at, so most are.
 */
static void parameters(void)
{
	static const struct parameters none = { .last = { -1, -1 }, .words = true, .valid = true };
	static struct parameters p;
	static char value[1024];
	struct campaign c;
	unsigned int n;

	campaign_begin(&c, "module parameters", 400, 200000);
	p = none;
	while (campaign_next(&c)) {
		n = campaign_random(&c, PARAMETERS);
		if (campaign_random(&c, 4))
			snprintf(value, sizeof(value), campaign_random(&c, 2) ? "%u" : "%#x",
				 campaign_random(&c, files[n].max + 1));
		else
			make_value(&c, value, sizeof(value));
		add_value(&p, n, value);
		if (p.valid && p.given < 64)
			continue;
		check_loading(&p);
		p = none;
	}
}

const struct suite_case cases_fuzz[] = {
	{ "files", alone },
	{ "files_beside_other_writers", beside_others },
	{ "workqueue_files", workqueue_files },
	{ "module_parameters", parameters },
	{ }
};
