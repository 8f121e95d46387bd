/* events: a descriptor that becomes readable on a signal; returns -1 with errno */
#ifndef SERVICE_EVENTS_H
#define SERVICE_EVENTS_H

/* TERM, INT and HUP, blocked and read from a descriptor from now on; CHLD is default, IO ignored. */
int events_signals(void);

/* Read what is there, of this or of a timer. */
void events_drain(int fd);

#endif
