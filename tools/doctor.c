// SPDX-License-Identifier: GPL-2.0-only
/* kcompressdctl doctor: can this machine use it, and if not, what to do. */
#include <dirent.h>
#include <jansson.h>
#include <regex.h>
#include <stdarg.h>
#include <string.h>

#include "ctl.h"

#define FINDINGS_MAX 32

enum verdict {
	GOOD,
	NOTE,
	BAD,
};

static const char *const verdict_name[] = {
	[GOOD] = "good",
	[NOTE] = "note",
	[BAD] = "bad",
};

struct finding {
	enum verdict verdict;
	const char *subject;
	char *text;
	const char *advice;		/* what to do; NULL: nothing */
};

static struct finding findings[FINDINGS_MAX];
static unsigned int nr_findings;

static void found(enum verdict verdict, const char *subject,
		  const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void found(enum verdict verdict, const char *subject,
		  const char *advice, const char *fmt, ...)
{
	struct finding *finding = &findings[nr_findings++];
	va_list args;

	finding->verdict = verdict;
	finding->subject = subject;
	finding->advice = advice;
	va_start(args, fmt);
	if (vasprintf(&finding->text, fmt, args) < 0)
		ctl_die(CTL_FAILED, "out of memory");
	va_end(args);
}

static bool kernel_is(const char *pattern)
{
	regex_t kernels;
	int rc;

	if (regcomp(&kernels, pattern, REG_EXTENDED | REG_NOSUB))
		ctl_die(CTL_FAILED, "bad pattern of kernels: %s", pattern);
	rc = regexec(&kernels, kernel_release(), 0, NULL, 0);
	regfree(&kernels);
	return !rc;
}

/* The supported releases are those of dkms.conf. */
static void check_kernel(void)
{
	if (!kernel_is(CTL_KERNELS))
		found(BAD, "kernel",
		      "boot a supported kernel, or see whether a newer version of kcompressd knows this one",
		      "Linux %s is not supported", kernel_release());
	else
		found(GOOD, "kernel", NULL, "Linux %s", kernel_release());
}

static void check_config(void)
{
	const char *const needed[] = {
		"MODULES", "SWAP", "KPROBES", "KALLSYMS_ALL", "DYNAMIC_FTRACE",
		kernel_is("^5\\.10[.+-]") ? "DYNAMIC_FTRACE_WITH_REGS" :
					    "DYNAMIC_FTRACE_WITH_ARGS",
		/* Stable releases of those are known by their number. */
		kernel_is(CTL_KERNELS_TESTED) &&
		!kernel_is("^[0-9]+\\.[0-9]+(\\.0)?([+-]|$)") ? NULL : "DEBUG_INFO_BTF",
	};
	char *missing = text_copy(""), *longer;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!needed[i] || kernel_config(needed[i]) == 'y')
			continue;
		longer = text_print("%s CONFIG_%s", missing, needed[i]);
		free(missing);
		missing = longer;
	}
	if (!kernel_config("MODULES"))
		found(NOTE, "config", NULL,
		      "the kernel's configuration is not on this machine; loading will tell");
	else if (*missing)
		found(BAD, "config", "boot a kernel that has these options",
		      "lacks%s", missing);
	else if (kernel_config("MLX5_CORE") == 'y')
		found(BAD, "config", "boot a kernel that has it as a module",
		      "CONFIG_MLX5_CORE is built in, and has a reclaim_pages() of its own");
	else
		found(GOOD, "config", NULL, "has all that is needed");
	free(missing);
}

