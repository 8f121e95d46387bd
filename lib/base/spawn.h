/* spawn: start another program, which inherits only what it is given; errors are returned */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <sys/types.h>

/* In place of a descriptor: /dev/null, or our own descriptor of that number. */
enum { SPAWN_NULL = -1, SPAWN_OURS = -2 };

struct spawn {
	const char *program; /* a path; without a slash it is searched in $PATH */
	char *const *argv, *const *environment;
	const char *directory; /* NULL: ours */
	const int *fds;        /* descriptor N of the program is fds[N] */
	int count;             /* how many descriptors */

	unsigned session : 1;       /* a session of its own */
	unsigned group : 1;         /* a process group of its own */
	unsigned keep_others : 1;   /* what is above fds and not closed on exec stays open */
	unsigned block_signals : 1; /* start it with all signals blocked instead of none */
};

/*
 * Start it, with every signal at its default and none blocked. Returns 0, or an errno value: also
 * when the program could not be executed. BGJOB_TRACE=spawn shows the program and its pid.
 */
int spawn(const struct spawn *s, pid_t *pid);

/* Reset the signals in the same way, in a forked child that is about to execute a program. */
void spawn_reset_signals(void);

/* Trace the wait status of a child (BGJOB_TRACE=spawn); call it after waiting for the child. */
void spawn_ended(pid_t pid, int status);

#endif
