// SPDX-License-Identifier: GPL-2.0
/*
 * A million random steps of the FIFO beside a list that does the same in the
 * plainest way. KCD_SEED and KCD_STEPS in the environment bring a run back.
 */
#include <sys/queue.h>

#include "kcompressd_fifo.h"
#include "ktap.h"
#include "rnd.h"

struct folio {
	/* How often it was handed to whoever writes it. */
	unsigned int written;
};

struct node {
	TAILQ_ENTRY(node) link;
	struct kcd_entry entry;
};

TAILQ_HEAD(list, node);

/* The reference: nothing is cached, so nothing can be out of step. */
static struct list list = TAILQ_HEAD_INITIALIZER(list);
static u64 list_seq;

static struct kcd_fifo fifo;
static uint64_t rnd;
static unsigned long answers[KCD_REFUSED + 1];
static unsigned int longest;

static void list_sum(unsigned int *len, unsigned long *pages)
{
	struct node *node;

	*len = 0;
	*pages = 0;
	TAILQ_FOREACH(node, &list, link) {
		*len += 1;
		*pages += node->entry.pages;
	}
}

static bool list_fits(const struct kcd_entry *entry, unsigned int depth,
		      unsigned long room)
{
	unsigned int len;
	unsigned long pages;

	list_sum(&len, &pages);
	return len + 1 <= depth && pages + entry->pages <= room;
}

static bool list_take(struct kcd_entry *oldest)
{
	struct node *node = TAILQ_FIRST(&list);

	if (!node)
		return false;
	*oldest = node->entry;
	TAILQ_REMOVE(&list, node, link);
	free(node);
	return true;
}

static void list_add(struct kcd_entry *entry)
{
	struct node *node = malloc(sizeof(*node));

	entry->seq = list_seq++;
	node->entry = *entry;
	TAILQ_INSERT_TAIL(&list, node, link);
}

static enum kcd_offer list_offer(struct kcd_entry *entry, unsigned int depth,
				 unsigned long room, struct kcd_entry *oldest)
{
	if (list_fits(entry, depth, room)) {
		list_add(entry);
		return KCD_QUEUED;
	}
	if (!list_take(oldest))
		return KCD_REFUSED;
	if (!list_fits(entry, depth, room))
		return KCD_SHED;
	list_add(entry);
	return KCD_SWAPPED;
}

static bool same(const struct kcd_entry *a, const struct kcd_entry *b)
{
	return a->folio == b->folio && a->pages == b->pages &&
	       a->queued_ns == b->queued_ns && a->seq == b->seq;
}

static bool in_step(void)
{
	unsigned int len;
	unsigned long pages;

	list_sum(&len, &pages);
	return CHECK(kcd_fifo_len(&fifo) == len) && CHECK(fifo.pages == pages) &&
	       CHECK(fifo.tail == list_seq);
}

static void write_out(struct folio *folio)
{
	CHECK(folio->written++ == 0);
}

static bool step_take(void)
{
	struct kcd_entry got = {}, want = {};

	if (!CHECK(kcd_fifo_take(&fifo, &got) == list_take(&want)) ||
	    !CHECK(same(&got, &want)))
		return false;
	if (got.folio)
		write_out(got.folio);
	return true;
}

/* As a producer must: until the entry is in or is the caller's to write. */
static bool step_offer(struct folio *folio, u64 now, unsigned int depth,
		       unsigned long room)
{
	struct kcd_entry entry = {
		.folio = folio,
		.pages = rnd_pages(&rnd),
		.queued_ns = now,
	};
	enum kcd_offer ret;

	do {
		struct kcd_entry got = {}, want = {}, copy = entry;

		ret = kcd_fifo_offer(&fifo, &entry, depth, room, &got);
		if (!CHECK(ret == list_offer(&copy, depth, room, &want)) ||
		    !CHECK(same(&got, &want)) || !CHECK(same(&entry, &copy)) ||
		    !in_step())
			return false;
		answers[ret]++;
		if (kcd_fifo_len(&fifo) > longest)
			longest = kcd_fifo_len(&fifo);
		if (ret == KCD_SWAPPED || ret == KCD_SHED)
			write_out(got.folio);
		else
			CHECK(!got.folio);
	} while (ret == KCD_SHED);
	if (ret == KCD_REFUSED) {
		CHECK(kcd_fifo_len(&fifo) == 0);
		write_out(folio);
	}
	return CHECK(kcd_fifo_len(&fifo) <= depth) && CHECK(fifo.pages <= room);
}

static void run_steps(u64 first_seq, unsigned long steps)
{
	struct folio *folios = calloc(steps, sizeof(*folios));
	unsigned int depth = 6, offers_in_8 = 4;
	unsigned long room = 1ul << 30, born = 0;

	fifo = (struct kcd_fifo) { .head = first_seq, .tail = first_seq };
	list_seq = first_seq;
	for (unsigned long i = 0; i < steps; i++) {
		bool good = true;

		if (!rnd_below(&rnd, 200))
			depth = rnd_depth(&rnd, KCD_DEPTH_MAX);
		if (!rnd_below(&rnd, 500))
			room = rnd_room(&rnd);
		/* Now the producer is ahead, now the consumer. */
		if (!rnd_below(&rnd, 1000))
			offers_in_8 = rnd_below(&rnd, 9);
		if (rnd_below(&rnd, 8) < offers_in_8)
			good = step_offer(&folios[born++], i, depth, room);
		else
			good = step_take();
		if (!good || !in_step() || ktap_bad) {
			printf("# at step %lu, depth %u, room %lu\n", i, depth, room);
			break;
		}
	}
	/* In a sound run both empty together; after a fault neither may leak. */
	while (!TAILQ_EMPTY(&list)) {
		struct kcd_entry rest;

		if (ktap_bad)
			list_take(&rest);
		else
			step_take();
	}
	CHECK(kcd_fifo_len(&fifo) == 0 && fifo.pages == 0);
	for (unsigned long i = 0; i < born; i++)
		CHECK(folios[i].written == 1);
	free(folios);
}

static unsigned long steps(void)
{
	const char *text = getenv("KCD_STEPS");

	return text ? strtoul(text, NULL, 0) : 1000000;
}

static void test_from_zero(void)
{
	run_steps(0, steps() / 2);
}

static void test_across_32_bit(void)
{
	run_steps(UINT32_MAX - steps() / 8, steps() / 2);
}

/* A run that never saw an answer, or a full ring, has not tested it. */
static void test_saw_all(void)
{
	printf("# queued %lu, swapped %lu, shed %lu, refused %lu, longest %u\n",
	       answers[KCD_QUEUED], answers[KCD_SWAPPED], answers[KCD_SHED],
	       answers[KCD_REFUSED], longest);
	for (int i = KCD_QUEUED; i <= KCD_REFUSED; i++)
		CHECK(answers[i] > 0);
	CHECK(longest == KCD_DEPTH_MAX);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "as the list does, from 0", test_from_zero },
		{ "as the list does, across 2^32", test_across_32_bit },
		{ "every answer and a full ring were seen", test_saw_all },
	};

	rnd = rnd_seed();
	return ktap_main(cases, sizeof(cases) / sizeof(cases[0]));
}
