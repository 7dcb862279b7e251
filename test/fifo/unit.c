// SPDX-License-Identifier: GPL-2.0
/*
 * Every answer of kcd_fifo_offer(), and the edges of its limits.
 */
#include "kcompressd_fifo.h"
#include "ktap.h"

/* Far from being the limit. */
#define ROOMY (1ul << 30)

struct folio {
	int id;
};

static struct folio folios[4 * KCD_DEPTH_MAX];
static struct kcd_fifo fifo;
static struct kcd_entry oldest;

static struct kcd_entry entry_of(int id, unsigned int pages)
{
	folios[id].id = id;
	return (struct kcd_entry) {
		.folio = &folios[id],
		.pages = pages,
		.queued_ns = 1000 + id,
		.seq = UINT64_MAX,
	};
}

/* An empty FIFO through which @seq entries have passed. */
static void start_at(u64 seq)
{
	fifo = (struct kcd_fifo) { .head = seq, .tail = seq };
	oldest = (struct kcd_entry) {};
}

static enum kcd_offer offer(int id, unsigned int pages, unsigned int depth,
			    unsigned long room)
{
	struct kcd_entry entry = entry_of(id, pages);
	u64 seq = fifo.tail;
	enum kcd_offer ret = kcd_fifo_offer(&fifo, &entry, depth, room, &oldest);

	if (ret == KCD_QUEUED || ret == KCD_SWAPPED)
		CHECK(entry.seq == seq);
	else
		CHECK(entry.seq == UINT64_MAX);
	CHECK(entry.folio == &folios[id]);
	CHECK(entry.pages == pages);
	return ret;
}

static void fill(int first, int count, unsigned int pages)
{
	for (int i = 0; i < count; i++)
		CHECK(offer(first + i, pages, KCD_DEPTH_MAX, ROOMY) == KCD_QUEUED);
}

/* The entry that came out is the one that went in as @id. */
static bool is(const struct kcd_entry *entry, int id, unsigned int pages, u64 seq)
{
	return entry->folio == &folios[id] && entry->folio->id == id &&
	       entry->pages == pages && entry->queued_ns == 1000u + id &&
	       entry->seq == seq;
}

static bool takes(int id, unsigned int pages, u64 seq)
{
	struct kcd_entry entry;

	return kcd_fifo_take(&fifo, &entry) && is(&entry, id, pages, seq);
}

static bool empty(void)
{
	struct kcd_entry entry = {};

	return kcd_fifo_len(&fifo) == 0 && fifo.pages == 0 &&
	       !kcd_fifo_take(&fifo, &entry) && !entry.folio;
}

static void test_take_empty(void)
{
	start_at(0);
	CHECK(empty());
	/* Asking in vain changes nothing. */
	CHECK(empty());
	CHECK(fifo.head == 0 && fifo.tail == 0);
}

static void test_queued(void)
{
	start_at(0);
	CHECK(offer(0, 1, 2, ROOMY) == KCD_QUEUED);
	CHECK(kcd_fifo_len(&fifo) == 1 && fifo.pages == 1);
	CHECK(offer(1, 16, 2, ROOMY) == KCD_QUEUED);
	CHECK(kcd_fifo_len(&fifo) == 2 && fifo.pages == 17);
	CHECK(!oldest.folio);
	CHECK(takes(0, 1, 0));
	CHECK(fifo.pages == 16);
	CHECK(takes(1, 16, 1));
	CHECK(empty());
}

static void test_swapped_by_depth(void)
{
	start_at(0);
	fill(0, 2, 1);
	CHECK(offer(2, 4, 2, ROOMY) == KCD_SWAPPED);
	CHECK(is(&oldest, 0, 1, 0));
	CHECK(kcd_fifo_len(&fifo) == 2 && fifo.pages == 5);
	CHECK(takes(1, 1, 1));
	CHECK(takes(2, 4, 2));
	CHECK(empty());
}

static void test_swapped_by_room(void)
{
	start_at(0);
	CHECK(offer(0, 8, 6, 16) == KCD_QUEUED);
	CHECK(offer(1, 8, 6, 16) == KCD_QUEUED);
	CHECK(offer(2, 1, 6, 16) == KCD_SWAPPED);
	CHECK(is(&oldest, 0, 8, 0));
	CHECK(kcd_fifo_len(&fifo) == 2 && fifo.pages == 9);
	CHECK(takes(1, 8, 1));
	CHECK(takes(2, 1, 2));
	CHECK(empty());
}

