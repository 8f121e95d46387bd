/* schema: the numbered steps of share/sql; a store that does not fit ends the program (exit 3) */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

/* Fill an empty, just created database: WAL, all steps. */
void schema_create(void);

/*
 * Check that the open file is a bgjob store of a version this program knows,
 * and apply missing steps under the write lock. A newer or foreign file dies
 * with the cure.
 */
void schema_check(void);

/* The version this program knows. */
int schema_version(void);

#endif