/* The module itself names what it was built for. */
static void check_prototype(const struct module_file *file)
{
	autofree char *why = NULL;

	if (!file->prototypes) {
		found(NOTE, "prototype", NULL,
		      "there is no module to be compared with the kernel");
		return;
	}
	switch (btf_prove(file->prototypes, &why)) {
	case BTF_SILENT:
		found(NOTE, "prototype", NULL,
		      kernel_config("DEBUG_INFO_BTF") == 'n' ?
		      "the kernel was built without BTF: nothing but its version tells" :
		      "the kernel's BTF cannot be read; loading it will tell");
		break;
	case BTF_PROVES:
		found(GOOD, "prototype", NULL,
		      "the kernel's functions are those that the module was built for");
		break;
	case BTF_DIFFERS:
		found(BAD, "prototype",
		      "build it for this kernel: dkms remove and install it again; or boot a supported kernel",
		      "%s", why);
		break;
	}
}

static void check_module(const struct module_file *file, const struct kcd *kcd)
{
	if (kcd->loaded && file->version && kcd->version &&
	    strcmp(file->version, kcd->version))
		found(NOTE, "module",
		      "load the new one: modprobe -r kcompressd && modprobe kcompressd",
		      "%s is loaded, %s is installed", kcd->version,
		      file->version);
	else if (kcd->loaded)
		found(GOOD, "module", NULL, "%s is loaded", kcd->version ?: "");
	else if (!file->path)
		found(BAD, "module",
		      "install kcompressd-dkms and the headers of this kernel; if it is installed: dkms status, dkms autoinstall",
		      "not installed for Linux %s", kernel_release());
	else
		found(GOOD, "module", NULL, "%s is installed, not loaded",
		      file->version ?: "");

	if (kernel_bans_module())
		found(BAD, "blacklist",
		      "take it off module_blacklist= on the kernel's command line and reboot",
		      "the kernel's command line forbids loading it");
	else if (file->blacklisted)
		found(NOTE, "blacklist",
		      "take the line out of modprobe.d to have it at boot",
		      "modprobe.d keeps it from being loaded at boot");
}

static bool secure_boot(void)
{
	autofree char *path =
		file_path("/sys/firmware/efi/efivars/SecureBoot-%s",
			  "8be4df61-93ca-11d2-aa0d-00e098032b8c");
	FILE *file = fopen(path, "r");
	char bytes[5] = "";
	bool on;

	/* Four bytes of attributes, then the value. */
	on = file && fread(bytes, 1, sizeof(bytes), file) == sizeof(bytes) &&
	     bytes[4] == 1;
	if (file)
		fclose(file);
	return on;
}

/* Anything but none asks for signatures. */
static bool lockdown(void)
{
	autofree char *text = file_read("/sys/kernel/security/lockdown");

	return text && !strstr(text, "[none]");
}

static bool signatures_enforced(void)
{
	autofree char *text =
		file_read("/sys/module/module/parameters/sig_enforce");

	return text && *text == 'Y';
}

static void check_signature(const struct module_file *file,
			    const struct kcd *kcd, bool names)
{
	bool wanted = lockdown() || signatures_enforced();
	const char *why = secure_boot() ? "Secure Boot is on" :
			  "Secure Boot is off";

	if (!wanted)
		found(GOOD, "signature", NULL,
		      "%s; the kernel takes unsigned modules", why);
	else if (kcd->loaded)
		found(GOOD, "signature", NULL,
		      "%s, signatures are required, and ours was taken", why);
	else if (file->path && !file->signer)
		found(BAD, "signature",
		      "have dkms sign it: install mokutil and openssl, dkms remove and install it again, then enroll dkms' key: mokutil --import /var/lib/dkms/mok.pub",
		      "%s, signatures are required, the module has none", why);
	else if (file->path)
		found(NOTE, "signature",
		      "if modprobe says 'Key was rejected', enroll it: mokutil --import /var/lib/dkms/mok.pub, reboot, choose Enroll MOK",
		      "%s, signatures are required, the module is signed by %s",
		      why, names ? file->signer : "some key");
	else
		found(NOTE, "signature",
		      "enroll dkms' key: mokutil --import /var/lib/dkms/mok.pub, reboot, choose Enroll MOK",
		      "%s, signatures are required", why);
}

