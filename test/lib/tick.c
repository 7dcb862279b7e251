// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the scheduler of the host choose anew, on each CPU, every so many
 * microseconds. By itself it looks only at its tick (4 ms with HZ=250) whether a
 * task has used up its quota or its turn, and a guest's CPU that stands still
 * for milliseconds is no CPU that runs in parallel to others.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static struct timespec period;

/* That it runs at all, before whoever ran, is what is wanted of it. */
static void __attribute__((noreturn)) *tick(void *unused)
{
	(void)unused;
	for (;;)
		nanosleep(&period, NULL);
}

static void start(unsigned int cpu)
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
		err(1, "CPU %u", cpu);
}

int main(int argc, char **argv)
{
	cpu_set_t mine;
	unsigned int cpu;

	if (argc == 2)
		period.tv_nsec = atol(argv[1]) * 1000;
	if (period.tv_nsec <= 0 || period.tv_nsec >= 1000000000)
		errx(2, "usage: tick MICROSECONDS");
	/* A real-time task must not outlive who wants it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sched_getaffinity(0, sizeof(mine), &mine))
		err(1, "sched_getaffinity");
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &mine))
			start(cpu);
	for (;;)
		pause();
}
