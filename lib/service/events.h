/* events: a descriptor that becomes readable on a signal; returns -1 with errno */
#ifndef SERVICE_EVENTS_H
#define SERVICE_EVENTS_H

/*
 * Block TERM, INT and HUP; from now on they are read from the returned descriptor. Sets CHLD to
 * its default and ignores IO.
 */
int events_signals(void);

/* Read and discard what is there, of this or of a timer. */
void events_drain(int fd);

#endif