/* Patches list what they replace as .../<patch>/vmlinux/<function>,<number>. */
static char *livepatch_of(const char *function)
{
	autofree char *path = file_path("/sys/kernel/livepatch");
	DIR *patches = opendir(path);
	struct dirent *entry;
	char *name = NULL;

	while (patches && !name && (entry = readdir(patches)))
		if (*entry->d_name != '.' &&
		    file_exists("/sys/kernel/livepatch/%s/vmlinux/%s,1",
				entry->d_name, function))
			name = text_copy(entry->d_name);
	if (patches)
		closedir(patches);
	return name;
}

static void check_ftrace(const struct kcd *kcd)
{
	/* One of them is hooked, depending on the kernel. */
	static const char *const hooked[] = { "swap_writeout", "swap_writepage" };
	autofree char *patch = NULL;
	size_t i;

	for (i = 0; !patch && i < sizeof(hooked) / sizeof(hooked[0]); i++)
		patch = livepatch_of(hooked[i]);
	if (patch)
		found(BAD, "ftrace",
		      "only one can redirect the function: do without one of the two",
		      "the livepatch %s replaces the hooked function", patch);
	else if (!file_number(1, "/proc/sys/kernel/ftrace_enabled"))
		found(BAD, "ftrace", "sysctl kernel.ftrace_enabled=1",
		      "kernel.ftrace_enabled is 0");
	else
		found(GOOD, "ftrace", NULL, "nothing in the way");

	if (!kcd->loaded && file_exists(KCD_SYSCTL))
		found(BAD, "sysctl", "use the kernel's own; see its documentation",
		      "this kernel has a vm.kcompressd of its own");
}

static void check_swap(void)
{
	struct swaps swaps;

	swaps_read(&swaps);
	if (!swaps.devices)
		found(BAD, "swap",
		      "set up zram (zram-tools, systemd-zram-generator), or swap with zswap",
		      "there is no swap");
	else if (!swaps_compressed(&swaps))
		found(BAD, "swap",
		      "set up zram, or turn zswap on: echo Y > /sys/module/zswap/parameters/enabled",
		      "swap is not compressed; its pages pass through");
	else
		found(GOOD, "swap", NULL, "compressed, by %s",
		      swaps.zswap_enabled ? "zswap" : "zram");
}

static void check_cpus(const struct kcd *kcd)
{
	unsigned int cpus = kernel_cpus_online(), fewest = kernel_cpus_fewest();

	if (cpus == 1)
		found(BAD, "cpus", "none: with one CPU there is nobody to hand over to",
		      "one CPU online");
	else if (fewest == 1)
		found(NOTE, "cpus", "none: there kswapd has nobody to hand over to",
		      "%u online, but a node has one", cpus);
	else if (fewest == 2 && !(kcd->loaded && kcd->writers))
		found(NOTE, "cpus",
		      "if stalls hurt more than a little less reclaimed: echo 1 >/sys/kernel/mm/kcompressd/writers",
		      "%u online%s: while both are busy kswapd writes by itself", cpus,
		      cpus > fewest ? ", but a node has 2" : "");
	else if (cpus)
		found(GOOD, "cpus", NULL, "%u online", cpus);
	else
		found(NOTE, "cpus", NULL, "cannot tell how many are online");
}

/* A kswapd that has given up brings no folios, loaded or not. */
static void check_kswapd(void)
{
	autofree char *text = file_read("/proc/zoneinfo");
	char *rest = text, *line, *all = text_copy(""), *more;
	int node = -1, last = -1, hopeless;

	/* Each zone tells of its node. */
	while ((line = lines_next(&rest))) {
		if (sscanf(line, "Node %d,", &node) == 1 || node == last ||
		    sscanf(line, " node_unreclaimable: %d", &hopeless) != 1 ||
		    !hopeless)
			continue;
		more = text_print("%s %d", all, node);
		free(all);
		all = more;
		last = node;
	}
	if (*all)
		found(NOTE, "kswapd",
		      "see whether swap is full (swapon --show); if not, how it comes back is in the FAQ",
		      "has given up, and leaves reclaim to programs; nodes:%s",
		      all);
	free(all);
}

