/* tree: all processes below this one (a child subreaper) and signals to them; no errors */
#ifndef SHIM_TREE_H
#define SHIM_TREE_H

#include <sys/types.h>

/*
 * Send a signal to every descendant of the calling process, found through
 * /proc/PID/task/TID/children, or a scan of /proc where the kernel has none.
 * Each is held by a pidfd while its parent is looked at again, so that no
 * recycled pid is hit. Returns how many were signalled.
 */
int tree_signal(int signal_number);

/* Whether there is any child left, reaped or not. */
int tree_empty(void);

#endif
