// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory whose contents can be verified: they follow from the page's number and
 * from how often it was written.
 */
#include <err.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "memory.h"

#define WORDS (G_PAGE / sizeof(uint64_t))

/*
 * A heap, for G_MIXED: pages of objects of a few words, alike from one to the
 * next. How such a page compresses, and how long that takes, is that of the
 * memory of real programs (docs/testing.md); a run of random words before a run
 * of equal ones would take a fifth of the time. Made once, since making must
 * not be what the load spends its time on.
 */
#define HEAP_PAGES 64
/* Every so many words of a page tell it from all others, at all times. */
#define STAMP_EVERY 16

static uint64_t heap[HEAP_PAGES][WORDS];

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static uint64_t text(uint64_t random)
{
	static const char letters[] = "etaoinshrdlu cm.";
	uint64_t word = 0;
	int i;

	for (i = 0; i < 8; i++, random >>= 4)
		word = word << 8 | letters[random & 15];
	return word;
}

/* What stands in a field of an object: one sort for all objects of a page. */
static uint64_t field(unsigned int sort, uint64_t random, uint64_t area)
{
	switch (sort % 8) {
	case 0:			/* points to another object */
		return area + ((random & 0xfff) << 5);
	case 1:			/* or to one that all share */
		return area + 0x2280;
	case 2:
		return area + 0x1240;
	case 3:			/* is small, */
		return random & 0x3f;
	case 4:			/* or most often 1 */
		return random & 3 ? 1 : random & 0xffff;
	case 5:
		return text(random);
	case 6:			/* is seldom set */
		return random & 7 ? 0 : random;
	default:
		return 0;
	}
}

static void heap_make(void)
{
	unsigned int page, i, size;
	uint64_t state, area;

	if (heap[0][0])
		return;
	for (page = 0; page < HEAP_PAGES; page++) {
		state = mix(page + 1);
		size = 4 + state % 12;
		area = 0x7f0000000000ull | state >> 40 << 16;
		for (i = 0; i < WORDS; i++)
			heap[page][i] = field(mix(state + i % size),
					      mix(3 * state + i), area);
		heap[page][0] = area;
	}
	/* What is expected must not take the way that is being tested. */
	if (mlock(heap, sizeof(heap)))
		err(1, "mlock");
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

static void write_heap(uint64_t *word, uint64_t state)
{
	size_t i;

	memcpy(word, heap[state % HEAP_PAGES], G_PAGE);
	for (i = 0; i < WORDS; i += STAMP_EVERY)
		word[i] = state + i;
}

static bool check_heap(const uint64_t *word, uint64_t state)
{
	const uint64_t *want = heap[state % HEAP_PAGES];
	size_t i;

	for (i = 0; i < WORDS; i += STAMP_EVERY)
		if (word[i] != state + i ||
		    memcmp(word + i + 1, want + i + 1,
			   (STAMP_EVERY - 1) * sizeof(*word)))
			return false;
	return true;
}

static void write_random(uint64_t *word, uint64_t state)
{
	size_t i;

	for (i = 0; i < WORDS; i++) {
		state = next_word(state);
		word[i] = state;
	}
}

static bool check_random(const uint64_t *word, uint64_t state)
{
	uint64_t wrong = 0;
	size_t i;

	for (i = 0; i < WORDS; i++) {
		state = next_word(state);
		wrong |= word[i] ^ state;
	}
	return !wrong;
}

static void write_same(uint64_t *word, uint64_t state)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		word[i] = state;
}

static bool check_same(const uint64_t *word, uint64_t state)
{
	uint64_t wrong = 0;
	size_t i;

	for (i = 0; i < WORDS; i++)
		wrong |= word[i] ^ state;
	return !wrong;
}

static const struct {
	void (*write)(uint64_t *word, uint64_t state);
	bool (*check)(const uint64_t *word, uint64_t state);
} kinds[] = {
	[G_MIXED] = { write_heap, check_heap },
	[G_RANDOM] = { write_random, check_random },
	[G_SAME] = { write_same, check_same },
};

void g_page_write(struct g_memory *m, size_t page)
{
	m->generation[page]++;
	kinds[m->kind].write((uint64_t *)(m->base + page * G_PAGE),
			     page_state(m, page));
}

bool g_page_check(const struct g_memory *m, size_t page)
{
	return !m->generation[page] ||
	       kinds[m->kind].check((uint64_t *)(m->base + page * G_PAGE),
				    page_state(m, page));
}

void g_memory_map_fd(struct g_memory *m, size_t mb, enum g_kind kind, int fd)
{
	size_t size = mb * G_MB;

	heap_make();
	m->pages = size / G_PAGE;
	m->kind = kind;
	m->seed = g_now_ns();
	m->base = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	/* Locked for the same reason as the heap. */
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
