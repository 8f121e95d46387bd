/* spool: the files of running attempts; functions return -1 with errno */
#ifndef RUN_SPOOL_H
#define RUN_SPOOL_H

#include <stdint.h>

/*
 * Inside the claim transaction: make the state file of the next attempt,
 * with its space reserved, and lock it. *attempt is the number wished for and the
 * number that was got: one whose file is there already is passed over.
 * *streams gets the bits (1 stdout, 2 stderr) of those output files that are
 * there already, empty, since a spare was used. Returns the locked descriptor.
 * Nobody else can be in here: the caller holds the store's write lock.
 */
int spool_reserve(int64_t job, int64_t *attempt, const char *claim, int *streams);

/*
 * Spares: creating and removing files is the dearest part of a short job on a
 * journalling file system, so a pool may keep up to `max` attempts' files and
 * rename them. A file is used again only if nobody else has it open, which
 * the kernel tells by a write lease (fcntl(2), F_SETLEASE), asked after the
 * rename: nobody finds it by its old name any more, and nobody knows the new.
 */
void spool_keep_spares(int max);

/*
 * A settled attempt's files become a spare; streams: the bits of those that
 * are empty. Takes over the locked descriptor and returns 1; or 0: there are
 * enough, the caller removes the files.
 */
int spool_recycle(int64_t job, int64_t attempt, int state, int streams);

/* Remove all spares. */
void spool_drop_spares(void);

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
