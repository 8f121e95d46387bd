/* command: start a job's command from its shim; used by the shim only */
#ifndef SHIM_COMMAND_H
#define SHIM_COMMAND_H

#include <sys/types.h>

#include "shim/spec.h"
#include "shim/state.h"

/* Open files of an attempt in the spool. */
struct command_files {
	int state;     /* its lock is held */
	int stream[2]; /* stdout, stderr */
	int cgroup;    /* cgroup.procs of its own cgroup, -1: none */
};

/*
 * Create the output files, or open those that the spec says exist. Returns 0,
 * or -1 with errno. Any other file of that name (a backup was restored over a
 * newer spool) is replaced.
 */
int command_open(int spool, const struct spec *spec, struct command_files *files);

/*
 * Start the command in a session of its own: default signals, nothing open
 * but stdin (ours), stdout and stderr, the spec's directory, umask and
 * environment; it is killed if we are. Returns its pid, or -1 with *step and
 * *error when it could not be executed.
 */
pid_t command_start(const struct spec_view *spec, const struct command_files *files,
	enum state_step *step, int *error);

#endif
