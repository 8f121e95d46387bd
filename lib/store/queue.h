/* queue: limits and pauses, and what waits in each queue; database errors end the program */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <stdint.h>

struct queue {
	const char *name;
	int64_t waiting, held, running;
	int64_t limit; /* -1: none */
	int paused;
	int64_t oldest; /* created_at of the oldest waiting job, -1: none */
};

/*
 * Call each() for every queue that has unfinished jobs or settings, by name;
 * name != NULL: only for that one. `waiting` counts the jobs that could start, `held`
 * those that may not (enum job_hold). Returns how many.
 */
int queue_list(const char *name, void (*each)(const struct queue *q, void *arg), void *arg);

/* Set one queue's limit (-1: none) or pause; inside the caller's transaction. */
void queue_set_limit(const char *name, int64_t limit);
void queue_set_paused(const char *name, int paused);

/* Pause or resume all queues, also future ones; settings of single queues are dropped. */
void queue_set_all_paused(int paused);

/* A valid queue name: 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with "-". */
int queue_name_valid(const char *name);

#endif