/* What only shows once it runs. */
static void check_running(const struct kcd *kcd)
{
	uint64_t failed, late, strange;

	if (!kcd->loaded)
		return;
	if (!kcd->depth)
		found(NOTE, "depth", "turn it on: sysctl vm.kcompressd=6",
		      "vm.kcompressd is 0: it is off");
	failed = kcd_total(kcd, "failed_writes");
	if (failed)
		found(NOTE, "writes",
		      "look whether zram is full or limited (zramctl), or the disk below fails (dmesg)",
		      "%lu folios could not be written and stayed in memory",
		      failed);
	late = kcd_total(kcd, "written_late");
	if (late)
		found(NOTE, "workers",
		      "see nice and cpumask in /sys/devices/virtual/workqueue/kcompressd*, whether real-time tasks hold CPUs, and whether a disk below zswap is slow",
		      "%lu folios were written in the workers' stead since it was loaded, as some had waited for 100 ms, or memory had run out",
		      late);
	strange = kcd_total(kcd, "bypassed_state");
	if (strange)
		found(BAD, "folios", "please report it: kcompressdctl report",
		      "%lu came in a state that the module does not expect",
		      strange);
}

/* Why loading failed is in the log; that it taints the kernel is no reason. */
static void check_log(const struct kcd *kcd)
{
	autofree char *log = kcd->loaded ? NULL : kernel_log();
	char *rest = log, *line, *last = NULL;

	while ((line = lines_next(&rest)))
		if (!strstr(line, "taint"))
			last = line;
	if (last)
		found(NOTE, "log", NULL, "the last line of the kernel's log: %s",
		      last);
}

static void print_text(void)
{
	const struct finding *finding;
	unsigned int i;

	for (i = 0; i < nr_findings; i++) {
		finding = &findings[i];
		printf("%-4s  %-9s  %s\n", verdict_name[finding->verdict],
		       finding->subject, finding->text);
		if (finding->advice)
			printf("%17s-> %s\n", "", finding->advice);
	}
}

static void print_json(bool fit)
{
	json_t *list = json_array(), *entry, *root;
	const struct finding *finding;
	unsigned int i;

	for (i = 0; i < nr_findings; i++) {
		finding = &findings[i];
		entry = json_pack("{s:s, s:s, s:s, s:s?}",
				  "verdict", verdict_name[finding->verdict],
				  "subject", finding->subject,
				  "text", finding->text,
				  "advice", finding->advice);
		json_array_append_new(list, entry);
	}
	root = json_pack("{s:b, s:o}", "fit", fit, "findings", list);
	if (!root || json_dumpf(root, stdout, JSON_INDENT(2)))
		ctl_die(CTL_FAILED, "cannot write JSON");
	putchar('\n');
	json_decref(root);
}

/* Fills in the findings; false if one of them is bad. */
static bool examine(bool names)
{
	struct module_file file;
	bool fit = true;
	struct kcd kcd;
	unsigned int i;

	kcd_read(&kcd);
	module_file_find(&file);
	check_kernel();
	check_config();
	check_prototype(&file);
	check_module(&file, &kcd);
	check_signature(&file, &kcd, names);
	check_ftrace(&kcd);
	check_swap();
	check_cpus(&kcd);
	check_kswapd();
	check_running(&kcd);
	check_log(&kcd);
	module_file_free(&file);
	kcd_free(&kcd);
	for (i = 0; i < nr_findings; i++)
		fit = fit && findings[i].verdict != BAD;
	return fit;
}

static void forget(void)
{
	while (nr_findings)
		free(findings[--nr_findings].text);
}

void doctor_print(bool names)
{
	examine(names);
	print_text();
	forget();
}

int doctor_main(int argc, char **argv)
{
	bool json = ctl_option_json(argc, argv);
	bool fit = examine(true);

	if (json)
		print_json(fit);
	else
		print_text();
	forget();
	return fit ? CTL_OK : CTL_NO;
}
