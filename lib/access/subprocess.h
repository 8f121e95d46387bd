/* subprocess: run a command and take its output, within limits; returns -1 and says why */
#ifndef ACCESS_SUBPROCESS_H
#define ACCESS_SUBPROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct subprocess {
	char *const *argv;        /* argv[0]: an absolute path */
	char *const *environment; /* NAME=value, NULL-terminated */
	const char *directory;
	int64_t timeout_ms; /* time spent in suspend counts */
	size_t keep;        /* how many of the last bytes of its output to keep */
	int64_t most;       /* bytes of output: if it writes more it is killed */
	int stop;           /* a descriptor; readable: end it now. -1: none */
};

enum subprocess_end { SUBPROCESS_ITSELF, SUBPROCESS_TIMEOUT, SUBPROCESS_STOPPED, SUBPROCESS_FLOOD };

struct subprocess_result {
	enum subprocess_end end;
	int status;        /* as of waitpid(2) */
	struct str output; /* stdout and stderr as they came; freed by the caller */
	int64_t total;     /* bytes written */
	int64_t took_ms;
};

/*
 * Run it in a session and process group of its own, without input, with all signals at their default
 * and only the first three descriptors open. When it ends or exceeds a limit, its group is killed.
 * Returns 0; or -1 with the reason appended to why and an empty output: it could not be started.
 */
int subprocess_run(const struct subprocess *b, struct subprocess_result *result, struct str *why);

#endif
