/* events: descriptors that become readable on a signal or at a time; return -1 with errno */
#ifndef SERVICE_EVENTS_H
#define SERVICE_EVENTS_H

#include <stdint.h>

/* TERM, INT and HUP, blocked and read from a descriptor from now on; CHLD is default, IO ignored. */
int events_signals(void);

/* A timer for points in time on the real-time clock, not set yet. */
int events_due(void);

/*
 * Set it to `due` (ms since 1970; -1: never). It also becomes readable when
 * the clock is set (TFD_TIMER_CANCEL_ON_SET), so that nothing comes late then.
 */
int events_set_due(int fd, int64_t due);

/* A timer that goes off every `ms` on CLOCK_BOOTTIME; -1 for ms <= 0. */
int events_every(int64_t ms);

/* Read what is there, of any of these. */
void events_drain(int fd);

#endif
