// SPDX-License-Identifier: GPL-2.0-only
/*
 * Function profiles: samples of each CPU's clock, told apart by who ran and by the
 * innermost function of the kernel that says what it was doing.
 *
 * While interrupts are off no sample is taken; the one that was due is taken where
 * they are allowed again, which as a rule is the same function.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "profile.h"

#define PERIOD_NS	2000000
#define RING_PAGES	64
#define CPUS_MAX	16
#define FRAMES_MAX	256

enum who { KSWAPD, WRITER, DIRECT, LOAD, OTHER, WHO_NR };

static const char * const who_name[WHO_NR] = {
	[KSWAPD] = "kswapd",
	[WRITER] = "writers",
	[DIRECT] = "direct reclaim",
	[LOAD] = "load",
	[OTHER] = "others",
};

enum what {
	WRITE, FREE, UNMAP, SLOT, REFERENCED, SCAN, SWAPIN, RECLAIM, MODULE, FAULT, REST,
	WHAT_NR
};

static const char * const what_name[WHAT_NR] = {
	[WRITE] = "writing",
	[FREE] = "freeing",
	[UNMAP] = "unmapping",
	[SLOT] = "slots",
	[REFERENCED] = "looking for use",
	[SCAN] = "lists",
	[SWAPIN] = "swapping in",
	[RECLAIM] = "other reclaim",
	[MODULE] = "module",
	[FAULT] = "other faults",
	[REST] = "rest",
};

/* Functions of 6.1 to 7.3; a folio of one was a page of the other. */
static const struct {
	const char *function;
	enum what what;
} marks[] = {
	{ "swap_writepage", WRITE },
	{ "swap_writeout", WRITE },
	{ "__swap_writepage", WRITE },
	{ "__remove_mapping", FREE },
	{ "free_unref_page_list", FREE },
	{ "free_unref_folios", FREE },
	{ "__mem_cgroup_uncharge_list", FREE },
	{ "__mem_cgroup_uncharge_folios", FREE },
	{ "reclaim_pages", FREE },
	{ "try_to_unmap", UNMAP },
	{ "try_to_unmap_flush", UNMAP },
	{ "try_to_unmap_flush_dirty", UNMAP },
	{ "add_to_swap", SLOT },
	{ "folio_alloc_swap", SLOT },
	{ "folio_referenced", REFERENCED },
	{ "lru_gen_look_around", REFERENCED },
	{ "isolate_lru_folios", SCAN },
	{ "isolate_folios", SCAN },
	{ "scan_folios", SCAN },
	{ "shrink_active_list", SCAN },
	{ "try_to_inc_max_seq", SCAN },
	{ "move_folios_to_lru", SCAN },
	{ "move_pages_to_lru", SCAN },
	{ "do_swap_page", SWAPIN },
	{ "shrink_node", RECLAIM },
	{ "try_to_free_pages", RECLAIM },
	{ "balance_pgdat", RECLAIM },
	{ "handle_mm_fault", FAULT },
	{ "exc_page_fault", FAULT },
};

#define MARKS (sizeof(marks) / sizeof(marks[0]))

/* Where the marked functions lie, and who reclaims directly. */
static struct {
	uint64_t from;
	uint64_t to;
} place[MARKS], direct_place, module_place;

static struct {
	int fd;
	struct perf_event_mmap_page *ring;
} cpu[CPUS_MAX];

static unsigned int cpus;
static uint64_t samples[WHO_NR][WHAT_NR], lost;
static pid_t kswapd[2];

/*
 * Compilers append to the names of what they have changed. What is hardly ever run they
 * put elsewhere, in some kernels before the rest.
 */
static bool is_function(const char *symbol, const char *function)
{
	size_t len = strlen(function);

	return !strncmp(symbol, function, len) &&
	       (!symbol[len] || (symbol[len] == '.' && !strstr(symbol, ".cold")));
}

/*
 * The kernel's own symbols come in the order of their addresses, a function ends
 * where the next one begins. Those of modules come in any order.
 */
static void find_places(void)
{
	static char line[512];
	uint64_t address;
	char type, name[256];
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned int i;

	memset(place, 0, sizeof(place));
	memset(&module_place, 0, sizeof(module_place));
	memset(&direct_place, 0, sizeof(direct_place));
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %255s", &address, &type, name) != 3 ||
		    tolower(type) != 't')
			continue;
		if (strstr(line, "[kcompressd]")) {
			if (!module_place.from || address < module_place.from)
				module_place.from = address;
			if (address + G_PAGE > module_place.to)
				module_place.to = address + G_PAGE;
			continue;
		}
		if (strchr(line, '['))
			continue;
		for (i = 0; i < MARKS; i++) {
			if (place[i].from && !place[i].to && address > place[i].from)
				place[i].to = address;
			if (!place[i].from && is_function(name, marks[i].function))
				place[i].from = address;
		}
		if (direct_place.from && !direct_place.to && address > direct_place.from)
			direct_place.to = address;
		if (!strcmp(name, "try_to_free_pages"))
			direct_place.from = address;
	}
	if (file)
		fclose(file);
}

