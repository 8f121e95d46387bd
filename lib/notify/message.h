/* message: the words of an outgoing message; database errors end the program */
#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "store/outbox.h"

struct message {
	char *title;    /* one line, plain; NULL: none */
	char *text;     /* valid UTF-8 without control characters but \n and \t; may be "" */
	size_t size;    /* bytes */
	int markdown;   /* the format of text */
	int64_t left;   /* bytes of the job's result that are not in text */
	int64_t status; /* enum job_status of a final, else -1 */
};

/*
 * The words of a row of the outbox: as it was queued, or made from its job: how
 * it ended, how long it took, at most `most` bytes of its result, and after a
 * failure the last lines of stderr (as Markdown if markup is set). Free with
 * message_free().
 */
void message_make(const struct outbox_row *row, size_t most, int markup, struct message *m);
void message_free(struct message *m);

/*
 * The message for a receiver of plain text, title first, marked if it may be
 * a duplicate; ends in a newline. The caller frees it.
 */
char *message_plain(const struct outbox_row *row, size_t most);

/* The beginning of a job's result, at most `most` bytes; *whole: how long it is. The caller frees it. */
char *message_result(int64_t job, size_t most, int64_t *whole);

/* What stands behind the title of one that was perhaps taken before. */
#define MESSAGE_DUPLICATE "(may be a duplicate)"

/*
 * Make a row ready for Telegram, whose messages are at most 4096 characters:
 * the words of a final become the row's own, long ones are cut into parts, very
 * long ones become a beginning and a document. Inside the caller's transaction.
 */
void message_expand(struct outbox_row *row, int64_t now);

/* The bytes of a row's document; the caller frees them. NULL: they are gone. */
char *message_document(const struct outbox_row *row, size_t *n);

#endif
