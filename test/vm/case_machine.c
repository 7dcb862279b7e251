// SPDX-License-Identifier: GPL-2.0-only
/* The machine changes: CPUs come and go, it is tuned. */
#include "suite.h"

/* kswapd hands over, and then all CPUs but the first ones go. */
static struct g_pressure *press_and_leave(int left, const char *params)
{
	int cpu, cpus = g_cpus_online();
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module(params);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	for (cpu = left; cpu < cpus; cpu++)
		CHECK_RC(g_cpu_set_online(cpu, false), 0);
	return p;
}

/* With one CPU there is nobody to hand over to. */
static void one_cpu(void)
{
	int cpu, cpus = g_cpus_online();
	struct g_pressure *p = press_and_leave(1, "");

	kcd_check_alone(500);
	for (cpu = 1; cpu < cpus; cpu++)
		CHECK_RC(g_cpu_set_online(cpu, true), 0);
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

/* Nor with two that are busy: a writer would take one of them from who is. */
static void two_cpus(void)
{
	struct g_pressure *p = press_and_leave(2, "depth=24");

	/* The load rests now and then, and kswapd goes on. */
	kcd_wait_growth(0, "queued", 100);
	suite_hog(0);
	suite_hog(1);
	kcd_check_alone(500);

	CHECK_RC(g_write(KCD_SYSFS "/writers", "1"), 0);
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_write(KCD_SYSFS "/writers", "0"), 0);
	kcd_check_alone(500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

static void cpus_come_and_go(void)
{
	int cpus = g_cpus_online(), i;
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=32");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	for (i = 0; i < 12; i++) {
		CHECK_RC(g_cpu_set_online(1 + i % (cpus - 1), i / (cpus - 1) & 1), 0);
		g_sleep_ms(100);
	}
	for (i = 1; i < cpus; i++)
		g_cpu_set_online(i, true);
	kcd_wait_growth(0, "queued", 500);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

static void workqueue(void)
{
	char text[64];

	setup_zram(0, 512, NULL);
	setup_module("");
	CHECK(g_read_ll(KCD_WORKQUEUE "nice") == 0, "nice is %lld",
	      g_read_ll(KCD_WORKQUEUE "nice"));
	CHECK(g_read(KCD_WORKQUEUE "cpumask", text, sizeof(text)) > 0,
	      "no cpumask");
	CHECK_RC(g_write(KCD_WORKQUEUE "nice", "-5"), 0);
	CHECK_RC(g_write(KCD_WORKQUEUE "cpumask", "2"), 0);
	CHECK(g_read_ll(KCD_WORKQUEUE "nice") == -5, "nice did not change");
	CHECK(g_read_ll(KCD_WORKQUEUE "cpumask") == 2, "cpumask did not change");
	data_check_offloaded(data_mb, 0);
}

const struct suite_case cases_machine[] = {
	{ "one_cpu_online", one_cpu },
	{ "two_busy_cpus_online", two_cpus },
	{ "cpus_come_and_go", cpus_come_and_go },
	{ "workqueue_can_be_tuned", workqueue },
	{ }
};
