/* failpoint: named places where a test build dies; compiled out of the product */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

/*
 * Compiled in with -DBGJOB_TEST only. There BGJOB_FAILPOINTS="NAME:ONE_IN[:MS]" (comma-separated)
 * makes the program end itself with SIGKILL at that place with a chance of one in ONE_IN, or pause
 * it for MS milliseconds instead, so that another process's kill or write falls into the gap. The
 * torture test draws them at random; a unit test sets one to 1. Each death adds a line with the
 * name to the file BGJOB_FAILPOINT_LOG. A pool passes both variables and the test's clock (clock.c)
 * on to its shims.
 */
#ifdef BGJOB_TEST
void failpoint(const char *name);

/* The environment of a program that otherwise gets an empty one: these variables, or `none`. */
char **failpoint_environment(char **none);
#else
#define failpoint(name) ((void)0)
#define failpoint_environment(none) (none)
#endif

#endif
