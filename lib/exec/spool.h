/* spool: the files of running attempts; functions return -1 with errno */
#ifndef EXEC_SPOOL_H
#define EXEC_SPOOL_H

#include <stdint.h>

/*
 * Inside the claim transaction: create the state file of the next attempt,
 * reserve its space and lock it. *attempt is the number wished for and the
 * number that was got: one whose file belongs to a living shim (a backup was
 * restored over a newer spool) is passed over; a dead one's files make way.
 * Returns the locked descriptor. Nobody else can be in here: the caller holds
 * the store's write lock.
 */
int spool_reserve(int64_t job, int64_t *attempt, const char *claim);

/* Open the state file, or a stream (1 stdout, 2 stderr) for reading. */
int spool_open_state(int64_t job, int64_t attempt);
int spool_open_stream(int64_t job, int64_t attempt, int stream);

/* Remove the files of an attempt. The caller holds the lock of its state file. */
void spool_remove(int64_t job, int64_t attempt);

/*
 * Remove what belongs to no running attempt and is not locked. Inside the
 * caller's transaction, so that nobody is about to claim. Returns how many
 * attempts were cleared away.
 */
int spool_clean(void);

/* Put a finished stream into results/ (a hard link, the folder synced). name gets its name there. */
enum { SPOOL_RESULT_NAME = 64 };
int spool_keep(int64_t job, int64_t attempt, int stream, char name[SPOOL_RESULT_NAME]);

#endif
