/* process_watch: processes of others, pinned by pidfds until they have ended */
#ifndef NOTIFY_PROCESS_WATCH_H
#define NOTIFY_PROCESS_WATCH_H

#include <stdint.h>

struct loop;

struct process_watch {
	struct loop *loop; /* a process that ends wakes it */
	struct watched_process *first;
	int64_t newest; /* the last row that was looked at */
	unsigned count;
};

/* Pin those that were added to the store since the last call, and watch them. */
void process_watch_look(struct process_watch *w);

/* Whether one has ended that process_watch_settle() would report. */
int process_watch_any_ended(struct process_watch *w);

/* Report what has ended, inside the caller's transaction; forget it with process_watch_forget() after the commit. */
void process_watch_settle(const struct process_watch *w, int64_t now);
void process_watch_forget(struct process_watch *w);
void process_watch_free(struct process_watch *w);

/* Store a watch on a living process for `target`. Returns its id; without such a process: 0. */
int64_t process_watch_add(int64_t pid, const char *target, int64_t now);

/* Wait for the end of a process here. Returns 0, or -1 if there is none of that pid. */
int process_watch_wait(int64_t pid);

#endif
