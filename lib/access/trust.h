/* trust: files that only the operator or root can have written; returns -1 and says why */
#ifndef ACCESS_TRUST_H
#define ACCESS_TRUST_H

#include "base/str.h"

enum trust_kind { TRUST_FILE, TRUST_PROGRAM };

/*
 * Open an absolute path for reading if it leads to a regular file (TRUST_PROGRAM: one that we may
 * execute) that belongs to the effective user or to root and that nobody else may write, in a
 * folder of which the same is true. Every folder above and every symbolic link on the way is
 * checked too: a folder that everybody may write (without the sticky bit), or anything that belongs
 * to another user, is refused. Folders above the last may be writable by their group, as /usr/local
 * is on Debian.
 *
 * Returns a descriptor, opened with O_CLOEXEC, that the caller closes: the open file is the one
 * that was checked. Or -1 with the reason appended to why and errno set: ENOENT if there is no such
 * file, EACCES if it was refused, else the system's error. Between this and an exec of the path
 * only the operator and root, who may write the file, can replace it.
 */
int trust_open(const char *path, enum trust_kind kind, struct str *why);

#endif
