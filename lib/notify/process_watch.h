/* process_watch: other programs' processes, pinned by pidfds until they end */
#ifndef NOTIFY_PROCESS_WATCH_H
#define NOTIFY_PROCESS_WATCH_H

#include <stdint.h>

struct loop;

struct process_watch {
	struct loop *loop; /* woken when a process ends */
	struct watched_process *first;
	int64_t newest; /* the last row seen so far */
	unsigned count;
};

/* Pin and watch the processes that were added to the store since the last call. */
void process_watch_look(struct process_watch *w);

/* Whether a process has ended that process_watch_settle() would report. */
int process_watch_any_ended(struct process_watch *w);

/*
 * Report the processes that have ended, inside the caller's transaction; call
 * process_watch_forget() after the commit.
 */
void process_watch_settle(const struct process_watch *w, int64_t now);
void process_watch_forget(struct process_watch *w);
void process_watch_free(struct process_watch *w);

/*
 * Store a watch on a living process for `target`. Returns its id, or 0 if there is no such
 * process.
 */
int64_t process_watch_add(int64_t pid, const char *target, int64_t now);

/* Wait here until a process ends. Returns 0, or -1 if there is no such process. */
int process_watch_wait(int64_t pid);

#endif
