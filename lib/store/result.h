/* result: the output of jobs, stored in full: small streams in the database, large ones in results/.
 * Database errors end the program; errors of files are returned. */
#ifndef STORE_RESULT_H
#define STORE_RESULT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Streams above this many bytes are files in results/. */
enum { RESULT_INLINE_MAX = 1 << 20 };

enum result_stream { RESULT_STDOUT = 1, RESULT_STDERR = 2 };

/*
 * Store `size` bytes of an open file as a stream of an attempt. omitted != 0:
 * that many bytes in the middle are left out; the first cut_at bytes are from the
 * start of the file, the others from its end. Nothing is stored for an empty
 * stream. Inside the caller's transaction; memory use does not depend on the
 * size. Returns 0, or -1 with errno when the file could not be read.
 */
int result_save(int64_t job, int64_t attempt, enum result_stream stream, int fd, int64_t size,
	int64_t cut_at, int64_t omitted);

/* The same for a stream that is already in results/ under this name, synced. */
void result_save_file(int64_t job, int64_t attempt, enum result_stream stream, const char *file,
	int64_t size, int64_t cut_at, int64_t omitted);

/*
 * A stored stream. Returns 0; RESULT_NONE if that attempt has none (it is
 * empty); RESULT_LOST if its file cannot be opened. Read it in pieces with
 * result_read(): bytes read at offset, 0 at the end, -1 if its file cannot be
 * read. size counts the bytes kept. After RESULT_LOST or -1 result_error()
 * says why.
 */
enum { RESULT_NONE = -1, RESULT_LOST = -2 };
struct result {
	int64_t size, omitted, cut_at;
	struct db_blob *blob;
	int fd;
};
int result_open(int64_t job, int64_t attempt, enum result_stream stream, struct result *r);
ssize_t result_read(struct result *r, int64_t offset, void *data, size_t n);
void result_close(struct result *r);
const char *result_error(void);

/*
 * Read up to `most` bytes of a stored stream, from offset `from` or, if that
 * is below 0, the last ones. Returns 0, also for an empty stream, with data that the
 * caller frees, a NUL after its n bytes; or -1 with data NULL: result_error().
 */
struct result_part {
	char *data;
	size_t n;
	int64_t size, omitted; /* as in struct result */
};
int result_part(int64_t job, int64_t attempt, enum result_stream stream, int64_t from, size_t most,
	struct result_part *part);

/*
 * The input of a job as an open descriptor at its start (memory or file);
 * RESULT_NO_INPUT, or RESULT_INPUT_LOST with a warning.
 */
enum { RESULT_NO_INPUT = -1, RESULT_INPUT_LOST = -2 };
int result_input(int64_t job);

/*
 * Read a job's input from a descriptor up to its end: into *data when it is small
 * (the caller frees it), else into a synced file in results/ whose name is put
 * into `file`, for job_add() to rename or result_discard() to remove. Returns the
 * size, or -1 with errno.
 */
enum { RESULT_NAME = 64 };
int64_t result_stage(int fd, void **data, char file[RESULT_NAME]);
void result_discard(const char *file);

/* Whether a file of that name in results/ belongs to a job. */
int result_file_used(const char *name);

#endif
