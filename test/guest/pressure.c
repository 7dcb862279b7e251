// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that rewrite memory, checking it each time.
 *
 * Now and then they rest, so that kswapd gets to sleep: RCU-tasks, on which
 * ftrace and unloading wait, otherwise takes tens of seconds on an emulator.
 */
#include <err.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define REST_PAGES	4096
#define REST_MS		40

static void __attribute__((noreturn)) press(struct g_pressure *p, size_t mb,
					    enum g_kind kind)
{
	/* Not before all was written once. */
	unsigned long rest = mb * G_MB / G_PAGE;
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
		if (p->pages > rest && !(p->pages % REST_PAGES))
			g_sleep_ms(REST_MS);
	}
	/* What was written last has not been read yet. */
	p->bad_page = g_memory_check(&m);
	_exit(p->bad_page >= 0);
}

struct g_pressure *g_pressure_start(size_t mb, enum g_kind kind)
{
	struct g_pressure *p;
	pid_t pid;

	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	p->bad_page = -1;
	/* Both processes share *p: only the parent may write the id. */
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid)
		press(p, mb, kind);
	p->pid = pid;
	return p;
}

/* For who reads why it took so long. */
static void tell_where(const char *name, pid_t pid)
{
	char path[G_PATH], text[4096], *line, *rest = text;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (g_read(path, text, sizeof(text)) > 0)
		g_note("%s: %.60s", name, text);
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	if (g_read(path, text, sizeof(text)) > 0)
		while ((line = strsep(&rest, "\n")))
			g_note("%s: %s", name, line);
}

int g_pressure_wait(struct g_pressure *p, unsigned long pages, unsigned int ms)
{
	uint64_t end = g_now_ns() + ms * 1000000ull * g_patience();

	while (p->pages < pages) {
		if (g_now_ns() > end) {
			g_note("the load is at page %lu of %lu", p->pages, pages);
			tell_where("load", p->pid);
			tell_where("kswapd0", g_task_find("kswapd0"));
			return -ETIMEDOUT;
		}
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
