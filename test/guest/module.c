// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading modules through libkmod. */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"

bool g_module_loaded(const char *name)
{
	char path[G_PATH], state[16];

	/* Built-in modules may have a directory too, but no state. */
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return g_read(path, state, sizeof(state)) > 0;
}

static int probe(struct kmod_ctx *ctx, const char *name, const char *params)
{
	const unsigned int flags = KMOD_PROBE_FAIL_ON_LOADED;
	struct kmod_list *list = NULL, *item;
	struct kmod_module *module;
	int rc;

	rc = kmod_module_new_from_lookup(ctx, name, &list);
	if (rc < 0)
		return rc;
	if (!list)
		return -ENOENT;
	kmod_list_foreach(item, list) {
		module = kmod_module_get_module(item);
		rc = kmod_module_probe_insert_module(module, flags, params,
						     NULL, NULL, NULL);
		kmod_module_unref(module);
		if (rc < 0)
			break;
	}
	kmod_module_unref_list(list);
	return rc;
}

/* -EEXIST if it is loaded already, also if it is built in. */
int g_module_load(const char *name, const char *params)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	int rc;

	if (!ctx)
		return -ENOMEM;
	rc = probe(ctx, name, params);
	kmod_unref(ctx);
	return rc;
}

int g_module_unload(const char *name)
{
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	int rc;

	if (!g_module_loaded(name))
		return 0;
	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return -ENOMEM;
	rc = kmod_module_new_from_name(ctx, name, &module);
	if (!rc) {
		rc = kmod_module_remove_module(module, O_NONBLOCK);
		kmod_module_unref(module);
	}
	kmod_unref(ctx);
	return rc;
}
