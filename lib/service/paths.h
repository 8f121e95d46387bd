/* paths: where the programs are; errors end the program (exit 3) */
#ifndef SERVICE_PATHS_H
#define SERVICE_PATHS_H

/*
 * The path of one of our programs, next to the running one. Static buffer, reused by the next
 * call.
 */
const char *paths_program(const char *name);

/*
 * The path of a program that users do not call: in ../libexec or ../libexec/bgjob from there, else
 * where make install puts it. Ends the program if it is missing. Static buffer, reused by the next
 * call.
 */
const char *paths_helper(const char *name);

/* The shim. Looked up once. */
const char *paths_shim(void);

/* The folder of shared files (workflows/, intents): ../share/bgjob from there, else where make install puts it; it may be missing. */
const char *paths_share(void);

/* bubblewrap in $PATH or a standard place, NULL if there is none. */
const char *paths_bubblewrap(void);

#endif
