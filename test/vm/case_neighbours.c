// SPDX-License-Identifier: GPL-2.0-only
/*
 * Others at the same function: tracers, probes, BPF programs and livepatches,
 * there before the module or after it, while the machine swaps.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

/* kswapd and writers of a node. */
#define CALLERS 8
#define LIVEPATCH "/sys/kernel/livepatch/patcher/"

/**
 * struct neighbour - somebody else at the hooked function
 * @begin: comes; skips the case where the kernel has no such
 * @end: goes
 * @hits: what it has recorded so far
 * @each: what it records of a call
 * @everyone: it sees not only kswapd's calls
 * @not_redirected: it sees no calls that come to the module
 * @parts: files that turn its parts on and off, each of which must see it; or NULL
 */
struct neighbour {
	void (*begin)(void);
	void (*end)(void);
	long long (*hits)(void);
	int each;
	bool everyone;
	bool not_redirected;
	const char *parts[2];
};

/* All that is recorded: nobody else records anything. */
static long long trace_hits(void)
{
	char path[G_PATH];
	long long sum = 0;
	int cpu;

	for (cpu = 0; cpu < g_cpus_online(); cpu++) {
		snprintf(path, sizeof(path), TRACING "per_cpu/cpu%d/stats", cpu);
		sum += g_stat(path, "entries:") + g_stat(path, "overrun:");
	}
	return sum;
}

/*
 * The function is called for each folio that kswapd brings, and again by the
 * module where it has the folio written, which is counted after that, or lets it pass,
 * which is counted before. More would be counted than are seen, if the module took its
 * own calls for kswapd's.
 */
static long long calls(const struct neighbour *n)
{
	struct g_table stat;
	long long sum;

	kcd_read(&stat, 0);
	/* Where there was nobody to hand over to it is called once. */
	sum = g_table_get(&stat, "written_kswapd") + g_table_get(&stat, "offered") -
	      g_table_get(&stat, "queued") - g_table_get(&stat, "bypassed_cpus");
	if (n->everyone)
		sum += g_table_get(&stat, "written_worker");
	if (!n->not_redirected)
		sum += g_table_get(&stat, "offered");
	return sum;
}

static void wait_part(const struct neighbour *n)
{
	uint64_t end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	long long hits = n->hits(), called = 0;
	bool hooked = kcd_hooked();

	if (hooked)
		called = calls(n);
	while (n->hits() < hits + 400 * n->each) {
		CHECK(g_now_ns() < end, "it no longer sees the function");
		g_sleep_ms(10);
	}
	if (!hooked)
		return;
	called = calls(n) - called;
	hits = n->hits() - hits;
	/* Of each task one may have been on its way, seen and not yet counted. */
	CHECK(hits >= (called - CALLERS) * n->each,
	      "of %lld calls it recorded %lld, of each %d", called, hits, n->each);
}

static void wait_hits(const struct neighbour *n)
{
	int part;

	if (!n->parts[0]) {
		wait_part(n);
		return;
	}
	for (part = 0; part < 2; part++) {
		CHECK_RC(g_write(n->parts[!part], "0"), 0);
		wait_part(n);
		CHECK_RC(g_write(n->parts[!part], "1"), 0);
	}
}

static void check_swapping(void)
{
	kcd_wait_growth(0, "written_worker", 500);
	kcd_wait_growth(0, "freed_pages", 50);
	CHECK(kcd_hooked(), "the hook is gone");
	kcd_check_counters();
}

/* On 5.10 function_graph then misses calls of who is to be traced, too. */
static bool pid_is_filtered(void)
{
	return !g_kernel_is("5.10.");
}

static void beside(const struct neighbour *n)
{
	pid_t kswapd = g_task_find("kswapd0");
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	/* Tracers would ask for their default when memory is short. */
	g_write(TRACING "buffer_size_kb", "512");
	g_write(TRACING "tracing_on", "1");
	if (pid_is_filtered())
		CHECK_RC(g_write(TRACING "set_ftrace_pid", "%d", kswapd), 0);
	CHECK_RC(g_write(TRACING "set_event_pid", "%d", kswapd), 0);
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);

	/* It was there first, and stays when the module goes. */
	n->begin();
	wait_hits(n);
	setup_module("depth=24");
	check_swapping();
	wait_hits(n);
	kcd_unload();
	CHECK(!kcd_hooked(), "the hook is still there");
	wait_hits(n);
	n->end();

	/* It comes and goes while the module stays. */
	setup_module("depth=24");
	check_swapping();
	n->begin();
	check_swapping();
	wait_hits(n);
	n->end();
	check_swapping();
	kcd_unload();
	CHECK_RC(g_pressure_stop(p), 0);
}

/* ---- tracers ----------------------------------------------------------- */

