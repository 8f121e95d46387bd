/* workspace: the folder of a user's that models may work in; returns -1 and says why */
#ifndef ACCESS_WORKSPACE_H
#define ACCESS_WORKSPACE_H

#include <stddef.h>

#include "base/str.h"

/*
 * Paths are relative to the folder, "" and "." are the folder itself; an absolute one counts if it
 * begins with the folder's. They are resolved by openat2(2) with RESOLVE_BENEATH,
 * RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV: whatever is renamed or replaced meanwhile, nothing
 * outside is reached, and no other file system mounted inside. Symbolic links are followed as far
 * as they stay inside. Only regular files and folders are opened.
 */
struct workspace {
	int fd;
	char *path; /* absolute, without links */
};

/*
 * Open the folder of a user, made (0700) if it is missing: below $BGJOB_WORKSPACE, by default
 * $XDG_DATA_HOME/bgjob/work or ~/.local/share/bgjob/work. folder: any other, which must be there;
 * NULL: the user's. It has to belong to the effective user and must not hold, or lie in, the
 * state or the configuration. Returns 0, or -1 with the reason appended to why.
 */
int workspace_open(struct workspace *w, const char *user, const char *folder, struct str *why);
void workspace_close(struct workspace *w); /* legal on { 0 } and twice */

/*
 * Open a regular file for reading, or a folder. Returns a descriptor (O_CLOEXEC) that the caller
 * closes, or -1 with the reason appended to why: "PATH: REASON". A file with several names (hard
 * links) may be read: only somebody who could read it can have made them.
 */
int workspace_file(const struct workspace *w, const char *path, struct str *why);
int workspace_folder(const struct workspace *w, const char *path, struct str *why);

/*
 * Write a whole file: a new one beside it, synced and renamed, so that the old or the new contents
 * are there whatever happens, and what the old file's other names show stays as it is. Folders of
 * the path that are missing are made. append: behind what is there. Keeps the permissions, without
 * set-id bits; new: 0600, folders 0700. Refused: what is no regular file, also through a symbolic
 * link as the last part, and one with several names. Returns 0, or -1 with the reason appended to why.
 */
int workspace_write(const struct workspace *w, const char *path, const char *data, size_t n,
	int append, struct str *why);

#endif
