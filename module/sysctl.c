// SPDX-License-Identifier: GPL-2.0
/* vm.kcompressd: the depth of the FIFOs. */
#define pr_fmt(fmt) "kcompressd: " fmt

#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysctl.h>

#include "kcompressd.h"

/* More than a number needs; a longer write is no number. */
#define KCD_SYSCTL_TEXT 32

static struct ctl_table_header *kcd_sysctl_header;

/*
 * proc_dointvec_minmax() takes the first of several numbers and lets a write
 * at an offset pass in silence; here each write is one number or an error.
 */
static int kcd_sysctl_parse(const char *buffer, size_t len, loff_t pos,
			    unsigned int *depth)
{
	char text[KCD_SYSCTL_TEXT];
	int ret;

	if (pos || !len || len >= sizeof(text) || memchr(buffer, '\0', len))
		return -EINVAL;
	memcpy(text, buffer, len);
	text[len] = '\0';
	ret = kstrtouint(strim(text), 0, depth);
	if (ret || *depth > KCD_DEPTH_MAX)
		return -EINVAL;
	return 0;
}

static int kcd_sysctl_depth(kcd_ctl_table_t *table, int write, void *buffer,
			    size_t *lenp, loff_t *ppos)
{
	unsigned int depth = kcd_control_depth_set();
	struct ctl_table value = {
		.procname = table->procname,
		.data = &depth,
		.maxlen = sizeof(depth),
	};
	int ret;

	if (!write)
		return proc_douintvec(&value, 0, buffer, lenp, ppos);

	ret = kcd_sysctl_parse(buffer, *lenp, *ppos, &depth);
	if (!ret)
		ret = kcd_control_set_depth(depth);
	if (!ret)
		*ppos += *lenp;
	return ret;
}

static struct ctl_table kcd_sysctl_table[KCD_SYSCTL_ENTRIES] = {
	{
		.procname = "kcompressd",
		.maxlen = sizeof(unsigned int),
		.mode = 0644,
		.proc_handler = kcd_sysctl_depth,
	},
};

static int kcd_sysctl_look(const char *name)
{
	struct path path;
	int ret = kern_path(name, 0, &path);

	if (!ret)
		path_put(&path);
	return ret;
}

/**
 * kcd_sysctl_check() - make sure that this kernel has no vm.kcompressd of its own
 *
 * register_sysctl() must not be asked: when a name is taken, it takes out what
 * it had not put in, and all of /proc/sys/vm is gone (fs/proc/proc_sysctl.c,
 * insert_header(), 5.10 to 7.3).
 *
 * Context: module init, may sleep; looks in the mounts of whoever loads it.
 * Return: 0; -EBUSY if it has; -ENXIO if that cannot be seen, as in a root without /proc.
 */
int kcd_sysctl_check(void)
{
	int ret = kcd_sysctl_look("/proc/sys/vm/kcompressd");

	if (!ret) {
		pr_err("this kernel has a vm.kcompressd of its own\n");
		return -EBUSY;
	}
	if (ret != -ENOENT || kcd_sysctl_look("/proc/sys/vm/swappiness")) {
		pr_err("cannot see in /proc/sys/vm whether this kernel has a vm.kcompressd of its own\n");
		return -ENXIO;
	}
	return 0;
}

/**
 * kcd_sysctl_register() - make /proc/sys/vm/kcompressd
 *
 * Context: module init, after kcd_sysctl_check().
 * Return: 0 or -ENOMEM.
 */
int kcd_sysctl_register(void)
{
	kcd_sysctl_header = register_sysctl("vm", kcd_sysctl_table);
	return kcd_sysctl_header ? 0 : -ENOMEM;
}

/**
 * kcd_sysctl_unregister() - remove it and wait for who is writing to it
 *
 * Context: process context; no lock held that setting the depth takes.
 */
void kcd_sysctl_unregister(void)
{
	unregister_sysctl_table(kcd_sysctl_header);
}