static void tracer_begin(const char *tracer)
{
	CHECK_RC(g_write(TRACING "set_ftrace_filter", "%s", kcd_hook_name()), 0);
	CHECK_RC(g_write(TRACING "current_tracer", "%s", tracer), 0);
}

static void tracer_end(void)
{
	CHECK_RC(g_write(TRACING "current_tracer", "nop"), 0);
	CHECK_RC(g_write(TRACING "set_ftrace_filter", "\n"), 0);
}

static void function_begin(void)
{
	tracer_begin("function");
}

static void function_tracer(void)
{
	beside(&(struct neighbour){
		function_begin, tracer_end, trace_hits, .each = 1,
		.everyone = !pid_is_filtered(),
	});
}

static void graph_begin(void)
{
	tracer_begin("function_graph");
}

static void function_graph(void)
{
	/* Where it begins and where it ends. */
	beside(&(struct neighbour){
		graph_begin, tracer_end, trace_hits, .each = 2,
		.everyone = !pid_is_filtered(),
		.not_redirected = g_kernel_is("5.10."),
	});
}

/* The module's own functions are traced too: those that call the hooked function. */
static void graph_of_the_module(void)
{
	struct g_pressure *p;

	setup_zram(0, 512, NULL);
	setup_module("depth=24");
	p = g_pressure_start(data_mb, G_MIXED);
	kcd_wait_growth(0, "written_worker", 500);
	CHECK_RC(g_write(TRACING "set_ftrace_filter", "kcd_*"), 0);
	CHECK_RC(g_write(TRACING "current_tracer", "function_graph"), 0);
	g_write(TRACING "tracing_on", "1");
	check_swapping();
	kcd_wait_growth(0, "written_kswapd", 50);
	CHECK(trace_hits() > 0, "nothing was traced");
	tracer_end();
	check_swapping();
	CHECK_RC(g_pressure_stop(p), 0);
}

/* ---- probes ------------------------------------------------------------ */

static void probe_begin(const char *file, const char *group, const char *entry,
			const char *ret)
{
	CHECK_RC(g_write(file, "%s\n%s\n", entry, ret), 0);
	CHECK_RC(g_write(group, "1"), 0);
}

static void probe_end(const char *file, const char *group)
{
	CHECK_RC(g_write(group, "0"), 0);
	CHECK_RC(g_write(file, "\n"), 0);
}

#define KPROBES TRACING "events/kprobes"

static void kprobe_begin(void)
{
	char entry[64], ret[64];

	snprintf(entry, sizeof(entry), "p:kprobes/kcd_entry %s", kcd_hook_name());
	snprintf(ret, sizeof(ret), "r:kprobes/kcd_return %s", kcd_hook_name());
	probe_begin(TRACING "kprobe_events", KPROBES "/enable", entry, ret);
}

static void kprobe_end(void)
{
	probe_end(TRACING "kprobe_events", KPROBES "/enable");
}

static void kprobe(void)
{
	beside(&(struct neighbour){
		kprobe_begin, kprobe_end, trace_hits, .each = 1,
		.parts = { KPROBES "/kcd_entry/enable", KPROBES "/kcd_return/enable" },
	});
}

#define FPROBES TRACING "events/fprobes"

static void fprobe_begin(void)
{
	char entry[64], ret[64], readme[16384];

	g_read(TRACING "README", readme, sizeof(readme));
	if (!strstr(readme, "f[:[<group>/]"))
		SKIP("this kernel has no fprobe events");
	snprintf(entry, sizeof(entry), "f:fprobes/kcd_entry %s", kcd_hook_name());
	snprintf(ret, sizeof(ret), "f:fprobes/kcd_return %s%%return",
		 kcd_hook_name());
	probe_begin(TRACING "dynamic_events", FPROBES "/enable", entry, ret);
}

static void fprobe_end(void)
{
	probe_end(TRACING "dynamic_events", FPROBES "/enable");
}

static void fprobe(void)
{
	beside(&(struct neighbour){
		fprobe_begin, fprobe_end, trace_hits, .each = 1,
		.parts = { FPROBES "/kcd_entry/enable", FPROBES "/kcd_return/enable" },
	});
}

/* ---- BPF --------------------------------------------------------------- */

/* The function, by its number in the kernel's BTF. */
static int bpf_function;

/* Programs at the function's entry and exit, and what holds them there. */
static struct {
	int prog;
	int link;
} bpf[2] = { { -1, -1 }, { -1, -1 } };

/* Returns 0 or -errno of the attaching. */
static int bpf_try_attach(int i, enum bpf_attach_type type)
{
	/* return 0; */
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = type);

	options.attach_btf_id = bpf_function;
	bpf[i].prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "kcd", "GPL", code,
				    sizeof(code) / sizeof(code[0]), &options);
	CHECK(bpf[i].prog >= 0, "bpf_prog_load: %s", strerror(errno));
	bpf[i].link = bpf_raw_tracepoint_open(NULL, bpf[i].prog);
	return bpf[i].link < 0 ? -errno : 0;
}