static void test_room_is_inclusive(void)
{
	start_at(0);
	CHECK(offer(0, 15, 6, 16) == KCD_QUEUED);
	CHECK(offer(1, 1, 6, 16) == KCD_QUEUED);
	CHECK(fifo.pages == 16);
	CHECK(offer(2, 16, 6, 16) == KCD_SHED);
	CHECK(is(&oldest, 0, 15, 0));
	CHECK(offer(2, 16, 6, 16) == KCD_SWAPPED);
	CHECK(is(&oldest, 1, 1, 1));
	CHECK(fifo.pages == 16);
	CHECK(takes(2, 16, 2));
	CHECK(empty());
}

/* A folio that can never fit sheds what is older first, and only then goes. */
static void test_too_large_keeps_order(void)
{
	start_at(0);
	fill(0, 3, 1);
	for (int i = 0; i < 3; i++) {
		CHECK(offer(9, 512, 6, 64) == KCD_SHED);
		CHECK(is(&oldest, i, 1, i));
	}
	CHECK(offer(9, 512, 6, 64) == KCD_REFUSED);
	CHECK(empty());
}

static void test_depth_zero(void)
{
	start_at(7);
	CHECK(offer(0, 1, 0, ROOMY) == KCD_REFUSED);
	CHECK(!oldest.folio);
	CHECK(empty());
	CHECK(fifo.head == 7 && fifo.tail == 7);
}

static void test_room_zero(void)
{
	start_at(0);
	CHECK(offer(0, 1, KCD_DEPTH_MAX, 0) == KCD_REFUSED);
	CHECK(!oldest.folio);
	CHECK(empty());
}

static void test_depth_one(void)
{
	start_at(0);
	CHECK(offer(0, 1, 1, ROOMY) == KCD_QUEUED);
	for (int i = 1; i < 600; i++) {
		CHECK(offer(i, 1, 1, ROOMY) == KCD_SWAPPED);
		CHECK(is(&oldest, i - 1, 1, i - 1));
		CHECK(kcd_fifo_len(&fifo) == 1 && fifo.pages == 1);
	}
	CHECK(takes(599, 1, 599));
	CHECK(empty());
}

static void test_depth_max(void)
{
	start_at(0);
	fill(0, KCD_DEPTH_MAX, 2);
	CHECK(kcd_fifo_len(&fifo) == KCD_DEPTH_MAX);
	CHECK(fifo.pages == 2 * KCD_DEPTH_MAX);
	for (int i = 0; i < KCD_DEPTH_MAX; i++) {
		CHECK(offer(KCD_DEPTH_MAX + i, 2, KCD_DEPTH_MAX, ROOMY) == KCD_SWAPPED);
		CHECK(is(&oldest, i, 2, i));
		CHECK(kcd_fifo_len(&fifo) == KCD_DEPTH_MAX);
	}
	for (int i = KCD_DEPTH_MAX; i < 2 * KCD_DEPTH_MAX; i++)
		CHECK(takes(i, 2, i));
	CHECK(empty());
}

/* Across the ring's end, and where a 32-bit sequence number would wrap. */
static void test_wraps_at(u64 seq)
{
	start_at(seq);
	fill(0, 5, 1);
	for (int i = 5; i < 3 * KCD_DEPTH_MAX; i++) {
		CHECK(offer(i, 1 + i % 3, 6, ROOMY) ==
		      (i == 5 ? KCD_QUEUED : KCD_SWAPPED));
		if (i > 5)
			CHECK(oldest.seq == seq + i - 6 && oldest.folio->id == i - 6);
		CHECK(kcd_fifo_len(&fifo) == 6);
	}
	for (int i = 3 * KCD_DEPTH_MAX - 6; i < 3 * KCD_DEPTH_MAX; i++)
		CHECK(takes(i, 1 + i % 3, seq + i));
	CHECK(empty());
}

static void test_full_ring_wraps_at(u64 seq)
{
	start_at(seq);
	fill(0, KCD_DEPTH_MAX, 1);
	CHECK(kcd_fifo_len(&fifo) == KCD_DEPTH_MAX);
	CHECK(offer(KCD_DEPTH_MAX, 1, KCD_DEPTH_MAX, ROOMY) == KCD_SWAPPED);
	CHECK(is(&oldest, 0, 1, seq));
	for (int i = 1; i <= KCD_DEPTH_MAX; i++)
		CHECK(takes(i, 1, seq + i));
	CHECK(empty());
}

