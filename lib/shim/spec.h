/* spec: what a shim is to run, handed over in one block of memory (a memfd); returns -1 with errno */
#ifndef SHIM_SPEC_H
#define SHIM_SPEC_H

#include <stddef.h>
#include <stdint.h>

/* Descriptors a shim is started with; nothing else is open in it. */
enum { SPEC_FD_STATE = 3, SPEC_FD_SPOOL = 4, SPEC_FD_SPEC = 5 };

enum spec_flag {
	SPEC_RESET_OOM = 1, /* the pool is protected from the OOM killer, the command must not be */
	SPEC_HAS_STDOUT = 2, /* its output file exists already, empty */
	SPEC_HAS_STDERR = 4,
};

/*
 * The head of the block. After it: the claim token, the boot id, the directory,
 * the cgroup to make ("" for none), argc arguments and envc variables, each
 * ended by NUL.
 */
struct spec {
	uint32_t version, flags;
	int64_t job, attempt;
	int64_t timeout_ms, grace_ms, max_output; /* -1: none; grace is always set */
	uint32_t umask, argc, envc;
	uint32_t nice; /* added to the pool's nice value, 0 to 19 */
	uint64_t size; /* of the whole block */
};

enum { SPEC_VERSION = 1 };

/* What spec_map() found; everything points into the mapping. */
struct spec_view {
	const struct spec *head;
	const char *claim, *boot, *directory, *cgroup;
	char **argv, **envp; /* NULL-terminated, in the same allocation */
};

/* Write a block: head (its counts and size are filled in here) and strings. Returns a descriptor or -1. */
struct spec_strings {
	const char *claim, *boot, *directory, *cgroup;
	const char *command, *environment; /* NUL-ended strings in a row */
	size_t command_size, environment_size;
};
int spec_write(struct spec head, const struct spec_strings *strings);

/* Map a block, private and writable. Returns 0, or -1 (EINVAL: damaged or another version). */
int spec_map(int fd, struct spec_view *view);
void spec_unmap(struct spec_view *view);

#endif
