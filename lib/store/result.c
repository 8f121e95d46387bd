/* result: the output of jobs, stored in full */
#include "store/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/die.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"

enum { PIECE = 65536 };

static void insert_result(int64_t job, int64_t attempt, enum result_stream stream, const char *file,
	int64_t size, int64_t cut_at, int64_t omitted)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO result (job_id, attempt, stream, size, omitted, cut_at, data, file)"
		" VALUES (:job, :attempt, :stream, :size, :omitted, :cut_at, :data, :file)");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	db_bind_int(s, ":stream", stream);
	db_bind_int(s, ":size", size);
	db_bind_int(s, ":omitted", omitted);
	db_bind_int(s, ":cut_at", omitted ? cut_at : 0);
	if (file)
		db_bind_text(s, ":file", file);
	else
		db_bind_zeroblob(s, ":data", (size_t)size);
	db_run(s);
}

int result_save(int64_t job, int64_t attempt, enum result_stream stream, int fd, int64_t size,
	int64_t cut_at, int64_t omitted)
{
	static char piece[PIECE];
	struct db_blob *blob;
	int64_t done = 0;

	if (size == 0)
		return 0;
	insert_result(job, attempt, stream, NULL, size, cut_at, omitted);
	blob = db_blob_open("result", "data", db_last_id(), 1);
	while (done < size) {
		int64_t end = omitted && done < cut_at ? cut_at : size;
		size_t want = end - done < PIECE ? (size_t)(end - done) : PIECE;
		ssize_t n = pread(fd, piece, want, done + (done < cut_at ? 0 : omitted));

		if (n <= 0) {
			db_blob_close(blob);
			errno = n < 0 ? errno : EIO;
			return -1;
		}
		db_blob_write(blob, piece, (size_t)n, (size_t)done);
		done += n;
	}
	db_blob_close(blob);
	return 0;
}

void result_save_file(int64_t job, int64_t attempt, enum result_stream stream, const char *file,
	int64_t size, int64_t cut_at, int64_t omitted)
{
	insert_result(job, attempt, stream, file, size, cut_at, omitted);
}

static struct str failure;

const char *result_error(void)
{
	return failure.data ? failure.data : "";
}

