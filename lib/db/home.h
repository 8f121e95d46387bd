/* home: the state folder, what is in it, its locks and its wake-up; errors end the program (exit 3) */
#ifndef DB_HOME_H
#define DB_HOME_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Check the state folder and enter it: it must be a folder of the effective
 * user that nobody else may write, on a local file system. create != 0 makes
 * it (0700) and its spool/ and results/ if they are missing. Returns 0, or -1
 * if it is not there and create is 0. Every other finding dies with the
 * reason. No symbolic link inside the folder is followed, ever.
 */
int home_open(int create);

/* Its resolved path, and a path inside it in a static buffer that the next call reuses. */
const char *home_path(void);
const char *home_file(const char *name);

/* Descriptor of the folder itself; valid after home_open(). Not to be closed. */
int home_dir(void);

/*
 * Descriptor of a subfolder, which is made again (0700) and opened again if
 * somebody removed it. Not to be closed. -1 when descriptors have run out; any
 * other failure dies.
 */
enum home_folder { HOME_SPOOL, HOME_RESULTS };
int home_folder(enum home_folder which);

/*
 * Lock a byte range of a file in the folder with an open-file-description
 * lock (fcntl(2), F_OFD_SETLK): it belongs to the returned descriptor and is
 * dropped by the kernel when the last copy of it is closed, also by any death.
 * wait = 0: returns -1 at once when another program holds it (errno EAGAIN),
 * or, with a warning, when descriptors, memory or locks have run out.
 */
int home_lock(const char *name, off_t start, off_t length, int wait);

/* Drop a lock that home_lock() returned. */
void home_unlock(int fd);

/*
 * Whether somebody holds a lock in that range; asked with F_OFD_GETLK, so that
 * two who ask never see each other. When descriptors have run out it cannot be
 * told: 1, with a warning.
 */
int home_locked(const char *name, off_t start, off_t length);

/*
 * Tell everyone who waits that something was committed: open "wake" for writing before the
 * commit, close it after. Who is killed in between has it closed by the kernel, so that nobody
 * waits for ever for a commit that is there.
 */
void home_wake_prepare(void);
void home_wake(void);

/*
 * Wait for commits of others: an inotify descriptor to poll for reading, or
 * -1 when the system has none left (then look once a second). Arm it first,
 * look second.
 */
int home_watch(void);

/* Read what has come in. Returns whether it means "look again". */
int home_watched(int watch);

/*
 * The same as one call for a tool that only waits: until the next commit or
 * until `deadline` (clock_boot() milliseconds; -1: none). Returns 0, or -1 at
 * the deadline. extra: another descriptor that ends the wait (-1: none).
 */
int home_wait(int watch, int64_t deadline, int extra);

/* Bytes free for this user on the folder's file system; 0, with a warning, if the system does not say. */
int64_t home_free_space(void);

#endif
