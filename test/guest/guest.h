/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The base library of programs that run as PID 1 in a guest.
 *
 * Unless said otherwise: 0 on success, a negative errno on failure.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "clock.h"
#include "memory.h"

#define G_PATH		256

/* boot.c: the beginning and the end */
void g_begin(void);
void g_end(void) __attribute__((noreturn));

/* ktap.c: results, to the second serial port */
void g_plan(unsigned int cases);
void g_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void g_pass(const char *name);
void g_fail(const char *name, const char *why);
void g_skip(const char *name, const char *why);
void g_totals(void);
/* Raw text to the second serial port, for results of another form. */
void g_out(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Waits until all of it has left the machine, which may end then. */
void g_out_end(void);

/* coverage.c: counters of a module built with gcov, to the second serial port */
void g_coverage(void);

/* file.c: small files, as in /proc and /sys */
bool g_exists(const char *path);
int g_write(const char *path, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Length, the last newline cut off; the text always ends with a zero byte. */
ssize_t g_read(const char *path, char *buf, size_t size);
/* The number that a file begins with; -1 if there is none. */
long long g_read_ll(const char *path);
/* The value in the line "name value"; -1 if there is none. */
long long g_stat(const char *path, const char *name);

/* Such a file as one read saw it, so that its values belong together. */
struct g_table {
	char text[16384];
};

int g_table_read(struct g_table *table, const char *path);
long long g_table_get(const struct g_table *table, const char *name);
/* Sum of all values whose name begins so; -1 if there is none. */
long long g_table_sum(const struct g_table *table, const char *prefix);

/* klog.c: the kernel's log */
void g_klog_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Remembers the end of the log; what looks since then closes it. */
int g_klog_mark(void);
/* Is the text in a line that came since the mark? */
bool g_klog_since(int mark, const char *text);
/* Are both, in one line? */
bool g_klog_since_both(int mark, const char *text, const char *and);

/* module.c: modules, with what they depend on */
bool g_module_loaded(const char *name);
int g_module_load(const char *name, const char *params);
/* A module that is not loaded counts as unloaded. */
int g_module_unload(const char *name);

/* swap.c: swap devices. Higher priorities are used first. */
int g_mkswap(const char *path, size_t mb);
int g_swapon(const char *path, int priority);
int g_swapoff(const char *path);
/* All that is in use. */
int g_swapoff_all(void);
/* Sets up /dev/zramN and writes a swap header; NULL: default algorithm. */
int g_zram_setup(int id, size_t mb, const char *algorithm);
int g_zram_reset(int id);
/* Writes that have failed, as it counts them; -1 without such a device. */
long long g_zram_failed_writes(int id);
/* Algorithms the kernel lists; how many there are. */
int g_zram_algorithms(char names[][32], int max);
/* Turns zswap on; -ENOENT if the kernel has none. NULL: default algorithm. */
#define G_ZSWAP		"/sys/module/zswap/parameters/"
int g_zswap_setup(const char *algorithm);
/* The scratch disk, NULL if the guest has none. */
const char *g_disk(void);
/* A swap file on ext4 on the scratch disk, at G_SWAP_FILE. */
#define G_SWAP_FILE	"/mnt/swap"
int g_swap_file_setup(size_t mb);
int g_swap_file_remove(void);

/* dm.c: a device-mapper device of one target; @path of G_PATH gets its file */
int g_dm_create(const char *name, size_t mb, const char *target,
		const char *params, char *path);
/* One that does not exist counts as removed. */
int g_dm_remove(const char *name);

/* machine.c: kernel, processors, nodes, tasks */
/* Does its release begin so? */
bool g_kernel_is(const char *version);
int g_cpus_online(void);
int g_cpu_set_online(int cpu, bool online);
int g_nodes(void);
/* Memory of the calling task comes from this node only; -1: from any. */
int g_bind_node(int node);
/* The first task of that name, also of the kernel's own; 0 if there is none. */
pid_t g_task_find(const char *name);
/* Has some node's kswapd given up, and leaves all to direct reclaim? */
bool g_kswapd_gave_up(void);
/* What patience=N on the kernel's command line says, for slow kernels; 1. */
unsigned int g_patience(void);
/* Runs a program; its exit status, or a negative errno. */
int g_run(const char * const argv[]);
/* The same; what it printed, errors too, goes to @out. */
int g_run_output(const char * const argv[], char *out, size_t size);

/* pressure.c: processes that rewrite memory, with short rests */
struct g_pressure {
	pid_t pid;
	volatile bool stop;
	volatile long bad_page;		/* -1: none */
	volatile unsigned long pages;	/* written so far */
};

struct g_pressure *g_pressure_start(size_t mb, enum g_kind kind);
/* Waits until that many pages were written; -ETIMEDOUT. */
int g_pressure_wait(struct g_pressure *p, unsigned long pages, unsigned int ms);
/* 0 if all that was read was as written and the process ended well. */
int g_pressure_stop(struct g_pressure *p);

#endif /* GUEST_H */
