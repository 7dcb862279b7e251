/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The FIFO between kswapd and the writers: order, overflow and bounds.
 *
 * Nothing but logic: the caller holds the lock, so the same code runs in the
 * kernel and, under sanitizers and a model, in user space (test/fifo).
 */
#ifndef KCOMPRESSD_FIFO_H
#define KCOMPRESSD_FIFO_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint64_t u64;
#endif

/* Greatest depth that vm.kcompressd takes; the ring never needs more slots. */
#define KCD_DEPTH_MAX 256

struct folio;

/**
 * struct kcd_entry - a folio that waits to be written
 * @folio: locked, in the swap cache, clean, referenced by the FIFO
 * @pages: its size in base pages
 * @queued_ns: when kswapd handed it over
 * @seq: its place in the order of arrival, unique in its FIFO
 */
struct kcd_entry {
	struct folio *folio;
	unsigned int pages;
	u64 queued_ns;
	u64 seq;
};

/**
 * struct kcd_fifo - a ring of entries in order of arrival
 * @slot: the ring; the entry with sequence number s sits in s % KCD_DEPTH_MAX
 * @head: sequence number of the oldest entry
 * @tail: sequence number that the next entry will get
 * @pages: base pages of all entries
 */
struct kcd_fifo {
	struct kcd_entry slot[KCD_DEPTH_MAX];
	u64 head;
	u64 tail;
	unsigned long pages;
};

/**
 * enum kcd_offer - what became of an offered entry, and what the caller owes
 * @KCD_QUEUED: the entry is in the FIFO; nothing is owed
 * @KCD_SWAPPED: the entry is in the FIFO; the caller must write *@oldest
 * @KCD_SHED: the entry is not in; the caller must write *@oldest, then offer
 *	      the entry again
 * @KCD_REFUSED: the FIFO is empty and has no room for the entry: the caller
 *		 must write the entry itself, which keeps the order too
 */
enum kcd_offer {
	KCD_QUEUED,
	KCD_SWAPPED,
	KCD_SHED,
	KCD_REFUSED,
};

/* How many entries wait. */
static inline unsigned int kcd_fifo_len(const struct kcd_fifo *fifo)
{
	return fifo->tail - fifo->head;
}

/**
 * kcd_fifo_oldest() - look at the entry that will leave next
 * @fifo: the FIFO; its lock is held
 *
 * Return: the oldest entry, or NULL if the FIFO is empty.
 */
static inline const struct kcd_entry *kcd_fifo_oldest(const struct kcd_fifo *fifo)
{
	if (fifo->head == fifo->tail)
		return NULL;
	return &fifo->slot[fifo->head % KCD_DEPTH_MAX];
}

/**
 * kcd_fifo_take() - take the oldest entry out
 * @fifo: the FIFO; its lock is held
 * @oldest: where the entry goes
 *
 * Return: false if the FIFO is empty.
 */
static inline bool kcd_fifo_take(struct kcd_fifo *fifo, struct kcd_entry *oldest)
{
	const struct kcd_entry *entry = kcd_fifo_oldest(fifo);

	if (!entry)
		return false;
	*oldest = *entry;
	fifo->head++;
	fifo->pages -= oldest->pages;
	return true;
}

/**
 * kcd_fifo_offer() - queue an entry, taking the oldest out if there is no room
 * @fifo: the FIFO; its lock is held
 * @entry: the entry; its @seq is set if it is queued
 * @depth: greatest number of entries, at most KCD_DEPTH_MAX
 * @room: greatest number of base pages
 * @oldest: where an entry that had to make room goes; not @entry itself
 *
 * Dequeue-oldest and enqueue-new are one step, so that no second producer can
 * come between them and the order of arrival is the order of leaving. Both
 * limits may have shrunk below what is already queued: each call then sheds
 * one entry, and calling again until something else than KCD_SHED comes back
 * brings the FIFO within its limits.
 *
 * Return: see enum kcd_offer.
 */
static inline enum kcd_offer kcd_fifo_offer(struct kcd_fifo *fifo,
					    struct kcd_entry *entry,
					    unsigned int depth,
					    unsigned long room,
					    struct kcd_entry *oldest)
{
	bool shed = false;

	if (kcd_fifo_len(fifo) >= depth || fifo->pages + entry->pages > room)
		shed = kcd_fifo_take(fifo, oldest);
	if (kcd_fifo_len(fifo) >= depth || fifo->pages + entry->pages > room)
		return shed ? KCD_SHED : KCD_REFUSED;
	entry->seq = fifo->tail;
	fifo->slot[fifo->tail % KCD_DEPTH_MAX] = *entry;
	fifo->tail++;
	fifo->pages += entry->pages;
	return shed ? KCD_SWAPPED : KCD_QUEUED;
}

#endif /* KCOMPRESSD_FIFO_H */
