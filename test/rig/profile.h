/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_PROFILE_H
#define RIG_PROFILE_H

#include "load.h"

/**
 * profile_open() - prepare for taking samples of what all CPUs do
 *
 * Return: 0 or a negative errno.
 */
int profile_open(void);

/**
 * profile_begin() - take samples from now on
 *
 * Those taken until the last profile_end() are forgotten.
 */
void profile_begin(void);

/**
 * profile_read() - look at the samples so far
 * @load: whose tasks are told from others
 *
 * To be called a few times a second, or samples are lost.
 */
void profile_read(const struct load *load);

/**
 * profile_end() - take no more samples, and print what was seen
 * @load: whose tasks are told from others
 * @number: of the interval
 * @setting: of the module
 *
 * Lines of CSV: who ran, what it was doing, for how long (ms, of all CPUs).
 */
void profile_end(const struct load *load, unsigned int number, const char *setting);

#endif
