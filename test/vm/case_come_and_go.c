// SPDX-License-Identifier: GPL-2.0-only
/* Others that hook the same function come and go. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

/* Tracers put themselves between the caller and what it calls. */
static const struct {
	const char *tracer;
	const char *probe;	/* p or r, at the hooked function; or NULL */
} neighbours[] = {
	{ "function", NULL },
	{ "function_graph", NULL },
	{ "nop", "p" },
	{ "nop", "r" },
	{ "function_graph", "r" },
	{ "function", "p" },
};

#define NEIGHBOURS (sizeof(neighbours) / sizeof(neighbours[0]))

static long long probe_begin(const char *probe)
{
	if (!probe)
		return 0;
	CHECK_RC(g_write(TRACING "kprobe_events", "%s:case %s\n", probe,
			 kcd_hook_name()), 0);
	return g_write(TRACING "events/kprobes/case/enable", "1");
}

static void probe_end(const char *probe)
{
	if (!probe)
		return;
	CHECK_RC(g_write(TRACING "events/kprobes/case/enable", "0"), 0);
	/* Opened to be written anew, it forgets all. */
	CHECK_RC(g_write(TRACING "kprobe_events", "\n"), 0);
}

static void tracers(void)
{
	struct g_pressure *p;
	struct campaign c;
	unsigned int n;

	setup_zram(0, 512, NULL);
	setup_module("depth=16");
	if (!g_exists(TRACING "set_ftrace_filter"))
		SKIP("this kernel has no function tracer");
	CHECK_RC(g_write(TRACING "set_ftrace_filter", "%s\n",
			 kcd_hook_name()), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	campaign_begin(&c, "tracers", NEIGHBOURS, 600);
	while (campaign_next(&c)) {
		n = (c.done - 1) % NEIGHBOURS;
		CHECK_RC(g_write(TRACING "current_tracer", "%s",
				 neighbours[n].tracer), 0);
		CHECK_RC(probe_begin(neighbours[n].probe), 0);
		CHECK_RC(g_write(TRACING "tracing_on", "1"), 0);
		/* Traced and redirected at once, and still written by writers. */
		CHECK(kcd_hooked(), "the hook is gone beside %s",
		      neighbours[n].tracer);
		kcd_wait_growth(0, "queued", 200);
		kcd_wait_growth(0, "written_worker", 100);
		CHECK(kcd_value(0, "bypassed_state") == 0,
		      "folios came twice beside %s", neighbours[n].tracer);
		probe_end(neighbours[n].probe);
		CHECK_RC(g_write(TRACING "current_tracer", "nop"), 0);
	}
	/* Detached and attached while somebody traces. */
	CHECK_RC(g_write(TRACING "current_tracer", "function_graph"), 0);
	kcd_set_depth(0);
	kcd_set_depth(16);
	kcd_wait_growth(0, "queued", 200);
	CHECK_RC(g_write(TRACING "current_tracer", "nop"), 0);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK_RC(g_write(TRACING "set_ftrace_filter", "\n"), 0);
	kcd_check_counters();
}

/*
 * The function is one's alone: while the hook is in, others are refused, a livepatch
 * too where the kernel has such, and the hook while another one holds the function.
 * That is never the livepatch, which would keep the load's pages from being written.
 */
static void holders(void)
{
	struct g_pressure *p;
	struct campaign c;
	int rc = -EBUSY;

	setup_zram(0, 512, NULL);
	setup_module("depth=16");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "queued", 500);
	campaign_begin(&c, "turns at the function", 2, 200);
	while (campaign_next(&c)) {
		CHECK_RC(g_module_load("holder", NULL), -EBUSY);
		if (rc != -ENOENT)
			rc = g_module_load("patcher", NULL);
		CHECK(rc == -EBUSY || rc == -ENOENT, "loading a livepatch: %d", rc);
		CHECK(kcd_hooked(), "the hook is gone");
		kcd_wait_growth(0, "queued", 100);
		kcd_set_depth(0);
		CHECK_RC(g_module_load("holder", NULL), 0);
		CHECK(g_write(KCD_SYSCTL, "16") < 0, "the hook went in twice");
		CHECK_RC(g_module_unload("holder"), 0);
		kcd_set_depth(16);
	}
	if (rc == -ENOENT)
		g_note("this kernel has no livepatches");
	kcd_wait_growth(0, "queued", 100);
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

static bool patched_elsewhere(void)
{
	char text[64];

	return g_read("/proc/cmdline", text, sizeof(text)) > 0 &&
	       !strcmp(text, "patched elsewhere");
}

/*
 * A livepatch of another function is in when each task was seen outside it while it did
 * not run, and taken back in the same way. kswapd and the writers are among them, so the
 * load rests.
 */
static void livepatch_elsewhere(void)
{
	struct g_pressure *p;
	struct campaign c;
	uint64_t end;
	int rc;

	setup_zram(0, 512, NULL);
	setup_module("depth=64");
	p = g_pressure_start(data_mb, G_MIXED);
	campaign_begin(&c, "livepatches elsewhere", 2, 50);
	while (campaign_next(&c)) {
		kcd_wait_queued(200);
		rc = g_module_load("patcher", "elsewhere=1");
		if (rc == -ENOENT)
			SKIP("this kernel has no livepatches");
		CHECK_RC(rc, 0);
		end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
		while (g_read_ll("/sys/kernel/livepatch/patcher/transition")) {
			CHECK(g_now_ns() < end, "some task keeps the livepatch out");
			kill(p->pid, SIGSTOP);
			g_sleep_ms(20);
		}
		kill(p->pid, SIGCONT);
		CHECK(patched_elsewhere(), "the function is not patched");
		CHECK(kcd_hooked(), "the hook is gone");
		kcd_wait_queued(200);
		kill(p->pid, SIGSTOP);
		CHECK_RC(setup_livepatch_end(), 0);
		kill(p->pid, SIGCONT);
		CHECK(!patched_elsewhere(), "the function is still patched");
		kcd_wait_queued(200);
	}
	CHECK_RC(g_pressure_stop(p), 0);
	kcd_check_counters();
}

const struct suite_case cases_elsewhere[] = {
	{ "livepatch_of_another_function", livepatch_elsewhere },
	{ }
};

const struct suite_case cases_come_and_go[] = {
	{ "tracers_and_probes", tracers },
	{ "holders_and_livepatches", holders },
	{ }
};
