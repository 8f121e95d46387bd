/* notifier: sends what is in the outbox; as a service, or until nothing is due */
#ifndef NOTIFY_NOTIFIER_H
#define NOTIFY_NOTIFIER_H

#include <stdint.h>

enum notifier_mode {
	NOTIFIER_SERVICE, /* until SIGTERM */
	NOTIFIER_DRAIN,   /* until nothing is due */
	NOTIFIER_LINGER,  /* until there is nothing to do, or a service wants to take over */
};

/*
 * Deliver what is in the outbox; the store is open. There is one sender at a time: a second one
 * says so and leaves, but a service or a drain takes over from a lingering one. linger_ms: how
 * long a lingering one stays with nothing to do. Returns the exit code: EXIT_DONE; EXIT_NO if
 * another service is running, or if a drain leaves messages for later; EXIT_SYSTEM if a drain
 * cannot write.
 */
int notifier_run(enum notifier_mode mode, int64_t linger_ms);

#endif
