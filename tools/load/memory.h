/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory whose contents can be verified. */
#ifndef LOAD_MEMORY_H
#define LOAD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define G_PAGE		4096ul
#define G_MB		(1024ul * 1024)

enum g_kind {
	G_MIXED,	/* like the heap of a program, about 2.6 : 1 */
	G_RANDOM,	/* does not compress */
	G_SAME,		/* one word, repeated */
};

struct g_memory {
	char *base;
	size_t pages;
	enum g_kind kind;
	uint64_t seed;
	uint32_t *generation;	/* of each page; 0: never written */
};

/* Memory is mapped, not yet touched. MAP_FAILED never returns: it exits. */
void g_memory_map(struct g_memory *m, size_t mb, enum g_kind kind);
/* The same over a file descriptor, such as a memfd. */
void g_memory_map_fd(struct g_memory *m, size_t mb, enum g_kind kind, int fd);
void g_memory_unmap(struct g_memory *m);
void g_memory_fill(struct g_memory *m);
/* First page that is not as it was written, -1 if there is none. */
long g_memory_check(const struct g_memory *m);
/* Checks each page, then writes it anew; returns as g_memory_check(). */
long g_memory_rewrite(struct g_memory *m);
/* The two for one page. */
void g_page_write(struct g_memory *m, size_t page);
bool g_page_check(const struct g_memory *m, size_t page);

#endif /* LOAD_MEMORY_H */
