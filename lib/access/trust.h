/* trust: files that nobody but the operator or root can have written; returns -1 and says why */
#ifndef ACCESS_TRUST_H
#define ACCESS_TRUST_H

#include "base/str.h"

enum trust_kind { TRUST_FILE, TRUST_PROGRAM };

/*
 * Open an absolute path for reading if it leads to a regular file (TRUST_PROGRAM: one that we may
 * execute) that belongs to the effective user or to root and that nobody else may write, in a
 * folder of which the same is true. Every folder above and every symbolic link on the way is
 * looked at too: folders that everybody may write (without the sticky bit) and whatever belongs to
 * somebody else end the way. Folders above the last may be writable by their group, as
 * /usr/local is on Debian.
 *
 * Returns a descriptor, opened with O_CLOEXEC, to be closed by the caller; what was checked is the
 * file that is open. Or -1 with the reason appended to why and errno set: ENOENT if there is no
 * such file, EACCES for all that is refused, else what the system said. Who may write the file, the
 * operator and root, may replace it between this and an exec of its path; nobody else may.
 */
int trust_open(const char *path, enum trust_kind kind, struct str *why);

#endif
