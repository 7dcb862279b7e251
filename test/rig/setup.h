/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_SETUP_H
#define RIG_SETUP_H

#include "config.h"

/**
 * set_up() - set up swap, page sizes and watermarks
 * @c: how
 * @what: set to what failed
 *
 * Return: 0 or a negative errno.
 */
int set_up(const struct config *c, const char **what);

#endif
