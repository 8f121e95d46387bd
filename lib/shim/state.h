/* state: the 4 KiB file spool/ID-ATTEMPT.state, through which a pool, a shim, and whoever cancels
 * or recovers a job communicate; functions return -1 with errno.
 *
 * The pool creates it inside the claim transaction, reserves its space and locks it; the shim
 * inherits the lock. Held lock = alive. Each part is written by one side only, with one pwrite. The
 * format has a version: an old shim under a new pool is normal. Numbers are in the byte order of
 * the machine, since the file never leaves it. */
#ifndef SHIM_STATE_H
#define SHIM_STATE_H

#include <stdint.h>

enum { STATE_SIZE = 4096, STATE_VERSION = 1, STATE_TOKEN = 40, STATE_CGROUP = 1024 };

/* Written by the pool before the commit. */
struct state_head {
	char magic[8]; /* "bgjobst", NUL */
	uint32_t version, reserved;
	int64_t job, attempt;
	char claim[STATE_TOKEN], boot[STATE_TOKEN];
};

/* Written by the shim before it looks for the cancel mark. start: field 22 of proc(5)'s stat. */
struct state_shim {
	int64_t pid, start;
};

/* Written by the shim as the last thing before the command may exist. */
struct state_command {
	int64_t starting; /* 1 from then on */
	int64_t pid;      /* its process, session and group; 0 until it is known */
};

enum state_ended {
	STATE_BY_ITSELF = 1, /* the command ended */
	STATE_BY_TIMEOUT,    /* its time limit ended it */
	STATE_BY_CANCEL,     /* its cancellation was requested */
	STATE_BY_SHUTDOWN,   /* the shim was told to exit: the machine or its session is ending */
	STATE_NOT_STARTED,   /* cancelled before it was started */
};

/* Where the start failed, with the errno. */
enum state_step {
	STATE_EXEC = 1,
	STATE_DIRECTORY,
	STATE_OUTPUT,
	STATE_FORK,
	STATE_INPUT,   /* found by the pool, which then writes the record itself */
	STATE_CONTAIN, /* the same: bubblewrap is missing */
};

/* A stream above this size (bytes) becomes a file in results/: the shim syncs it before its record. */
enum { STATE_STREAM_INLINE = 1 << 20 };

/* Written by the shim when all is over; checksum last. */
struct state_record {
	int64_t job, attempt;
	char claim[STATE_TOKEN], boot[STATE_TOKEN];
	int64_t ended_at; /* ms since 1970 */
	int32_t ended, wait_status;
	int32_t failed_step, failed_errno; /* 0: the command was started */
	int64_t utime_us, stime_us, maxrss_kb;
	int64_t bytes[2], omitted[2],
		cut_at[2];  /* stdout, stderr: as written, and what was cut out */
	int32_t synced;     /* both streams are on the disk */
	int32_t sync_errno; /* errno if they could not be synced; 0: none */
	int32_t disk_full, reserved;
	uint64_t checksum; /* FNV-1a of all above */
};

/* The wait status of a process that exited with this code. */
#define STATE_EXIT(code) ((code) << 8)

/* Offsets of the parts. */
enum {
	STATE_AT_HEAD = 0,
	STATE_AT_SHIM = 512,
	STATE_AT_COMMAND = 576,
	STATE_AT_CANCEL = 640, /* one byte, written by the program that cancels */
	STATE_AT_CGROUP = 1024,
	STATE_AT_RECORD = 2560,
};

/* A file name of an attempt: "ID-ATTEMPT.SUFFIX" with suffix state, out or err. */
enum { STATE_NAME = 64 };
void state_name(char name[STATE_NAME], int64_t job, int64_t attempt, const char *suffix);

/* Read or write one part, whole. */
int state_read(int fd, long at, void *part, unsigned long size);
int state_write(int fd, long at, const void *part, unsigned long size);

/* Fill in the head and write it. */
int state_write_head(int fd, int64_t job, int64_t attempt, const char *claim, const char *boot);

/* Whether the head names this attempt, in a version this program knows. */
int state_is(const struct state_head *head, int64_t job, int64_t attempt, const char *claim);

/*
 * state_seal() sets the checksum; state_sealed(): whether a record read back is
 * whole and belongs to this attempt.
 */
void state_seal(struct state_record *record);
int state_sealed(const struct state_record *record, int64_t job, int64_t attempt,
	const char *claim);

/*
 * state_lock() takes the lock (F_OFD_SETLK): 0, or -1 with EAGAIN if another process holds it.
 * state_locked(): whether another process holds it: 1, 0 or -1.
 */
int state_lock(int fd);
int state_locked(int fd);

#endif