static void test_wrap_ring(void)
{
	for (u64 seq = 0; seq < KCD_DEPTH_MAX; seq += 17) {
		test_wraps_at(seq);
		test_full_ring_wraps_at(seq);
	}
}

static void test_wrap_32_bit(void)
{
	const u64 edges[] = { INT32_MAX - 100ull, UINT32_MAX - 100ull,
			      UINT32_MAX, UINT32_MAX + 1ull,
			      INT64_MAX - 100ull, 1ull << 40 };

	for (unsigned int i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		test_wraps_at(edges[i]);
		test_full_ring_wraps_at(edges[i]);
	}
}

static void test_depth_shrinks_while_full(void)
{
	int shed = 0;

	start_at(UINT32_MAX - 10ull);
	fill(0, KCD_DEPTH_MAX, 1);
	/* At the new depth but for the one that must still leave. */
	while (offer(KCD_DEPTH_MAX, 1, 6, ROOMY) == KCD_SHED) {
		CHECK(is(&oldest, shed, 1, UINT32_MAX - 10ull + shed));
		if (!CHECK(++shed < KCD_DEPTH_MAX))
			return;
	}
	CHECK(shed == KCD_DEPTH_MAX - 6);
	CHECK(is(&oldest, shed, 1, UINT32_MAX - 10ull + shed));
	CHECK(kcd_fifo_len(&fifo) == 6 && fifo.pages == 6);
	for (int i = KCD_DEPTH_MAX - 5; i <= KCD_DEPTH_MAX; i++)
		CHECK(takes(i, 1, UINT32_MAX - 10ull + i));
	CHECK(empty());
}

static void test_depth_shrinks_to_zero(void)
{
	start_at(0);
	fill(0, KCD_DEPTH_MAX, 3);
	for (int i = 0; i < KCD_DEPTH_MAX; i++) {
		CHECK(offer(300, 1, 0, ROOMY) == KCD_SHED);
		CHECK(is(&oldest, i, 3, i));
		CHECK(fifo.pages == 3ul * (KCD_DEPTH_MAX - 1 - i));
	}
	CHECK(offer(300, 1, 0, ROOMY) == KCD_REFUSED);
	CHECK(empty());
}

static void test_room_shrinks_while_full(void)
{
	start_at(0);
	fill(0, 4, 16);
	CHECK(offer(4, 16, 6, 32) == KCD_SHED);
	CHECK(is(&oldest, 0, 16, 0));
	CHECK(offer(4, 16, 6, 32) == KCD_SHED);
	CHECK(is(&oldest, 1, 16, 1));
	CHECK(offer(4, 16, 6, 32) == KCD_SWAPPED);
	CHECK(is(&oldest, 2, 16, 2));
	CHECK(kcd_fifo_len(&fifo) == 2 && fifo.pages == 32);
	CHECK(takes(3, 16, 3));
	CHECK(takes(4, 16, 4));
	CHECK(empty());
}

static void test_depth_grows(void)
{
	start_at(0);
	fill(0, 2, 1);
	CHECK(offer(2, 1, 2, ROOMY) == KCD_SWAPPED);
	CHECK(offer(3, 1, 3, ROOMY) == KCD_QUEUED);
	CHECK(kcd_fifo_len(&fifo) == 3);
	for (int i = 1; i <= 3; i++)
		CHECK(takes(i, 1, i));
	CHECK(empty());
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "take from an empty FIFO", test_take_empty },
		{ "QUEUED while there is room", test_queued },
		{ "SWAPPED at the depth", test_swapped_by_depth },
		{ "SWAPPED at the page limit", test_swapped_by_room },
		{ "page limit is inclusive, one SHED at a time", test_room_is_inclusive },
		{ "folio larger than the limit goes last", test_too_large_keeps_order },
		{ "depth 0 REFUSES", test_depth_zero },
		{ "room 0 REFUSES", test_room_zero },
		{ "depth 1", test_depth_one },
		{ "depth 256", test_depth_max },
		{ "ring wraps", test_wrap_ring },
		{ "sequence numbers beyond 2^31, 2^32, 2^63", test_wrap_32_bit },
		{ "depth shrinks while full", test_depth_shrinks_while_full },
		{ "depth shrinks to 0 while full", test_depth_shrinks_to_zero },
		{ "page limit shrinks while full", test_room_shrinks_while_full },
		{ "depth grows", test_depth_grows },
	};

	return ktap_main(cases, sizeof(cases) / sizeof(cases[0]));
}
