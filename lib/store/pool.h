/* pool: the registered pools, and which of them are alive; database errors end the program */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Register this process as a pool and take the lock on its byte of pool.lock
 * before the commit. Returns its id; *lock is the descriptor to keep open.
 */
int64_t pool_register(pid_t pid, int slots, int *lock);

/* Give up the lock. The row stays until the next pool registers. */
void pool_leave(int lock);

/* Whether that pool, or any pool, is alive: its lock says so, not its pid. */
int pool_alive(int64_t id);
int pool_any_alive(void);

/* The highest id of a pool, 0: there is none. */
int64_t pool_newest(void);

/* Every registered pool. */
void pool_list(void (*each)(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg),
	void *arg);

#endif
