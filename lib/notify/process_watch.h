/* watched: processes of others, pinned by pidfds until they have ended */
#ifndef NOTIFY_PROCESS_WATCH_H
#define NOTIFY_PROCESS_WATCH_H

#include <stdint.h>

struct pollfd;

struct watched {
	struct watched_process *first;
	int64_t newest; /* the last row that was looked at */
	unsigned count;
};

/* Pin those that were added to the store since the last call. */
void watched_look(struct watched *w);

/* Fill in what to poll, at most `room`. Returns how many. */
unsigned watched_poll(const struct watched *w, struct pollfd *fds, unsigned room);

/* Whether one has ended that watched_settle() would report. */
int watched_any_ended(struct watched *w);

/* Report what has ended, inside the caller's transaction; forget it with watched_forget() after the commit. */
void watched_settle(const struct watched *w, int64_t now);
void watched_forget(struct watched *w);
void watched_free(struct watched *w);

/* Store a watch on a living process for `target`. Returns its id; without such a process: 0. */
int64_t watched_add(int64_t pid, const char *target, int64_t now);

/* Wait for the end of a process here. Returns 0, or -1 if there is none of that pid. */
int watched_wait(int64_t pid);

#endif
