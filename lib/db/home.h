/* home: the state folder, what is in it, its locks and its wake-up; errors end the
 * program (exit 3) */
#ifndef DB_HOME_H
#define DB_HOME_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Check and open the state folder: it must belong to the effective user, be
 * writable by nobody else, and be on a local file system. create != 0 creates
 * it (0700) if it is missing. Returns 0, or -1 if it is missing and create is 0.
 * Any other problem dies with the reason. No symbolic link inside the folder is
 * ever followed.
 */
int home_open(int create);

/* Its resolved path; and a path inside it, in a static buffer that the next call reuses. */
const char *home_path(void);
const char *home_file(const char *name);

/* Descriptor of the folder itself; valid after home_open(). Not to be closed. */
int home_dir(void);

/*
 * Descriptor of a subfolder, which is created (0700) and opened again if it was removed. Not to be
 * closed. -1 when descriptors have run out; any other failure dies.
 */
enum home_folder { HOME_SPOOL, HOME_RESULTS };
int home_folder(enum home_folder which);

/*
 * Lock a byte range of a file in the folder with an open-file-description
 * lock (fcntl(2), F_OFD_SETLK): it belongs to the returned descriptor and is
 * dropped by the kernel when its last copy is closed, however the process ends.
 * wait = 0: returns -1 at once when another program holds it (errno EAGAIN),
 * or, with a warning, when descriptors, memory or locks have run out.
 */
int home_lock(const char *name, off_t start, off_t length, int wait);

/* Drop a lock that home_lock() returned. */
void home_unlock(int fd);

/*
 * Whether another process holds a lock in that range. F_OFD_GETLK takes no lock, so two callers
 * never see each other. When descriptors have run out the answer is unknown: 1, with a warning.
 */
int home_locked(const char *name, off_t start, off_t length);

/*
 * Wake everyone who waits for commits: open "wake" for writing before the commit, close it
 * afterwards. If we are killed in between the kernel closes it, so nobody waits for ever for a
 * commit that has happened.
 */
void home_wake_prepare(void);
void home_wake(void);

/*
 * Wait for commits of others: an inotify descriptor to poll for reading, or
 * -1 when the system has none left (then look once a second). Arm it first,
 * look second.
 */
int home_watch(void);

/* Read the events that have arrived. Returns whether to look again. */
int home_watched(int watch);

/*
 * For a tool that only waits: return at the next commit, or at `deadline`
 * (clock_boot() milliseconds; -1: none). Returns 0, or -1 at the deadline. extra:
 * another descriptor that ends the wait when it is readable (-1: none).
 */
int home_wait(int watch, int64_t deadline, int extra);

/*
 * Bytes free for this user on the folder's file system; 0, with a warning, if the
 * system does not say.
 */
int64_t home_free_space(void);

#endif
