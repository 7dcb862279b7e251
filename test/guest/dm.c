// SPDX-License-Identifier: GPL-2.0-only
/* Device-mapper devices of one target, such as one whose writes fail. */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guest.h"

struct request {
	struct dm_ioctl dm;
	struct dm_target_spec target;
	char params[G_PATH];
};

static int request(unsigned long command, struct request *r, const char *name,
		   unsigned int flags)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	r->dm.version[0] = DM_VERSION_MAJOR;
	r->dm.data_size = sizeof(*r);
	r->dm.data_start = offsetof(struct request, target);
	r->dm.flags = flags;
	snprintf(r->dm.name, sizeof(r->dm.name), "%s", name);
	rc = ioctl(fd, command, r) ? -errno : 0;
	close(fd);
	return rc;
}

int g_dm_create(const char *name, size_t mb, const char *target,
		const char *params, char *path)
{
	struct request created = { 0 }, loaded = { 0 }, resumed = { 0 };
	int rc;

	rc = request(DM_DEV_CREATE, &created, name, 0);
	if (rc)
		return rc;
	loaded.dm.target_count = 1;
	loaded.target.length = mb * G_MB / 512;
	snprintf(loaded.target.target_type, sizeof(loaded.target.target_type),
		 "%s", target);
	snprintf(loaded.params, sizeof(loaded.params), "%s", params);
	rc = request(DM_TABLE_LOAD, &loaded, name, 0);
	if (!rc)
		rc = request(DM_DEV_SUSPEND, &resumed, name, 0);
	if (rc)
		g_dm_remove(name);
	else
		snprintf(path, G_PATH, "/dev/dm-%u", minor(created.dm.dev));
	return rc;
}

int g_dm_remove(const char *name)
{
	struct request r = { 0 };
	int rc;

	if (!g_exists("/dev/mapper/control"))
		return 0;
	rc = request(DM_DEV_REMOVE, &r, name, 0);
	return rc == -ENXIO ? 0 : rc;
}
