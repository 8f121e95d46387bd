/* up: keep services running together in the foreground; a lack of resources ends the program */
#ifndef CLI_UP_H
#define CLI_UP_H

#include <stddef.h>

struct up_service {
	const char *name;     /* for messages */
	const char *path;     /* of its program */
	const char *argument; /* its only argument; NULL: none */
};

/*
 * Start the services, and restart each one that ends: after 200 ms, then after twice as long each
 * time, up to 30 s; a service that ran for a minute starts again with 200 ms. Each has a process
 * group of its own, /dev/null as stdin, and our stdout and stderr (a message is one write(2), so
 * that lines do not mix). On TERM, INT or HUP they get TERM; after 10 s, or at a second signal,
 * they get KILL. If we are killed, the kernel sends them TERM. Returns when all have ended.
 */
void up_run(const struct up_service *services, size_t count);

#endif
