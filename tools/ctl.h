/* SPDX-License-Identifier: GPL-2.0-only */
/* kcompressdctl: what its files know of each other. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define CTL_NAME	"kcompressd"

/* Exit codes; kcompressdctl(8) explains them. */
enum {
	CTL_OK,
	CTL_FAILED,
	CTL_USAGE,
	CTL_NO,			/* off, not fit, or refused */
	CTL_NOT_LOADED,
};

/* Ends the program with "kcompressdctl: " and the message. */
void ctl_die(int code, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* The only ones that a command without arguments of its own takes. */
bool ctl_option_json(int argc, char **argv);
void ctl_no_options(int argc, char **argv);
/* A whole number in range, or the end of the program. */
unsigned int ctl_number(const char *option, const char *text, unsigned int min,
			unsigned int max);

/* The commands: arguments from the command's name on; an exit code. */
int status_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int top_main(int argc, char **argv);
int report_main(int argc, char **argv);
int bench_main(int argc, char **argv);

/* For the report: without @names of swap files and keys, which are private. */
void status_print(bool names);
void doctor_print(bool names);

/* ---- file.c: small files, below KCOMPRESSD_ROOT if that is set ------------ */

void ctl_free(void *pointer);
/* Frees what a local variable points to when it goes out of scope. */
#define autofree __attribute__((cleanup(ctl_free)))

/* None of these returns without memory. */
char *text_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *text_copy(const char *text);

/* "" or a directory that stands for "/". */
const char *file_root(void);
char *file_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The whole text without its last newline; NULL and errno. */
char *file_read(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* All its bytes, as they are; NULL and errno. */
void *file_bytes(size_t *len, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool file_exists(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* 0 or a negative errno. */
int file_write(const char *text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The number that a file begins with; @otherwise if there is none. */
long long file_number(long long otherwise, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* In a text of lines "name value" or "name: value"; 0 if there is none. */
uint64_t lines_value(const char *text, const char *name);
/* Sum of all values whose name begins so. */
uint64_t lines_sum(const char *text, const char *prefix);
/* The next line of *@text, cut off; NULL at the end. */
char *lines_next(char **text);

/* ---- kcd.c: the module ----------------------------------------------------- */

#define KCD_NODES_MAX	64
#define KCD_BUCKETS_MAX	64
#define KCD_SYSFS	"/sys/kernel/mm/kcompressd"
#define KCD_SYSCTL	"/proc/sys/vm/kcompressd"

/**
 * struct kcd - the module as it is now
 * @loaded: it is in the kernel and ready
 * @version: of the module that is loaded, else NULL
 * @attached: the hook is in
 * @depth: vm.kcompressd
 * @writers: per node; 0: automatic
 * @nodes: how many there are
 * @node: their numbers and the texts of their "stat"
 */
struct kcd {
	bool loaded;
	char *version;
	bool attached;
	unsigned int depth;
	unsigned int writers;
	unsigned int nodes;
	struct {
		unsigned int id;
		char *stat;
	} node[KCD_NODES_MAX];
};

struct histogram {
	unsigned int buckets;
	uint64_t from_ns[KCD_BUCKETS_MAX];
	uint64_t count[KCD_BUCKETS_MAX];
};

void kcd_read(struct kcd *kcd);
void kcd_free(struct kcd *kcd);
/* Ends the program if it is not loaded. */
void kcd_need_loaded(const struct kcd *kcd);
/* Summed over all nodes; a name that ends in '_' is the beginning of many. */
uint64_t kcd_total(const struct kcd *kcd, const char *name);
/* A word for what it does now. */
const char *kcd_state(const struct kcd *kcd);
/* "automatic" or the number. */
char *kcd_writers(const struct kcd *kcd);
/* Summed over all nodes. */
void kcd_histogram(const struct kcd *kcd, const char *name,
		   struct histogram *hist);
/* End of the bucket that holds this share of all; 0 if there are none. */
uint64_t histogram_percentile(const struct histogram *hist,
			      unsigned int percent);

/* ---- kernel.c: the running kernel and the module's file --------------------- */

/**
 * struct module_file - the module that modprobe would load
 * @path: NULL if there is none for this kernel
 * @version: its version
 * @signer: who signed it; NULL if it is not signed
 * @prototypes: of the kernel's functions that it was built for, one a line; NULL
 *		if it does not say
 * @blacklisted: modules-load.d would pass it over
 */
struct module_file {
	char *path;
	char *version;
	char *signer;
	char *prototypes;
	bool blacklisted;
};

const char *kernel_release(void);
/* 'y', 'm', or 'n'; 0 if the configuration cannot be found. */
char kernel_config(const char *option);
/* Is it in the list of "module_blacklist=" of the kernel's command line? */
bool kernel_bans_module(void);
unsigned int kernel_cpus_online(void);
/* Of the node that has fewest, but for nodes that have memory only. */
unsigned int kernel_cpus_fewest(void);
/* Lines of the kernel's log that the module wrote; NULL if it cannot be read. */
char *kernel_log(void);
void module_file_find(struct module_file *file);
void module_file_free(struct module_file *file);

/* ---- btf.c ------------------------------------------------------------------ */

enum btf_answer {
	BTF_SILENT,		/* the kernel has none, or it cannot be read */
	BTF_PROVES,
	BTF_DIFFERS,
};

/*
 * Does the kernel have all these functions, with these prototypes? If it differs,
 * @why is the line with which the module would refuse it.
 */
enum btf_answer btf_prove(const char *prototypes, char **why);

/* ---- swap.c ----------------------------------------------------------------- */

#define SWAPS_MAX	32

enum swap_kind {
	SWAP_ZRAM,
	SWAP_DISK,
	SWAP_FILE,
};

struct swap_device {
	char name[128];
	enum swap_kind kind;
	char algorithm[32];		/* of zram */
	uint64_t size_kib;
	uint64_t used_kib;
	int priority;
	uint64_t stored_bytes;		/* zram: before compression ... */
	uint64_t memory_bytes;		/* ... and what that takes */
};

struct swaps {
	unsigned int devices;
	struct swap_device device[SWAPS_MAX];
	bool zswap_known;		/* the kernel has zswap */
	bool zswap_enabled;
	char zswap_algorithm[32];
	char zswap_pool[32];		/* "" since Linux 6.18 */
};

void swaps_read(struct swaps *swaps);
const char *swap_kind_name(enum swap_kind kind);
/* Is there swap whose pages the CPU compresses? */
bool swaps_compressed(const struct swaps *swaps);

/* ---- sample.c: counters at a moment, and what changed between two ------------ */

#define SAMPLE_THREADS	512

struct thread {
	pid_t pid;
	bool ours;		/* the last that it ran was the module's work */
	uint64_t ns;		/* on a CPU */
};

/* The vmstat figures; a name that ends in '_' stands for all that begin so. */
enum vm_figure {
	VM_STALLS,
	VM_STEAL_ANON,
	VM_STEAL_KSWAPD,
	VM_STEAL_DIRECT,
	VM_FIGURES,
};

struct sample {
	uint64_t ns;
	struct kcd kcd;
	struct histogram wait;
	struct histogram write;
	uint64_t vm[VM_FIGURES];
	uint64_t kswapd_ns;
	unsigned int threads;
	struct thread thread[SAMPLE_THREADS];	/* unbound kworkers */
};

void sample_take(struct sample *sample);
void sample_free(struct sample *sample);

/* What happened between two samples, per second. */
struct rates {
	double seconds;
	double offered;
	double bypassed;
	double queued;
	double by_workers;
	double by_kswapd;
	double freed;
	double failed;
	double vm[VM_FIGURES];
	double kswapd_percent;
	double workers_percent;
	uint64_t wait_p50, wait_p99;	/* ns; 0: none */
	uint64_t write_p50, write_p99;
};

void rates_compute(struct rates *rates, const struct sample *from,
		   const struct sample *to);

#endif /* CTL_H */
