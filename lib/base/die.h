/* die: error messages and exit statuses; the die_ functions end the program */
#ifndef BASE_DIE_H
#define BASE_DIE_H

/*
 * Exit codes of every program (text contract): a script acts on the class,
 * a person reads the line.
 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_NO = 1,     /* the answer is no: nothing found, a job failed */
	EXIT_USAGE = 2,  /* the caller's mistake: usage, bad input, unknown id */
	EXIT_SYSTEM = 3, /* the system failed: database, disk, network */
	EXIT_TIMEOUT = 124,
	EXIT_STAND_IN = 125, /* the program itself failed; its other codes are its job's */
};

#define DIE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Set the name that starts every message. The string is kept, not copied. */
void die_init(const char *program);

/* The name given to die_init(), "bgjob" before. */
const char *die_program(void);

/*
 * From now on every die_ function exits with 125, as timeout(1) and env(1) do
 * for a failure of their own: the other codes belong to the job.
 */
void die_stand_in(void);

/* Print "PROGRAM: MESSAGE" with control bytes escaped, exit 1, 2 or 3. */
_Noreturn void die_no(const char *fmt, ...) DIE_PRINTF(1, 2);
_Noreturn void die_usage(const char *fmt, ...) DIE_PRINTF(1, 2);
_Noreturn void die_system(const char *fmt, ...) DIE_PRINTF(1, 2);

/* The same followed by ": strerror(errno)", exit 3. */
_Noreturn void die_errno(const char *fmt, ...) DIE_PRINTF(1, 2);

/* Print a line of the same form and return. errno is kept. */
void warn(const char *fmt, ...) DIE_PRINTF(1, 2);
void warn_errno(const char *fmt, ...) DIE_PRINTF(1, 2);

/*
 * Warn once about a condition that lasts: TEXT and DETAIL are printed when
 * `now` turns true; *said remembers it.
 */
void warn_once(int *said, int now, const char *text, const char *detail);

#endif
