// SPDX-License-Identifier: GPL-2.0-only
/* vm.kcompressd: what it takes and what it refuses. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

/* g_write() cannot write nothing. */
static int write_raw(const char *text, size_t len)
{
	int fd = open(KCD_SYSCTL, O_WRONLY), rc = 0;

	CHECK(fd >= 0, "cannot open " KCD_SYSCTL);
	if (write(fd, text, len) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static void good_values(void)
{
	static const struct {
		const char *text;
		int depth;
	} good[] = {
		{ "0", 0 }, { "1\n", 1 }, { " 256 ", 256 }, { "255\n", 255 },
		{ "6\n", 6 }, { "006", 6 },
	};
	size_t i;

	setup_module("");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_RC(write_raw(good[i].text, strlen(good[i].text)), 0);
		CHECK(g_read_ll(KCD_SYSCTL) == good[i].depth,
		      "'%s' gave %lld", good[i].text, g_read_ll(KCD_SYSCTL));
		CHECK(kcd_hooked() == !!good[i].depth, "'%s': ftrace: %d",
		      good[i].text, kcd_hooked());
	}
}

static void bad_values(void)
{
	static const char * const bad[] = {
		"", "\n", " ", "-1", "-0x1", "257", "1000000", "4294967296",
		"4294967302", "18446744073709551622",
		"99999999999999999999999999999999999999", "x", "6x", "x6",
		"0x", "1 2", "6 7\n", "1\t2", "1\n2\n", "6,7", "1.5", "--1",
		"on", "6 x", "\xff",
	};
	char text[16];
	size_t i, k;
	int depth;

	setup_module("");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (k = 0; k < 3; k++) {
			depth = k == 0 ? 0 : k == 1 ? 6 : 256;
			kcd_set_depth(depth);
			CHECK(write_raw(bad[i], strlen(bad[i])) == -EINVAL,
			      "'%s' at depth %d was not refused", bad[i], depth);
			g_read(KCD_SYSCTL, text, sizeof(text));
			CHECK(g_read_ll(KCD_SYSCTL) == depth,
			      "'%s' changed %d to %s", bad[i], depth, text);
		}
	}
	/* A zero byte does not end what was written. */
	CHECK_RC(write_raw("6\0x", 3), -EINVAL);
}

static void zero_drains(void)
{
	struct g_pressure *p;
	int i;

	setup_zram(0, 512, NULL);
	setup_module("depth=256 writers=1");
	kcd_slow_writers(0);
	p = g_pressure_start(data_mb, G_MIXED);
	for (i = 0; i < 2; i++) {
		kcd_set_depth(256);
		kcd_wait_waiting(0, 16);
		kcd_set_depth(0);
		CHECK(kcd_value(0, "waiting") == 0, "%lld folios still wait",
		      kcd_value(0, "waiting"));
		CHECK(!kcd_hooked(), "the hook is still in");
		kcd_check_counters();
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

const struct suite_case cases_sysctl[] = {
	{ "sysctl_takes_good_values", good_values },
	{ "sysctl_refuses_bad_values", bad_values },
	{ "writing_zero_drains_and_detaches", zero_drains },
	{ }
};
