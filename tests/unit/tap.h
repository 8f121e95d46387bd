/* tap: checks for the unit drivers, printed as TAP; main() ends with `return done();` */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int tap_count, tap_failed;

/* A name may hold hostile text; TAP is lines, and "#" begins a directive. */
static inline void tap_print(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~' || *text == '#')
			printf("\\x%02x", (unsigned char)*text);
		else
			putchar(*text);
	}
}

__attribute__((format(printf, 2, 0))) static inline void tap_result(int passed, const char *fmt,
	va_list args)
{
	char name[1024];

	vsnprintf(name, sizeof name, fmt, args);
	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	tap_print(name);
	putchar('\n');
	tap_failed += !passed;
}

/* A check; the name is a printf format. Returns whether it passed, as the next two do. */
__attribute__((format(printf, 2, 3))) static inline int ok(int passed, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tap_result(passed, fmt, args);
	va_end(args);
	return passed;
}

__attribute__((format(printf, 3, 4))) static inline int is_int(intmax_t got, intmax_t wanted,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tap_result(got == wanted, fmt, args);
	va_end(args);
	if (got != wanted)
		printf("# got %" PRIdMAX ", wanted %" PRIdMAX "\n", got, wanted);
	return got == wanted;
}

/* Either may be NULL. */
__attribute__((format(printf, 3, 4))) static inline int is_str(const char *got, const char *wanted,
	const char *fmt, ...)
{
	int same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;
	va_list args;

	va_start(args, fmt);
	tap_result(same, fmt, args);
	va_end(args);
	if (!same) {
		printf("# got    ");
		tap_print(got ? got : "(null)");
		printf("\n# wanted ");
		tap_print(wanted ? wanted : "(null)");
		putchar('\n');
	}
	return same;
}

static char tap_kept[256];
static pid_t tap_owner;

/* At exit of the test itself, not of its children. */
static inline void tap_end_folder(void)
{
	const char *keep = getenv("KEEP");
	pid_t pid;

	if (getpid() != tap_owner)
		return;
	if (keep && *keep && strcmp(keep, "0") != 0) {
		printf("# kept: %s\n", tap_kept);
		return;
	}
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", tap_kept, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

/*
 * mkdtemp() for a folder that is removed when the test ends, or kept and named if KEEP=1 is set; to
 * be called once in a test. Returns name, or NULL.
 */
static inline char *tap_folder(char *name)
{
	if (!mkdtemp(name))
		return NULL;
	snprintf(tap_kept, sizeof tap_kept, "%s", name);
	tap_owner = getpid();
	atexit(tap_end_folder);
	return name;
}

/* The plan, at the end; the status for main() to return. */
static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

/* The outcome of a function that ran in a child: its exit status (128 + signal) and its output. */
struct tap_child {
	int status;
	char out[8192], err[8192];
};

static inline void tap_slurp(FILE *file, char *text, size_t size)
{
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* Run function(data) in a child, `input` as its stdin; returning from it is exit 0. */
static inline struct tap_child tap_fork(void (*function)(void *), void *data, const char *input)
{
	struct tap_child child = { 0 };
	FILE *in = tmpfile(), *out = tmpfile(), *err = tmpfile();
	int status;
	pid_t pid;

	if (!in || !out || !err)
		abort();
	fwrite(input, 1, strlen(input), in);
	rewind(in);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(in), 0);
		dup2(fileno(out), 1);
		dup2(fileno(err), 2);
		function(data);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	child.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	fclose(in);
	tap_slurp(out, child.out, sizeof child.out);
	tap_slurp(err, child.err, sizeof child.err);
	return child;
}

#endif
