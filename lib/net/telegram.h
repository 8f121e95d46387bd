/* telegram: calls of the Bot API; errors are part of the outcome */
#ifndef NET_TELEGRAM_H
#define NET_TELEGRAM_H

#include "net/outcome.h"

struct http;
struct http_answer;
struct str;

/* One bot. */
struct telegram;

/*
 * The bot of this token, at $BGJOB_TELEGRAM_API or https://api.telegram.org.
 * NULL if the token or the URL is malformed: why gets the reason, without the
 * token. http must live longer. Free with telegram_free().
 */
struct telegram *telegram_new(struct http *http, const char *token, struct str *why);
void telegram_free(struct telegram *t); /* not before its calls are done; NULL is legal */

struct telegram_button {
	const char *text;
	const char *data; /* 1 to 64 bytes */
	int row;          /* neighbours of equal row are shown side by side */
};

/* What sendMessage and sendDocument have in common. Zero or NULL: none. */
struct telegram_message {
	const char *chat; /* an id in decimal, or "@channel" */
	int64_t thread;   /* topic of a forum; 1, the General topic, is left out as it must be */
	int64_t reply_to; /* message id; if that is gone, sent as an ordinary message */
	const char *text; /* at most 4096 characters after parsing; a document's caption: 1024 */
	unsigned html : 1, silent : 1;
	const struct telegram_button *buttons;
	unsigned button_count;
};

/* Everything is copied by the call. SENT has the message_id. Links get no preview. */
void telegram_send_message(struct telegram *t, const struct telegram_message *m,
	struct outcome_call then);
void telegram_send_document(struct telegram *t, const struct telegram_message *m,
	const char *file_name, const void *data, size_t size, struct outcome_call then);

/* text: at most 200 characters, or NULL. An answer that comes too late counts as sent. */
void telegram_answer_callback(struct telegram *t, const char *id, const char *text,
	struct outcome_call then);

/* "typing": for at most 5 s. */
void telegram_send_typing(struct telegram *t, const char *chat, int64_t thread,
	struct outcome_call then);

struct telegram_command {
	const char *name;        /* [a-z0-9_]{1,32} */
	const char *description; /* at most 256 characters */
};
void telegram_set_commands(struct telegram *t, const struct telegram_command *commands,
	unsigned count, struct outcome_call then);

/*
 * The updates from `offset` on (0: all unconfirmed ones), confirming those
 * before it; waits up to timeout_s (at most 50) for one. The outcome's result
 * is for telegram_next_update().
 */
void telegram_get_updates(struct telegram *t, int64_t offset, int timeout_s,
	struct outcome_call then);

void telegram_delete_webhook(struct telegram *t, struct outcome_call then);

/*
 * What an answer means (Bot API, "Making requests"); token: to be kept out of
 * the reason. o->result points into the answer.
 */
void telegram_classify(const struct http_answer *answer, const char *token, struct outcome *o);

#endif
