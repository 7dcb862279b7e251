// SPDX-License-Identifier: GPL-2.0
/*
 * Several producers and consumers around one FIFO under one lock, as kswapd
 * and the writers are, while the limits change. KCD_SEED in the environment
 * brings the random numbers back, though not the scheduling.
 */
#include <pthread.h>
#include <sched.h>

#include "kcompressd_fifo.h"
#include "ktap.h"
#include "rnd.h"

#define PRODUCERS 3
#define CONSUMERS 3
#define PER_PRODUCER 200000
#define ALL (PRODUCERS * PER_PRODUCER)

struct folio {
	/*
	 * Plain on purpose: only the FIFO's lock hands a folio on, so two
	 * writers of one folio are a data race that TSAN reports.
	 */
	unsigned int written;
};

static struct folio folios[ALL];

/* All below is guarded by the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static struct kcd_fifo fifo;
static unsigned int depth = 6;
static unsigned long room = 1ul << 30;
static unsigned int producing = PRODUCERS;
static unsigned long answers[KCD_REFUSED + 1];
static unsigned long taken;
/* Who was queued, in order, and how many of them have been started. */
static struct folio *arrived[ALL];
static unsigned long arrivals, starts;

static uint64_t seed;

static void write_folio(struct folio *folio, uint64_t *rnd)
{
	folio->written++;
	/* Compression takes its time, and not always the same. */
	if (!rnd_below(rnd, 8))
		sched_yield();
	for (volatile int i = rnd_below(rnd, 400); i > 0; i--)
		;
}

/* Under the lock: the entry is the oldest, and its write starts now. */
static void note_start(const struct kcd_entry *entry)
{
	CHECK(entry->seq == starts);
	if (CHECK(starts < arrivals))
		CHECK(entry->folio == arrived[starts]);
	starts++;
}

/* Under the lock: one offer, and what must hold right after it. */
static enum kcd_offer offer_checked(struct kcd_entry *entry,
				    struct kcd_entry *oldest)
{
	unsigned int before = kcd_fifo_len(&fifo);
	enum kcd_offer ret;

	ret = kcd_fifo_offer(&fifo, entry, depth, room, oldest);
	answers[ret]++;
	if (ret == KCD_SWAPPED || ret == KCD_SHED)
		note_start(oldest);
	if (ret == KCD_QUEUED || ret == KCD_SWAPPED) {
		CHECK(entry->seq == arrivals);
		arrived[arrivals++] = entry->folio;
	}
	if (ret == KCD_SHED) {
		CHECK(kcd_fifo_len(&fifo) == before - 1);
	} else {
		CHECK(kcd_fifo_len(&fifo) <= depth);
		CHECK(fifo.pages <= room);
	}
	/* Nobody older waits while the caller writes its own. */
	if (ret == KCD_REFUSED)
		CHECK(starts == arrivals && fifo.pages == 0);
	return ret;
}

static void *producer(void *arg)
{
	struct folio *own = arg;
	uint64_t rnd = seed ^ (uintptr_t)(own - folios + 1);
	bool stop = false;

	/* After a fault an offer might never end. */
	for (int i = 0; i < PER_PRODUCER && !stop; i++) {
		struct kcd_entry entry = {
			.folio = &own[i],
			.pages = rnd_pages(&rnd),
		};
		struct kcd_entry oldest;
		enum kcd_offer ret;

		do {
			pthread_mutex_lock(&lock);
			if (!rnd_below(&rnd, 100))
				depth = rnd_depth(&rnd, KCD_DEPTH_MAX);
			if (!rnd_below(&rnd, 300))
				room = rnd_room(&rnd);
			ret = offer_checked(&entry, &oldest);
			stop = ktap_bad;
			pthread_cond_signal(&filled);
			pthread_mutex_unlock(&lock);

			if (ret == KCD_SWAPPED || ret == KCD_SHED)
				write_folio(oldest.folio, &rnd);
			else if (ret == KCD_REFUSED)
				write_folio(entry.folio, &rnd);
		} while (ret == KCD_SHED && !stop);
	}
	pthread_mutex_lock(&lock);
	producing--;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *consumer(void *arg)
{
	uint64_t rnd = seed + (uintptr_t)arg;
	struct kcd_entry entry;
	bool got;

	do {
		pthread_mutex_lock(&lock);
		while (!kcd_fifo_len(&fifo) && producing)
			pthread_cond_wait(&filled, &lock);
		got = kcd_fifo_take(&fifo, &entry) && !ktap_bad;
		if (got) {
			taken++;
			note_start(&entry);
		}
		pthread_mutex_unlock(&lock);

		if (got)
			write_folio(entry.folio, &rnd);
	} while (got);
	return NULL;
}

static void test_order_and_bounds(void)
{
	pthread_t threads[PRODUCERS + CONSUMERS];

	for (int i = 0; i < PRODUCERS; i++)
		pthread_create(&threads[i], NULL, producer, &folios[i * PER_PRODUCER]);
	for (int i = 0; i < CONSUMERS; i++)
		pthread_create(&threads[PRODUCERS + i], NULL, consumer,
			       (void *)(uintptr_t)(i + 1));
	for (int i = 0; i < PRODUCERS + CONSUMERS; i++)
		pthread_join(threads[i], NULL);
}

static void test_exactly_once(void)
{
	for (int i = 0; i < ALL; i++)
		CHECK(folios[i].written == 1);
	CHECK(starts == arrivals);
	CHECK(kcd_fifo_len(&fifo) == 0 && fifo.pages == 0);
	CHECK(arrivals + answers[KCD_REFUSED] == ALL);
	CHECK(taken + answers[KCD_SWAPPED] + answers[KCD_SHED] == arrivals);
}

/* A run that never saw an answer has not tested it. */
static void test_saw_all(void)
{
	printf("# queued %lu, swapped %lu, shed %lu, refused %lu, taken %lu\n",
	       answers[KCD_QUEUED], answers[KCD_SWAPPED], answers[KCD_SHED],
	       answers[KCD_REFUSED], taken);
	for (int i = KCD_QUEUED; i <= KCD_REFUSED; i++)
		CHECK(answers[i] > 0);
	CHECK(taken > 0);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "writes start in order of arrival, within the limits",
		  test_order_and_bounds },
		{ "each folio is written once", test_exactly_once },
		{ "every answer was seen", test_saw_all },
	};

	seed = rnd_seed();
	return ktap_main(cases, sizeof(cases) / sizeof(cases[0]));
}
