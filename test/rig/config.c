// SPDX-License-Identifier: GPL-2.0-only
/* What to measure, as the environment says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static const char *missing;

static const char *text(const char *name)
{
	const char *value = getenv(name);

	if (!value || !*value)
		missing = name;
	return value ?: "";
}

static unsigned int number(const char *name)
{
	const char *value = text(name);
	unsigned long n;
	char *end;

	n = strtoul(value, &end, 10);
	if (*end)
		missing = name;
	return n;
}

static bool setting_parse(struct setting *s, const char *name)
{
	char *end;

	memset(s, 0, sizeof(*s));
	if (strlen(name) >= sizeof(s->name))
		return false;
	snprintf(s->name, sizeof(s->name), "%s", name);
	if (!strcmp(name, "none"))
		return true;
	s->loaded = true;
	s->depth = strtoul(name, &end, 10);
	if (end != name && *end == '/')
		s->writers = strtoul(end + 1, &end, 10);
	return end != name && !*end;
}

static void settings(struct config *c, const char *name)
{
	char *list = strdup(text(name)), *rest = list, *one;

	while ((one = strsep(&rest, ","))) {
		if (c->settings == CONFIG_SETTINGS_MAX ||
		    !setting_parse(&c->setting[c->settings++], one)) {
			missing = name;
			break;
		}
	}
	free(list);
}

const char *config_read(struct config *c)
{
	memset(c, 0, sizeof(*c));
	missing = NULL;
	c->load = text("RIG_LOAD");
	c->tasks = number("RIG_TASKS");
	c->active = number("RIG_ACTIVE");
	c->load_mb = number("RIG_LOAD_MB");
	c->page_kb = number("RIG_PAGE_KB");
	c->swap = text("RIG_SWAP");
	c->algorithm = text("RIG_ALGO");
	c->swap_mb = number("RIG_SWAP_MB");
	c->pairs = number("RIG_PAIRS");
	c->settle_ms = number("RIG_SETTLE_MS");
	c->measure_ms = number("RIG_MEASURE_MS");
	c->profile = number("RIG_PROFILE");
	if (!setting_parse(&c->off, text("RIG_OFF")))
		missing = "RIG_OFF";
	settings(c, "RIG_SETTINGS");
	return missing;
}
