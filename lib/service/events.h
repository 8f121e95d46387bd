/* events: a descriptor that becomes readable on a signal; returns -1 with errno */
#ifndef SERVICE_EVENTS_H
#define SERVICE_EVENTS_H

/*
 * Block TERM, INT and HUP; from now on they are read from the returned descriptor. Sets SIGCHLD to
 * its default and ignores SIGIO.
 */
int events_signals(void);

/* Read and discard what is there; also for a timer's descriptor. */
void events_drain(int fd);

#endif
