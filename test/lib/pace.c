// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a core of the host several slower ones: threads of cgroups of the same
 * weight, which are bound to the core by the caller, get a turn each, of some
 * microseconds, at any time.
 *
 * By itself the scheduler looks only at its tick (4 ms with HZ=250) whether a turn
 * is over, so here a real-time thread takes each core for a moment every so many
 * microseconds. And a cgroup that has nothing to do would leave its turn to the
 * others, which would run faster then; so each has a thread that spins when
 * nothing else of the cgroup runs.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static struct timespec period;

struct fill {
	unsigned int cpu;
	const char *threads;
};

/* That it runs at all, before whoever ran, is what is wanted of it. */
static void __attribute__((noreturn)) *tick(void *unused)
{
	(void)unused;
	for (;;)
		nanosleep(&period, NULL);
}

static void stay_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %u", cpu);
}

/*
 * Bound and humble before it is in the cgroup: what a cgroup's threads did on
 * another core counts against its weight for a while.
 */
static void __attribute__((noreturn)) *fill(void *arg)
{
	const struct sched_param none = { 0 };
	const struct fill *to = arg;
	char tid[16];
	int fd, len;

	stay_on(to->cpu);
	if (sched_setscheduler(0, SCHED_IDLE, &none))
		err(1, "SCHED_IDLE");
	len = snprintf(tid, sizeof(tid), "%d", gettid());
	fd = open(to->threads, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, tid, len) != len)
		err(1, "%s", to->threads);
	for (;;)
		__asm__ volatile("");
}

static void start_tick(unsigned int cpu)
{
	const struct sched_param first = { .sched_priority = 1 };
	pthread_attr_t attr;
	pthread_t thread;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &first);
	errno = pthread_create(&thread, &attr, tick, NULL);
	if (errno)
		err(1, "a real-time thread on CPU %u", cpu);
}

int main(int argc, char **argv)
{
	struct fill *to = calloc(argc, sizeof(*to));
	pthread_t thread;
	cpu_set_t mine;
	pid_t parent;
	int i;

	if (argc > 1)
		period.tv_nsec = atol(argv[1]) * 1000;
	if (!to || argc % 2 || period.tv_nsec <= 0 || period.tv_nsec >= 1000000000)
		errx(2, "usage: pace MICROSECONDS [CPU FILE-FOR-THREADS-OF-CGROUP]...");
	/* Must not outlive who wants it. */
	parent = getppid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
	if (sched_getaffinity(0, sizeof(mine), &mine))
		err(1, "sched_getaffinity");
	for (i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &mine))
			start_tick(i);
	for (i = 2; i < argc; i += 2) {
		to[i].cpu = atoi(argv[i]);
		to[i].threads = argv[i + 1];
		errno = pthread_create(&thread, NULL, fill, &to[i]);
		if (errno)
			err(1, "a thread");
	}
	for (;;)
		pause();
}
