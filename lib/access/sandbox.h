/* sandbox: a command line that bubblewrap confines to one folder; returns -1 and says why */
#ifndef ACCESS_SANDBOX_H
#define ACCESS_SANDBOX_H

#include "base/str.h"

/*
 * The arguments that run `argv` (NULL-terminated) inside bubblewrap (bwrap(1)). Inside are: /usr and
 * what belongs to it, a few files of /etc, a /proc and /dev of its own, an empty /tmp in memory, and
 * `folder` (absolute, without links) at its own path, which is the current directory and the only
 * place on disk that is writable. There is no home, no state and no configuration. Users, processes,
 * IPC, host name, cgroups and, unless network is set, the network are in namespaces of their own; no
 * capabilities; a session of its own. When argv[0] ends or bwrap is killed, all that is left is
 * killed.
 *
 * Limits: 512 processes (the kernel exempts root), 1 GiB a file, no core dumps, killed first when
 * memory is short. /proc is read-only: in a user namespace too, root owns root's files there.
 *
 * With network, abstract sockets of this machine and whatever listens on loopback can be reached.
 *
 * The first call tries whether this works here. Returns an array to be freed with sandbox_free(), or
 * NULL with the reason appended to why.
 */
char **sandbox_command(const char *folder, int network, const char *const *argv, struct str *why);
void sandbox_free(char **argv); /* legal on NULL */

/*
 * The environment of a command inside: PATH, HOME (the folder), LANG, TERM, TMPDIR. An array for
 * sandbox_free().
 */
char **sandbox_environment(const char *folder);

#endif
