/* check: whether the store is intact and consistent; database errors end the program */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

/*
 * SQLite's integrity and foreign keys, our own invariants and the files in
 * results/. problem() gets one line for each finding. Reads only, in one
 * snapshot. Returns how many findings there were.
 */
int check_store(void (*problem)(const char *text, void *arg), void *arg);

/* The quick part of it: the database's structure alone. */
int check_quick(void (*problem)(const char *text, void *arg), void *arg);

#endif
