// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory whose contents can be verified: each word of a page follows from the
 * page's number and from how often it was written.
 */
#include <err.h>
#include <sys/mman.h>

#include "clock.h"
#include "memory.h"

#define WORDS (G_PAGE / sizeof(uint64_t))

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* How many words at the beginning of a page do not compress. */
static size_t random_words(enum g_kind kind, uint64_t state)
{
	switch (kind) {
	case G_MIXED:
		return WORDS / 4 + state % (WORDS / 4);
	case G_RANDOM:
		return WORDS;
	default:
		return 0;
	}
}

static uint64_t page_state(const struct g_memory *m, size_t page)
{
	return mix(mix(m->seed + page) + m->generation[page]);
}

static uint64_t next_word(uint64_t state)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^ state << 17;
}

void g_page_write(struct g_memory *m, size_t page)
{
	uint64_t *word = (uint64_t *)(m->base + page * G_PAGE);
	uint64_t first;
	size_t i, random;

	m->generation[page]++;
	first = page_state(m, page);
	random = random_words(m->kind, first);
	for (i = 0; i < random; i++)
		word[i] = next_word(i ? word[i - 1] : first);
	for (; i < WORDS; i++)
		word[i] = first;
}

bool g_page_check(const struct g_memory *m, size_t page)
{
	const uint64_t *word = (const uint64_t *)(m->base + page * G_PAGE);
	uint64_t state, first, wrong = 0;
	size_t i, random;

	if (!m->generation[page])
		return true;
	first = page_state(m, page);
	state = first;
	random = random_words(m->kind, first);
	for (i = 0; i < random; i++) {
		state = next_word(state);
		wrong |= word[i] ^ state;
	}
	for (; i < WORDS; i++)
		wrong |= word[i] ^ first;
	return !wrong;
}

void g_memory_map_fd(struct g_memory *m, size_t mb, enum g_kind kind, int fd)
{
	size_t size = mb * G_MB;

	m->pages = size / G_PAGE;
	m->kind = kind;
	m->seed = g_now_ns();
	m->base = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	/* What is expected must not take the way that is being tested. */
	m->generation = mmap(NULL, m->pages * sizeof(*m->generation),
			     PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (m->base == MAP_FAILED || m->generation == MAP_FAILED)
		err(1, "mmap");
}

void g_memory_map(struct g_memory *m, size_t mb, enum g_kind kind)
{
	g_memory_map_fd(m, mb, kind, -1);
}

void g_memory_unmap(struct g_memory *m)
{
	munmap(m->base, m->pages * G_PAGE);
	munmap(m->generation, m->pages * sizeof(*m->generation));
}

void g_memory_fill(struct g_memory *m)
{
	size_t page;

	for (page = 0; page < m->pages; page++)
		g_page_write(m, page);
}

long g_memory_check(const struct g_memory *m)
{
	size_t page;

	for (page = 0; page < m->pages; page++)
		if (!g_page_check(m, page))
			return page;
	return -1;
}

long g_memory_rewrite(struct g_memory *m)
{
	size_t page;

	for (page = 0; page < m->pages; page++) {
		if (!g_page_check(m, page))
			return page;
		g_page_write(m, page);
	}
	return -1;
}
