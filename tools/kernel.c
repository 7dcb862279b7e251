// SPDX-License-Identifier: GPL-2.0-only
/* The running kernel, and the module's file that belongs to it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "ctl.h"

/* A record of the kernel's log is at most as long. */
#define RECORD_SIZE 8192

const char *kernel_release(void)
{
	static char *release;

	if (!release)
		release = file_read("/proc/sys/kernel/osrelease") ?:
			  text_copy("unknown");
	return release;
}

/* Where distributions keep it; zlib reads what is not compressed as well. */
static gzFile open_config(void)
{
	const char *release = kernel_release();
	char *places[] = {
		file_path("/proc/config.gz"),
		file_path("/boot/config-%s", release),
		file_path("/lib/modules/%s/config", release),
	};
	gzFile file = NULL;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!file)
			file = gzopen(places[i], "r");
		free(places[i]);
	}
	return file;
}

char kernel_config(const char *option)
{
	autofree char *set = text_print("CONFIG_%s=", option);
	gzFile file = open_config();
	char line[1024], value = 'n';

	if (!file)
		return 0;
	while (gzgets(file, line, sizeof(line)))
		if (!strncmp(line, set, strlen(set)))
			value = line[strlen(set)];
	gzclose(file);
	return value;
}

bool kernel_bans_module(void)
{
	static const char option[] = "module_blacklist=";
	autofree char *text = file_read("/proc/cmdline");
	char *rest = text, *word, *name;

	while ((word = strsep(&rest, " "))) {
		if (strncmp(word, option, strlen(option)))
			continue;
		word += strlen(option);
		while ((name = strsep(&word, ",")))
			if (!strcmp(name, CTL_NAME))
				return true;
	}
	return false;
}

/* "0-3,8": ranges of CPUs. */
static unsigned int count_cpus(char *rest)
{
	char *range;
	unsigned int first, last, cpus = 0;

	while ((range = strsep(&rest, ",")))
		switch (sscanf(range, "%u-%u", &first, &last)) {
		case 1:
			cpus++;
			break;
		case 2:
			cpus += last - first + 1;
			break;
		}
	return cpus;
}

unsigned int kernel_cpus_online(void)
{
	autofree char *text = file_read("/sys/devices/system/cpu/online");

	return count_cpus(text);
}

unsigned int kernel_cpus_fewest(void)
{
	autofree char *path = file_path("/sys/devices/system/node");
	unsigned int cpus, nid, fewest = kernel_cpus_online();
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		autofree char *text = NULL;

		if (sscanf(entry->d_name, "node%u", &nid) != 1)
			continue;
		text = file_read("/sys/devices/system/node/node%u/cpulist", nid);
		cpus = count_cpus(text);
		if (cpus && cpus < fewest)
			fewest = cpus;
	}
	if (dir)
		closedir(dir);
	return fewest;
}

/* Appends the lines of ours that a piece of the log holds. */
static char *add_lines(char *log, char *piece)
{
	static const char ours[] = CTL_NAME ": ";
	char *line, *begin, *longer;

	while ((line = lines_next(&piece))) {
		/* "priority,number,time,flags;text" in /dev/kmsg */
		begin = strchr(line, ';');
		begin = begin ? begin + 1 : line;
		if (strncmp(begin, ours, strlen(ours)))
			continue;
		longer = text_print("%s%s\n", log, begin);
		free(log);
		log = longer;
	}
	return log;
}

/* Each read gives one record; EPIPE: some were overwritten meanwhile. */
char *kernel_log(void)
{
	autofree char *path = file_path("/dev/kmsg");
	char record[RECORD_SIZE], *log;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	log = text_copy("");
	do {
		got = read(fd, record, sizeof(record) - 1);
		if (got > 0) {
			record[got] = 0;
			log = add_lines(log, record);
		}
	} while (got > 0 || (got < 0 && errno == EPIPE));
	close(fd);
	return log;
}

static void read_info(struct module_file *file, struct kmod_module *module)
{
	struct kmod_list *list = NULL, *item;
	const char *key, *value;
	char *longer;

	if (kmod_module_get_info(module, &list) < 0)
		return;
	kmod_list_foreach(item, list) {
		key = kmod_module_info_get_key(item);
		value = kmod_module_info_get_value(item);
		if (!strcmp(key, "version")) {
			file->version = text_copy(value);
		} else if (!strcmp(key, "signer")) {
			file->signer = text_copy(value);
		} else if (!strcmp(key, "prototype")) {
			longer = text_print("%s%s\n", file->prototypes ?: "",
					    value);
			free(file->prototypes);
			file->prototypes = longer;
		}
	}
	kmod_module_info_free_list(list);
}

static bool is_blacklisted(struct kmod_ctx *kmod)
{
	struct kmod_config_iter *iter = kmod_config_get_blacklists(kmod);
	bool found = false;

	while (iter && kmod_config_iter_next(iter))
		if (!strcmp(kmod_config_iter_get_key(iter), CTL_NAME))
			found = true;
	kmod_config_iter_free_iter(iter);
	return found;
}

static void find_module(struct module_file *file, struct kmod_ctx *kmod)
{
	struct kmod_list *list = NULL;
	struct kmod_module *module;

	file->blacklisted = is_blacklisted(kmod);
	if (kmod_module_new_from_lookup(kmod, CTL_NAME, &list) < 0 || !list)
		return;
	module = kmod_module_get_module(list);
	if (kmod_module_get_path(module)) {
		file->path = text_copy(kmod_module_get_path(module));
		read_info(file, module);
	}
	kmod_module_unref(module);
	kmod_module_unref_list(list);
}

void module_file_find(struct module_file *file)
{
	autofree char *modules = file_path("/lib/modules/%s", kernel_release());
	autofree char *etc = file_path("/etc/modprobe.d");
	autofree char *run = file_path("/run/modprobe.d");
	autofree char *lib = file_path("/lib/modprobe.d");
	const char *config[] = { etc, run, lib, NULL };
	struct kmod_ctx *kmod;

	memset(file, 0, sizeof(*file));
	kmod = kmod_new(modules, config);
	if (!kmod)
		ctl_die(CTL_FAILED, "out of memory");
	/* It says on stderr what the caller says better. */
	kmod_set_log_priority(kmod, 0);
	find_module(file, kmod);
	kmod_unref(kmod);
}

void module_file_free(struct module_file *file)
{
	free(file->path);
	free(file->version);
	free(file->signer);
	free(file->prototypes);
}
