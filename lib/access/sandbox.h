/* sandbox: a command line that bubblewrap confines to one folder; returns -1 and says why */
#ifndef ACCESS_SANDBOX_H
#define ACCESS_SANDBOX_H

#include "base/str.h"

/*
 * The arguments that run `argv` (NULL-terminated) by bubblewrap (bwrap(1)): /usr and what belongs to
 * it, a few files of /etc, a /proc and /dev of its own, an empty /tmp in memory, and `folder`
 * (absolute, without links), at its own path and the current directory, as the one place on a
 * disk that can be written. No home, no state, no configuration. Namespaces of its own for users, processes,
 * IPC, host name, cgroups and, unless network is set, the network; no capabilities; a session of its
 * own. Whoever is left when argv[0] ends, or when bwrap is killed, is killed.
 *
 * Limits: 512 processes (the kernel exempts root), 1 GiB a file, no core; /proc cannot be written, as
 * its files of root's are root's also in a user namespace; killed first when memory is short.
 *
 * With network, sockets of this machine without a file (abstract ones) and what listens on loopback
 * are reached too.
 *
 * It is tried once whether this works here. Returns an array to be freed with sandbox_free(),
 * or NULL with the reason appended to why.
 */
char **sandbox_command(const char *folder, int network, const char *const *argv, struct str *why);
void sandbox_free(char **argv); /* legal on NULL */

/*
 * The variables for a command in there, and only these: PATH, HOME (the folder), LANG, TERM, and
 * TMPDIR. An array for sandbox_free().
 */
char **sandbox_environment(const char *folder);

#endif
