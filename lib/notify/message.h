/* message: the words of an outgoing message; database errors end the program */
#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "store/outbox.h"

struct message {
	char *title;    /* one line, plain; NULL: none */
	char *text;     /* valid UTF-8; no control characters except \n and \t; may be "" */
	size_t size;    /* bytes */
	int markdown;   /* the format of text */
	int64_t left;   /* bytes of the job's result that text leaves out */
	int64_t status; /* enum job_status of a final, else -1 */
};

/*
 * The text of a row of the outbox: as it was queued, or made from its job: how it ended, how long
 * it took, at most `most` bytes of its result, and after a failure the last lines of stderr (as
 * Markdown if markup is set). Free it with message_free().
 */
void message_make(const struct outbox_row *row, size_t most, int markup, struct message *m);
void message_free(struct message *m);

/*
 * The message as plain text: the title, a mark if it may be a duplicate, the text, a newline. The
 * caller frees it.
 */
char *message_plain(const struct outbox_row *row, size_t most);

/* The first `most` bytes of a job's result; *whole: its size. The caller frees it. */
char *message_result(int64_t job, size_t most, int64_t *whole);

/* Follows the title of a message that may have been delivered before. */
#define MESSAGE_DUPLICATE "(may be a duplicate)"

/*
 * Prepare a row for Telegram, where a message has at most 4096 characters: store the text of a
 * final in the row, cut a long text into parts, turn a very long one into its beginning and a
 * document. Inside the caller's transaction.
 */
void message_expand(struct outbox_row *row, int64_t now);

/* The bytes of a row's document, which the caller frees; NULL if they are gone. */
char *message_document(const struct outbox_row *row, size_t *n);

#endif
