/* up: keep services running together in the foreground; without resources to work with it ends the program */
#ifndef CLI_UP_H
#define CLI_UP_H

#include <stddef.h>

struct up_service {
	const char *name;     /* for messages */
	const char *path;     /* of its program */
	const char *argument; /* its only one; NULL: none */
};

/*
 * Start them, and start each again that ends: after 200 ms, twice that the
 * next time, up to 30 s; from the beginning after a minute of life. Each has a
 * process group of its own, /dev/null as stdin, and our stdout and stderr (a
 * message is one write(2), so that lines do not mix). TERM, INT or HUP: they
 * get TERM, after 10 s or at a second signal KILL. If we are killed they get
 * TERM from the kernel. Returns when all have ended.
 */
void up_run(const struct up_service *services, size_t count);

#endif