/* the file of a stream; RESULT_LOST if it cannot be opened */
static int open_file(int64_t job, const char *file)
{
	int fd = openat(home_folder(HOME_RESULTS), file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	str_clear(&failure);
	str_addf(&failure, "cannot open the result of job %lld: %s/%s: %s", (long long)job,
		home_file("results"), file, strerror(errno));
	return RESULT_LOST;
}

int result_open(int64_t job, int64_t attempt, enum result_stream stream, struct result *r)
{
	struct db_statement *s =
		db_prepare("SELECT rowid, size, omitted, cut_at, file FROM result"
			   " WHERE job_id = :job AND attempt = :attempt AND stream = :stream");
	int64_t rowid;
	int has_file;

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	db_bind_int(s, ":stream", stream);
	*r = (struct result){ .fd = -1 };
	if (!db_step(s))
		return RESULT_NONE;
	rowid = db_int(s, 0);
	r->size = db_int(s, 1);
	r->omitted = db_int(s, 2);
	r->cut_at = db_int(s, 3);
	has_file = db_text(s, 4) != NULL;
	if (has_file)
		r->fd = open_file(job, db_text(s, 4));
	db_end(s);
	if (!has_file)
		r->blob = db_blob_open("result", "data", rowid, 0);
	return has_file && r->fd < 0 ? RESULT_LOST : 0;
}

ssize_t result_read(struct result *r, int64_t offset, void *data, size_t n)
{
	int64_t left = r->size - offset;
	ssize_t got;

	if (left <= 0)
		return 0;
	if ((int64_t)n > left)
		n = (size_t)left;
	if (r->blob) {
		db_blob_read(r->blob, data, n, (size_t)offset);
		return (ssize_t)n;
	}
	/* the file still has the omitted bytes: what follows the cut is that much further on */
	if (r->omitted && offset < r->cut_at && offset + (int64_t)n > r->cut_at)
		n = (size_t)(r->cut_at - offset);
	got = pread(r->fd, data, n, offset + (r->omitted && offset >= r->cut_at ? r->omitted : 0));
	if (got > 0)
		return got;
	str_clear(&failure);
	if (got < 0)
		str_addf(&failure, "cannot read a result in %s: %s", home_file("results"),
			strerror(errno));
	else
		str_addf(&failure, "a result in %s is shorter than it was: restore a copy",
			home_file("results"));
	return -1;
}

void result_close(struct result *r)
{
	if (r->blob)
		db_blob_close(r->blob);
	if (r->fd >= 0)
		close(r->fd);
}

int result_part(int64_t job, int64_t attempt, enum result_stream stream, int64_t from, size_t most,
	struct result_part *part)
{
	struct result r;
	ssize_t got = 1;

	*part = (struct result_part){ 0 };
	switch (result_open(job, attempt, stream, &r)) {
	case RESULT_LOST: return -1;
	case RESULT_NONE: part->data = mem_dup(""); return 0;
	}
	part->size = r.size;
	part->omitted = r.omitted;
	if (from < 0)
		from = r.size > (int64_t)most ? r.size - (int64_t)most : 0;
	if (r.size - from < (int64_t)most)
		most = r.size > from ? (size_t)(r.size - from) : 0;
	part->data = mem_alloc(most + 1);
	while (part->n < most && got > 0) {
		got = result_read(&r, from + (int64_t)part->n, part->data + part->n,
			most - part->n);
		part->n += got > 0 ? (size_t)got : 0;
	}
	result_close(&r);
	part->data[part->n] = '\0';
	if (got > 0 || most == 0)
		return 0;
	free(part->data);
	part->data = NULL;
	return -1;
}

static int input_in_memory(const void *data, size_t n)
{
	int fd = memfd_create("bgjob-input", MFD_CLOEXEC);

	if (fd >= 0 && out_write_all(fd, data, n) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int result_input(int64_t job)
{
	struct db_statement *s = db_prepare("SELECT data, file FROM input WHERE job_id = :job");
	const void *data;
	size_t n;
	int fd, error;

	db_bind_int(s, ":job", job);
	if (!db_step(s))
		return RESULT_NO_INPUT;
	data = db_blob(s, 0, &n);
	if (db_text(s, 1))
		fd = openat(home_folder(HOME_RESULTS), db_text(s, 1),
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	else
		fd = input_in_memory(data, n);
	error = errno;
	if (fd < 0)
		warn_errno("cannot open the input of job %lld", (long long)job);
	db_end(s);
	errno = error;
	return fd < 0 ? RESULT_INPUT_LOST : fd;
}

static int stage_file(int fd, const struct str *head, char file[RESULT_NAME], int64_t *size)
{
	static char piece[PIECE];
	int out, results = home_folder(HOME_RESULTS);
	ssize_t n;

	static int number;

	snprintf(file, RESULT_NAME, "stage-%ld-%d.in", (long)getpid(), number++);
	unlinkat(results, file, 0);
	out = openat(results, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return -1;
	*size = (int64_t)head->len;
	if (out_write_all(out, head->data, head->len) < 0)
		goto bad;
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out_write_all(out, piece, (size_t)n) < 0)
			goto bad;
		*size += n;
	}
	if (fsync(out) < 0)
		goto bad;
	failpoint("input-staged");
	close(out);
	return 0;
bad:
	n = errno;
	close(out);
	unlinkat(results, file, 0);
	errno = (int)n;
	return -1;
}

int64_t result_stage(int fd, void **data, char file[RESULT_NAME])
{
	static char piece[PIECE];
	struct str head = { 0 };
	int64_t size;
	ssize_t n;

	file[0] = '\0';
	*data = NULL;
	str_addn(&head, "", 0);
	while (head.len <= RESULT_INLINE_MAX && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			str_free(&head);
			return -1;
		}
		str_addn(&head, piece, (size_t)n);
	}
	size = (int64_t)head.len;
	if (size <= RESULT_INLINE_MAX) {
		*data = str_take(&head);
		return size;
	}
	if (stage_file(fd, &head, file, &size) < 0)
		size = -1;
	str_free(&head);
	return size;
}

void result_discard(const char *file)
{
	if (file[0])
		unlinkat(home_folder(HOME_RESULTS), file, 0);
}

int result_file_used(const char *name)
{
	struct db_statement *s =
		db_prepare("SELECT 1 FROM result WHERE job_id = :job AND file = :name"
			   " UNION ALL SELECT 1 FROM input WHERE job_id = :job AND file = :name"
			   " UNION ALL SELECT 1 FROM job WHERE id = :job AND status = 'running'");

	/* a name starts with its job's id */
	db_bind_int(s, ":job", strtoll(name, NULL, 10));
	db_bind_text(s, ":name", name);
	return db_first(s, 0) != 0;
}
