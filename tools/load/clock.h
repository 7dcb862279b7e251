/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LOAD_CLOCK_H
#define LOAD_CLOCK_H

#include <stdint.h>

/* Nanoseconds that never go back. */
uint64_t g_now_ns(void);
void g_sleep_ms(unsigned int ms);

#endif /* LOAD_CLOCK_H */