static void bpf_attach(int i, enum bpf_attach_type type)
{
	CHECK_RC(bpf_try_attach(i, type), 0);
}

/*
 * Where the function is redirected, 6.1 breaks ftrace when a program at the exit
 * is added: bpf_trampoline_update() in kernel/bpf/trampoline.c takes the call
 * away from a program that is in use.
 */
static bool bpf_exit_works(void)
{
	return !kcd_hooked() || !g_kernel_is("6.1.");
}

static void bpf_begin(void)
{
	CHECK_RC(g_write("/proc/sys/kernel/bpf_stats_enabled", "1"), 0);
	bpf_attach(0, BPF_TRACE_FENTRY);
	bpf_attach(1, bpf_exit_works() ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY);
}

static void bpf_end(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		close(bpf[i].link);
		close(bpf[i].prog);
	}
}

/* The lesser of both: each must see the function. */
static long long bpf_hits(void)
{
	struct bpf_prog_info info[2];
	__u32 len;
	int i;

	for (i = 0; i < 2; i++) {
		memset(&info[i], 0, sizeof(info[i]));
		len = sizeof(info[i]);
		CHECK_RC(bpf_obj_get_info_by_fd(bpf[i].prog, &info[i], &len), 0);
	}
	return info[info[1].run_cnt < info[0].run_cnt].run_cnt;
}

/* Before 6.0 a program takes the function for itself, as a livepatch does. */
static void bpf_excludes(void)
{
	struct g_pressure *p;
	int rc, tries, log = g_klog_mark();

	setup_zram(0, 512, NULL);
	bpf_attach(0, BPF_TRACE_FENTRY);
	CHECK_RC(g_module_load("kcompressd", "depth=24"), -EBUSY);
	CHECK(g_klog_since(log, "already redirected"), "the log does not say why");
	close(bpf[0].link);
	close(bpf[0].prog);
	/* It goes by and by. */
	rc = -EBUSY;
	for (tries = 0; rc && tries < 100; tries++) {
		rc = g_module_load("kcompressd", "depth=24");
		if (rc)
			g_sleep_ms(100);
	}
	CHECK(!rc, "loading kcompressd: %s", strerror(-rc));

	p = g_pressure_start(data_mb, G_MIXED);
	check_swapping();
	CHECK_RC(bpf_try_attach(0, BPF_TRACE_FENTRY), -EBUSY);
	close(bpf[0].prog);
	check_swapping();
	CHECK_RC(g_pressure_stop(p), 0);
}

static void bpf_programs(void)
{
	if (!g_exists("/sys/kernel/btf/vmlinux"))
		SKIP("this kernel has no BTF");
	/* Takes memory, which is short later. */
	bpf_function = libbpf_find_vmlinux_btf_id(kcd_hook_name(),
						  BPF_TRACE_FENTRY);
	CHECK(bpf_function > 0, "BTF does not have %s", kcd_hook_name());
	if (g_kernel_is("5."))
		bpf_excludes();
	else
		beside(&(struct neighbour){
			bpf_begin, bpf_end, bpf_hits, .each = 1, .everyone = true,
		});
}

/* While one stays, others come and go: whoever else redirects the function has to wait. */
static void bpf_come_and_go(void)
{
	int i, rc, refused = 0;
	pid_t busy;

	if (!g_exists("/sys/kernel/btf/vmlinux"))
		SKIP("this kernel has no BTF");
	if (g_kernel_is("5."))
		SKIP("this kernel lets no BPF program share a function");
	bpf_function = libbpf_find_vmlinux_btf_id(kcd_hook_name(),
						  BPF_TRACE_FENTRY);
	CHECK(bpf_function > 0, "BTF does not have %s", kcd_hook_name());
	setup_module("depth=0");
	bpf_attach(0, BPF_TRACE_FENTRY);
	busy = fork();
	CHECK(busy >= 0, "fork");
	while (!busy) {
		bpf_attach(1, BPF_TRACE_FENTRY);
		close(bpf[1].link);
		close(bpf[1].prog);
	}
	for (i = 0; i < 15; i++) {
		/* It tries for a second, in all of which a busy host may let it miss. */
		while ((rc = g_write(KCD_SYSCTL, "6")) == -EAGAIN && refused++ < 3)
			;
		CHECK_RC(rc, 0);
		CHECK(kcd_hooked(), "the hook is not in");
		kcd_set_depth(0);
	}
	CHECK(!waitpid(busy, NULL, WNOHANG), "the other programs have stopped");
	kill(busy, SIGKILL);
	CHECK(waitpid(busy, NULL, 0) == busy, "waitpid");
	bpf_end();
}

