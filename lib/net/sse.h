/* sse: reads a text/event-stream that comes in pieces (WHATWG HTML, 9.2); returns -1 if too long */
#ifndef NET_SSE_H
#define NET_SSE_H

#include <stddef.h>

/* Its texts are NUL-terminated and live as long as the call that brings them. */
struct sse_event {
	const char *type; /* of the "event" field; "message" if there was none */
	const char *data; /* the "data" lines, "\n" between them */
	size_t size;      /* of data, bytes; it may hold NUL */
	const char *id;   /* the last "id" of the stream so far; "" if there was none */
};

struct sse;

/*
 * A new stream. event: called in sse_feed() and sse_end() for each event that
 * has data. max: bytes of one event or line, more fail the stream. A byte
 * order mark at the start, comment lines, unknown fields, "retry", and a type
 * or id with a NUL in it are skipped; lines end with CR LF, LF or CR. Free with
 * sse_free().
 */
struct sse *sse_new(size_t max, void (*event)(void *arg, const struct sse_event *event), void *arg);
void sse_free(struct sse *sse); /* NULL is legal */

/*
 * The next n bytes, cut anywhere. Returns 0, or -1 if an event is longer than
 * max: then, and for all that follows, nothing more is reported.
 */
int sse_feed(struct sse *sse, const char *data, size_t n);

/*
 * The stream is over. Unlike a browser this reports an event without the empty
 * line after it, as some servers omit it after the last; the receiver must
 * notice an event that was cut off. Nothing may be fed afterwards.
 */
void sse_end(struct sse *sse);

#endif
