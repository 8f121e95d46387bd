/* schema: the numbered steps of share/sql; a store that does not fit ends the program (exit 3) */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

/* Set up a new, empty database: WAL mode and all steps. */
void schema_create(void);

/*
 * Check that the open file is a bgjob store of a version that this program knows, and apply missing
 * steps under the write lock. A newer version or another program's file ends the program with a
 * message that says what to do.
 */
void schema_check(void);

/* The newest version that this program knows. */
int schema_version(void);

#endif
