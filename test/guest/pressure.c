// SPDX-License-Identifier: GPL-2.0-only
/* Processes that rewrite memory without pause, checking it each time. */
#include <err.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "guest.h"

static void __attribute__((noreturn)) press(struct g_pressure *p, size_t mb,
					    enum g_kind kind)
{
	struct g_memory m;
	size_t page;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	g_write("/proc/self/oom_score_adj", "500");
	g_memory_map(&m, mb, kind);
	for (page = 0; !p->stop; page = (page + 1) % m.pages) {
		if (!g_page_check(&m, page)) {
			p->bad_page = page;
			_exit(1);
		}
		g_page_write(&m, page);
		p->pages++;
	}
	/* What was written last has not been read yet. */
	p->bad_page = g_memory_check(&m);
	_exit(p->bad_page >= 0);
}

struct g_pressure *g_pressure_start(size_t mb, enum g_kind kind)
{
	struct g_pressure *p;

	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	p->bad_page = -1;
	p->pid = fork();
	if (p->pid < 0)
		err(1, "fork");
	if (!p->pid)
		press(p, mb, kind);
	return p;
}

int g_pressure_wait(struct g_pressure *p, unsigned long pages, unsigned int ms)
{
	uint64_t end = g_now_ns() + ms * 1000000ull;

	while (p->pages < pages) {
		if (g_now_ns() > end)
			return -ETIMEDOUT;
		g_sleep_ms(10);
	}
	return 0;
}

int g_pressure_stop(struct g_pressure *p)
{
	int status, rc = 0;

	p->stop = true;
	if (waitpid(p->pid, &status, 0) != p->pid || status)
		rc = -EIO;
	munmap(p, sizeof(*p));
	return rc;
}
