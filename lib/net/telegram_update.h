/* telegram_update: read the updates that Telegram sends to a bot (Bot API, "Update"); errors return
 * -1 */
#ifndef NET_TELEGRAM_UPDATE_H
#define NET_TELEGRAM_UPDATE_H

#include <stddef.h>
#include <stdint.h>

enum telegram_kind {
	TELEGRAM_OTHER,    /* of a kind that is not asked for, or without chat or sender */
	TELEGRAM_MESSAGE,  /* also edited ones and channel posts, which are marked as such */
	TELEGRAM_CALLBACK, /* a button was pressed */
	TELEGRAM_MEMBER,   /* the bot's own status in a chat has changed */
};

enum telegram_chat { TELEGRAM_PRIVATE, TELEGRAM_GROUP, TELEGRAM_SUPERGROUP, TELEGRAM_CHANNEL };

/*
 * One update. Ids are 0 and texts NULL where there is none. Texts are valid
 * UTF-8, otherwise whatever the sender chose, and live until
 * telegram_update_free().
 */
struct telegram_update {
	int64_t id; /* update_id */
	enum telegram_kind kind;
	int64_t chat;
	enum telegram_chat chat_type;
	const char *chat_title;  /* of groups and channels */
	int64_t thread;          /* topic; 0 for a forum's General one */
	int64_t message;         /* a callback: the message that has the button */
	int64_t reply_to;        /* message id */
	int64_t date;            /* ms since 1970; a callback has none of its own: 0 */
	int64_t sender;          /* user id; a callback: who pressed */
	const char *sender_name; /* first and last name, else the username, else the id */
	const char *username;    /* without "@" */
	const char *text;        /* or caption */
	const char *callback_id, *callback_data;
	const char *member_status; /* the bot's new one: "member", "left", "kicked"... */
	int64_t migrate_to;        /* a service message: this group is now that supergroup */
	unsigned edited : 1, channel_post : 1;
	unsigned anonymous : 1; /* spoken as a chat (sender_chat): the sender is a stand-in */
	unsigned via_bot : 1, forwarded : 1;
	unsigned sender_is_bot : 1;

	void *tree;       /* owns the texts */
	char *built_name; /* sender_name, if it was put together */
};

/* Read one update. Returns 0, or -1 if it is not JSON or has no update_id; then it is { 0 }. */
int telegram_update_parse(const char *json, size_t n, struct telegram_update *u);

void telegram_update_free(struct telegram_update *u); /* legal on { 0 } and twice */

/*
 * The next update of getUpdates' result, as the text that was sent: start with
 * *at = 0. Returns 0, or -1 after the last one. *id is its update_id, or 0 if
 * it has none that can be read, which Telegram never sends.
 */
int telegram_next_update(const char *result, size_t n, size_t *at, int64_t *id, const char **text,
	size_t *size);

#endif
