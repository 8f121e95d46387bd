/* out: records on stdout, checked at the end; a stdout that failed ends the program (exit 3) */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stddef.h>

/*
 * One field of the current record, escaped as str_escape() does; fields are
 * separated by tabs, out_end() ends the line. text may be NULL: empty.
 */
void out_field(const char *text);
void out_fieldn(const void *data, size_t n);
void out_fieldf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_end(void);

/* Raw bytes, no escaping. */
void out_raw(const void *data, size_t n);

/*
 * Flush so that a reader sees it now. A reader that went away (EPIPE) ends the
 * program with SIGPIPE's 141.
 */
void out_flush(void);

/*
 * Flush and close stdout; anything that could not be written dies with "cannot
 * write: REASON". Every program calls it last.
 */
void out_done(void);

/*
 * Whether stdout is a terminal; its columns (COLUMNS, else the tty, else 80);
 * whether to colour (a tty, NO_COLOR unset or empty, TERM neither unset nor dumb).
 */
int out_tty(void);
int out_columns(void);
int out_colour(void);

/* Write all n bytes to any descriptor, past signals. Returns 0, or -1 with errno. */
int out_write_all(int fd, const void *data, size_t n);

#endif
