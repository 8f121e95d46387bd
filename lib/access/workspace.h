/* workspace: the folder of a user in which models may work; returns -1 and says why */
#ifndef ACCESS_WORKSPACE_H
#define ACCESS_WORKSPACE_H

#include <stddef.h>

#include "base/str.h"

/*
 * Paths are relative to the folder; "" and "." are the folder itself, and an absolute path below it
 * is accepted. They are resolved by openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS and
 * RESOLVE_NO_XDEV: whatever is renamed or replaced meanwhile, nothing outside is reached, nor a file
 * system mounted inside. Symbolic links are followed as long as they stay inside. Only regular files
 * and folders are opened.
 */
struct workspace {
	int fd;
	char *path; /* absolute, without links */
};

/*
 * Open the folder of a user below $BGJOB_WORKSPACE (default $XDG_DATA_HOME/bgjob/work or
 * ~/.local/share/bgjob/work), making it (0700) if it is missing; or, if it is not NULL, another
 * folder, which must exist. It must belong to the effective user, and must neither contain nor lie in
 * the state or the configuration. Returns 0, or -1 with the reason appended to why.
 */
int workspace_open(struct workspace *w, const char *user, const char *folder, struct str *why);
void workspace_close(struct workspace *w); /* legal on { 0 } and twice */

/*
 * Open a regular file for reading, or a folder. Returns a descriptor (O_CLOEXEC) that the caller
 * closes, or -1 with the reason appended to why: "PATH: REASON". A file with several hard links may
 * be read: only a user who could read it can have made them.
 */
int workspace_file(const struct workspace *w, const char *path, struct str *why);
int workspace_folder(const struct workspace *w, const char *path, struct str *why);

/*
 * Write a whole file (append: the old contents and then data) as a new one that is synced and renamed
 * over the old, so that after a crash one or the other is there. Missing folders of the path are made.
 * The permissions stay, without set-id bits; a new file gets 0600, a new folder 0700. Refused if the
 * last part of the path is anything but a regular file with one name, a symbolic link included.
 * Returns 0, or -1 with the reason appended to why.
 */
int workspace_write(const struct workspace *w, const char *path, const char *data, size_t n,
	int append, struct str *why);

#endif
