/* paths: where the programs are; errors end the program (exit 3) */
#ifndef EXEC_PATHS_H
#define EXEC_PATHS_H

/* A program of ours: beside the running one. Static buffer, reused by the next call. */
const char *paths_program(const char *name);

/* The shim: ../libexec/bgjob-shim or ../libexec/bgjob/bgjob-shim from there. Looked up once; dies if it is not there. */
const char *paths_shim(void);

/* bubblewrap in $PATH or a standard place, NULL if there is none. */
const char *paths_bubblewrap(void);

#endif