static bool is_of_load(const struct load *load, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < load->tasks; i++)
		if (load->pid[i] == pid)
			return true;
	return false;
}

static enum what what_of(const uint64_t *ip, uint64_t nr)
{
	uint64_t frame;
	unsigned int i;

	for (frame = 0; frame < nr; frame++) {
		for (i = 0; i < MARKS; i++)
			if (ip[frame] >= place[i].from && ip[frame] < place[i].to)
				return marks[i].what;
		if (ip[frame] >= module_place.from && ip[frame] < module_place.to)
			return MODULE;
	}
	return REST;
}

static bool any_in(const uint64_t *ip, uint64_t nr, uint64_t from, uint64_t to)
{
	uint64_t frame;

	for (frame = 0; frame < nr; frame++)
		if (ip[frame] >= from && ip[frame] < to)
			return true;
	return false;
}

static enum who who_of(const struct load *load, pid_t pid, const uint64_t *ip, uint64_t nr)
{
	if (pid == kswapd[0] || (kswapd[1] && pid == kswapd[1]))
		return KSWAPD;
	if (is_of_load(load, pid))
		return any_in(ip, nr, direct_place.from, direct_place.to) ? DIRECT : LOAD;
	if (any_in(ip, nr, module_place.from, module_place.to))
		return WRITER;
	return OTHER;
}

/* As PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN lays it out. */
struct sample_record {
	struct perf_event_header header;
	uint32_t pid;
	uint32_t tid;
	uint64_t nr;
	uint64_t ip[FRAMES_MAX];
};

static void take(const struct load *load, const struct sample_record *record)
{
	uint64_t nr = record->nr < FRAMES_MAX ? record->nr : FRAMES_MAX;

	samples[who_of(load, record->pid, record->ip, nr)][what_of(record->ip, nr)]++;
}

/* A record may go on at the ring's begin. */
static void copy(void *to, const struct perf_event_mmap_page *ring, uint64_t at, size_t len)
{
	const char *data = (const char *)ring + G_PAGE;
	size_t i;

	for (i = 0; i < len; i++)
		((char *)to)[i] = data[(at + i) % (RING_PAGES * G_PAGE)];
}

static void read_ring(const struct load *load, struct perf_event_mmap_page *ring)
{
	static struct sample_record record;
	uint64_t tail = ring->data_tail;
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
	uint64_t number[2];
	size_t len;

	while (tail < head) {
		copy(&record.header, ring, tail, sizeof(record.header));
		len = record.header.size < sizeof(record) ? record.header.size : sizeof(record);
		copy(&record, ring, tail, len);
		if (record.header.type == PERF_RECORD_SAMPLE) {
			take(load, &record);
		} else if (record.header.type == PERF_RECORD_LOST) {
			/* Which event it is of, and how many. */
			memcpy(number, &record.header + 1, sizeof(number));
			lost += number[1];
		}
		tail += record.header.size;
	}
	__atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
}

static int open_cpu(unsigned int number)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD_NS,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN,
		.disabled = 1,
		.exclude_idle = 1,
		.exclude_callchain_user = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, number, -1, 0);
	void *ring;

	if (fd < 0)
		return -errno;
	ring = mmap(NULL, (1 + RING_PAGES) * G_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	cpu[number].fd = fd;
	cpu[number].ring = ring;
	return 0;
}

int profile_open(void)
{
	int rc = 0;

	kswapd[0] = g_task_find("kswapd0");
	kswapd[1] = g_task_find("kswapd1");
	for (cpus = 0; !rc && cpus < (unsigned int)g_cpus_online(); cpus++)
		rc = cpus < CPUS_MAX ? open_cpu(cpus) : -E2BIG;
	return rc;
}

void profile_begin(void)
{
	unsigned int i;

	/* The module may have come since. */
	find_places();
	memset(samples, 0, sizeof(samples));
	lost = 0;
	for (i = 0; i < cpus; i++)
		ioctl(cpu[i].fd, PERF_EVENT_IOC_ENABLE, 0);
}

void profile_read(const struct load *load)
{
	unsigned int i;

	for (i = 0; i < cpus; i++)
		read_ring(load, cpu[i].ring);
}

void profile_end(const struct load *load, unsigned int number, const char *setting)
{
	unsigned int i, who, what;

	for (i = 0; i < cpus; i++)
		ioctl(cpu[i].fd, PERF_EVENT_IOC_DISABLE, 0);
	profile_read(load);
	if (lost)
		g_out("note,%llu samples were lost", (unsigned long long)lost);
	for (who = 0; who < WHO_NR; who++)
		for (what = 0; what < WHAT_NR; what++)
			if (samples[who][what])
				g_out("profile,%u,%s,%s,%s,%.0f", number, setting,
				      who_name[who], what_name[what],
				      samples[who][what] * (PERIOD_NS / 1e6));
}
