/* state: the 4 KiB file through which the programs that handle an attempt communicate */
#include "shim/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

static const char magic[8] = "bgjobst";

_Static_assert(STATE_AT_RECORD + sizeof(struct state_record) <= STATE_SIZE, "fits the reservation");
_Static_assert(STATE_AT_CGROUP + STATE_CGROUP <= STATE_AT_RECORD, "parts do not overlap");
_Static_assert(sizeof(struct state_head) <= STATE_AT_SHIM, "parts do not overlap");

void state_name(char name[STATE_NAME], int64_t job, int64_t attempt, const char *suffix)
{
	snprintf(name, STATE_NAME, "%lld-%lld.%s", (long long)job, (long long)attempt, suffix);
}

int state_read(int fd, long at, void *part, unsigned long size)
{
	ssize_t n = pread(fd, part, size, at);

	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = EIO;
	return -1;
}

int state_write(int fd, long at, const void *part, unsigned long size)
{
	ssize_t n = pwrite(fd, part, size, at);

	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = ENOSPC;
	return -1;
}

int state_write_head(int fd, int64_t job, int64_t attempt, const char *claim, const char *boot)
{
	struct state_head head = { .version = STATE_VERSION, .job = job, .attempt = attempt };

	memcpy(head.magic, magic, sizeof(magic));
	snprintf(head.claim, sizeof(head.claim), "%s", claim);
	snprintf(head.boot, sizeof(head.boot), "%s", boot);
	return state_write(fd, STATE_AT_HEAD, &head, sizeof(head));
}

static int same_token(const char *stored, const char *wanted)
{
	return strnlen(stored, STATE_TOKEN) < STATE_TOKEN && strcmp(stored, wanted) == 0;
}

int state_is(const struct state_head *head, int64_t job, int64_t attempt, const char *claim)
{
	return memcmp(head->magic, magic, sizeof(magic)) == 0 && head->version >= 1 &&
		head->version <= STATE_VERSION && head->job == job && head->attempt == attempt &&
		same_token(head->claim, claim);
}

static uint64_t checksum(const struct state_record *record)
{
	return hash_fnv1a(record, offsetof(struct state_record, checksum));
}

void state_seal(struct state_record *record)
{
	record->checksum = checksum(record);
}

int state_sealed(const struct state_record *record, int64_t job, int64_t attempt, const char *claim)
{
	return record->checksum == checksum(record) && record->job == job &&
		record->attempt == attempt && same_token(record->claim, claim) &&
		record->ended >= STATE_BY_ITSELF && record->ended <= STATE_NOT_STARTED;
}

int state_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	if (errno == EACCES)
		errno = EAGAIN;
	return -1;
}

int state_locked(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -1;
	return lock.l_type != F_UNLCK;
}
