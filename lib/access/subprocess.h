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
	int64_t timeout_ms; /* its time, on the clock that runs through suspend */
	size_t keep;        /* the last bytes of its output that are wanted */
	int64_t most;       /* bytes: whoever writes more is killed */
	int stop;           /* a descriptor that is readable when it shall end now; -1: none */
};

enum subprocess_end { SUBPROCESS_ITSELF, SUBPROCESS_TIMEOUT, SUBPROCESS_STOPPED, SUBPROCESS_FLOOD };

struct subprocess_result {
	enum subprocess_end end;
	int status;        /* as of waitpid(2) */
	struct str output; /* stdout and stderr as they came; freed by the caller */
	int64_t total;     /* bytes that it wrote */
	int64_t took_ms;
};

/*
 * Run it in a session and process group of its own, without input, all signals at their default,
 * no descriptor but the first three. When it ends, or goes beyond a limit, its group is killed.
 * Returns 0; or -1 with the reason appended to why if it could not be started, output is empty then.
 */
int subprocess_run(const struct subprocess *b, struct subprocess_result *result, struct str *why);

#endif
