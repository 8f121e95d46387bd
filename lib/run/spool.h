/* spool: the files of running attempts; functions return -1 with errno */
#ifndef RUN_SPOOL_H
#define RUN_SPOOL_H

#include <stdint.h>

/*
 * Inside the claim transaction, make the state file of the next attempt, reserve its space and
 * lock it. *attempt is the number to use; numbers whose files exist are skipped, and it is set to
 * the one used. *streams gets the bits (1 stdout, 2 stderr) of the output files that exist
 * already, empty, because a spare was used. Returns the locked descriptor. No other process can be
 * here: the caller holds the store's write lock.
 */
int spool_reserve(int64_t job, int64_t *attempt, const char *claim, int *streams);

/*
 * Spares: on a journalling file system creating and removing files is the most expensive part of a
 * short job, so a pool may keep the files of up to `max` attempts and rename them. A file is reused
 * only if nobody else has it open. A write lease (fcntl(2), F_SETLEASE) shows that. It is taken
 * after the rename, when the old name is gone and nobody knows the new one.
 */
void spool_keep_spares(int max);

/*
 * Make a spare of a settled attempt's files; streams: the bits of those that are empty. Takes over
 * the locked descriptor and returns 1. Returns 0 if there are enough spares: the caller then
 * removes the files.
 */
int spool_recycle(int64_t job, int64_t attempt, int state, int streams);

/* Remove all spares. */
void spool_drop_spares(void);

/* Open the state file, or a stream (1 stdout, 2 stderr), for reading. */
int spool_open_state(int64_t job, int64_t attempt);
int spool_open_stream(int64_t job, int64_t attempt, int stream);

/* Remove the files of an attempt. The caller holds the lock of its state file. */
void spool_remove(int64_t job, int64_t attempt);

/*
 * Remove files that belong to no running attempt and are not locked. Inside the caller's
 * transaction, so that nobody is claiming at the same time. Returns how many attempts had files
 * removed.
 */
int spool_clean(void);

/*
 * Put a finished stream into results/: a hard link, and the folder is synced. name gets its name
 * there.
 */
enum { SPOOL_RESULT_NAME = 64 };
int spool_keep(int64_t job, int64_t attempt, int stream, char name[SPOOL_RESULT_NAME]);

#endif