/* ---- livepatch --------------------------------------------------------- */

static int load_patch(void)
{
	int rc = g_module_load("patcher", NULL);

	if (rc == -ENOENT)
		SKIP("this kernel has no livepatches");
	return rc;
}

static void livepatch_first(void)
{
	char line[64];
	int mark;

	CHECK_RC(load_patch(), 0);
	mark = g_klog_mark();
	CHECK_RC(g_module_load("kcompressd", NULL), -EBUSY);
	snprintf(line, sizeof(line), "kcompressd: %s() is already redirected",
		 kcd_hook_name());
	CHECK(g_klog_since(mark, line), "no line in the log says why");
	CHECK(!g_exists(KCD_SYSCTL) && !g_exists(KCD_SYSFS),
	      "left something behind");

	/* It may be taken out again, and then the module has its place. */
	CHECK_RC(setup_livepatch_end(), 0);
	setup_zram(0, 512, NULL);
	setup_module("");
	data_check_offloaded(data_mb, 0);
}

/*
 * With two others at the function ftrace calls all of a list, and the hook from the moment
 * on in which it is added, before it is refused.
 */
static void refused_beside_a_tracer(void)
{
	long long offered, steals;
	struct g_pressure *p;
	uint64_t end;
	int tries = 0;

	setup_zram(0, 512, NULL);
	setup_module("depth=0");
	CHECK_RC(g_module_load("holder", NULL), 0);
	function_begin();
	p = g_pressure_start(data_mb, G_MIXED);
	CHECK_RC(g_pressure_wait(p, data_mb * 256, WAIT_MS), 0);
	/* Is kswapd at work meanwhile? Of that many tries it came by in some hundred times. */
	steals = g_stat("/proc/vmstat", "pgsteal_kswapd");
	end = g_now_ns() + WAIT_MS * 1000000ull * g_patience();
	do {
		CHECK(g_now_ns() < end, "kswapd does not reclaim");
		CHECK_RC(g_write(KCD_SYSCTL, "6"), -EBUSY);
		if (++tries > 20)
			g_sleep_ms(100);
	} while (tries < 20 || g_stat("/proc/vmstat", "pgsteal_kswapd") < steals + 1000);
	g_note("refused %d times", tries);
	offered = kcd_value(0, "offered");
	tracer_end();
	CHECK_RC(g_module_unload("holder"), 0);
	CHECK_RC(g_pressure_stop(p), 0);
	CHECK(!offered, "%lld folios came nevertheless", offered);
}

static void livepatch_after(void)
{
	struct g_pressure *p;
	int i;

	setup_zram(0, 512, NULL);
	setup_module("depth=24");
	p = g_pressure_start(data_mb, G_MIXED);
	check_swapping();
	for (i = 0; i < 3; i++) {
		CHECK_RC(load_patch(), -EBUSY);
		CHECK(!g_exists(LIVEPATCH), "there is a livepatch nevertheless");
		check_swapping();
	}
	CHECK_RC(g_pressure_stop(p), 0);
}

/* ---- ftrace itself ----------------------------------------------------- */

static void ftrace_off(void)
{
	struct g_pressure *p;

	if (g_write("/proc/sys/kernel/ftrace_enabled", "0") == -EOPNOTSUPP)
		SKIP("nobody may turn it off on this kernel");
	CHECK_RC(g_write("/proc/sys/kernel/ftrace_enabled", "1"), 0);
	setup_zram(0, 512, NULL);
	setup_module("depth=24");
	p = g_pressure_start(data_mb, G_MIXED);
	check_swapping();
	CHECK_RC(g_write("/proc/sys/kernel/ftrace_enabled", "0"), -EBUSY);
	CHECK(g_read_ll("/proc/sys/kernel/ftrace_enabled") == 1,
	      "ftrace_enabled changed");
	check_swapping();
	CHECK_RC(g_pressure_stop(p), 0);
}

const struct suite_case cases_neighbours[] = {
	{ "function_tracer", function_tracer },
	{ "function_graph", function_graph },
	{ "function_graph_of_the_module", graph_of_the_module },
	{ "kprobe_and_kretprobe", kprobe },
	{ "fprobe", fprobe },
	{ "bpf_fentry_and_fexit", bpf_programs },
	{ "turned_on_while_bpf_programs_come_and_go", bpf_come_and_go },
	{ "livepatch_before", livepatch_first },
	{ "livepatch_after", livepatch_after },
	{ "no_folio_comes_to_a_hook_that_is_refused", refused_beside_a_tracer },
	{ "ftrace_cannot_be_turned_off", ftrace_off },
	{ }
};
