/* inbox_worker: handle a user's messages in the inbox, in order, each once */
#include "chat/inbox_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "access/access.h"
#include "access/pair.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/hash.h"
#include "chat/route.h"
#include "db/db.h"
#include "db/home.h"
#include "net/telegram_update.h"
#include "store/delivery.h"
#include "store/inbox.h"

enum {
	TRIES = 5,
	TROUBLE = 4, /* tries after which a message is handled last, not to hold up others */
};

/* one message, handled in one transaction */
struct received {
	struct inbox_message m;
	struct telegram_update u;
	struct reply reply;
	int64_t tries;
};

static void queue_text(struct received *r, enum delivery_kind kind, const char *text)
{
	const struct delivery_new d = { .kind = kind, .target = r->m.chat, .text = text };

	delivery_queue(&d, r->reply.now);
	r->reply.messages = 1;
}

/* whether the text is a valid pairing code: then the sender is no longer a stranger */
static int is_paired(const struct received *r, const char *text)
{
	char code[PAIR_CODE + 1];
	size_t n = strcspn(text, " \t\n");
	const char *words[] = { "/pair", "/start" };

	for (int i = 0; i < 2; i++)
		if (strlen(words[i]) == n && strncmp(text, words[i], n) == 0)
			return pair_read(text + n + strspn(text + n, " \t\n"), code) == 0 &&
				user_pair(r->m.user, code, r->reply.now) == 1;
	return 0;
}

static void meet_stranger(struct received *r, const char *text)
{
	if (text && is_paired(r, text)) {
		warn("paired with Telegram user %s", r->m.user);
		queue_text(r, DELIVERY_REPLY, "Welcome. /help shows what you can do.");
		user_seen(r->m.user, r->u.sender_name, r->reply.now);
		return;
	}
	if (!user_refuse(r->m.user, CLOCK_DAY, r->reply.now))
		return;
	warn("Telegram user %s is not allowed here and gets one polite line a day", r->m.user);
	queue_text(r, DELIVERY_REPLY, "Sorry, this is a private assistant.");
}

/* whether we answer in this chat; a private one must be the sender's own */
static int may_talk_in(const struct received *r)
{
	char chat[32];

	snprintf(chat, sizeof(chat), "%lld", (long long)r->u.chat);
	if (r->u.chat_type == TELEGRAM_PRIVATE)
		return r->u.chat == r->u.sender;
	if (r->u.chat_type == TELEGRAM_CHANNEL)
		return 0;
	if (access_group(chat))
		return 1;
	if (r->reply.role != USER_STRANGER && user_refuse(chat, CLOCK_DAY, r->reply.now))
		warn("Telegram group %s is not in BGJOB_TELEGRAM_GROUPS", chat);
	return 0;
}

/* not for edits, channel posts, bots, anonymous admins and messages sent in the name of a chat */
static int is_from_person(const struct received *r)
{
	const struct telegram_update *u = &r->u;
	char sender[32];

	if (u->kind != TELEGRAM_MESSAGE && u->kind != TELEGRAM_CALLBACK)
		return 0;
	if (u->edited || u->channel_post || u->anonymous || u->sender_is_bot || u->sender == 0)
		return 0;
	snprintf(sender, sizeof(sender), "%lld", (long long)u->sender);
	return *r->m.chat && strcmp(sender, r->m.user) == 0;
}

static void answer_message(struct received *r)
{
	const char *text = r->u.kind == TELEGRAM_CALLBACK ? r->u.callback_data : r->u.text;
	struct reply *reply = &r->reply;

	reply->role = access_telegram(r->m.user);
	if (!is_from_person(r) || !may_talk_in(r))
		return;
	reply->group = r->u.chat_type != TELEGRAM_PRIVATE;
	if (reply->role == USER_STRANGER) {
		if (!reply->group)
			meet_stranger(r, r->u.text);
		return;
	}
	if (r->u.kind == TELEGRAM_CALLBACK)
		queue_text(r, DELIVERY_CALLBACK, r->u.callback_id);
	else if (reply->group)
		reply->reply_to = r->u.message;
	if (text)
		route_text(reply, r->u.sender_name, text);
	else if (!reply->group && r->u.kind == TELEGRAM_MESSAGE && !r->u.migrate_to)
		queue_text(r, DELIVERY_REPLY, "I can read text only.");
}

static void handle_message(void *arg)
{
	struct received *r = arg;
	struct str by = { 0 };

	/* mark it first: if another process has handled it, nothing happens twice */
	if (!inbox_handled(r->m.id, r->reply.now))
		return;
	if (!*r->m.user || telegram_update_parse(r->m.body, strlen(r->m.body), &r->u) < 0)
		return;
	str_addf(&by, "user %s", r->m.user);
	r->reply.user = r->m.user;
	r->reply.by = by.data;
	r->reply.target = r->m.chat;
	answer_message(r);
	r->reply.by = NULL;
	str_free(&by);
	failpoint("chat-acted");
}

static void give_up(void *arg)
{
	struct received *r = arg;

	if (inbox_set_aside(r->m.id, "it was tried 5 times and never completed", r->reply.now) &&
		*r->m.chat && access_telegram(r->m.user) != USER_STRANGER)
		queue_text(r, DELIVERY_REPLY, "Sorry, that message could not be handled.");
}

static int handle_received(struct received *r)
{
	int status;

	r->tries = inbox_begin(r->m.id);
	failpoint("chat-begun");
	r->reply.now = clock_now();
	status = db_try(r->tries > TRIES ? give_up : handle_message, r);
	failpoint("chat-committed");
	if (status < 0) {
		warn("message %lld will be handled later: %s", (long long)r->m.id, db_error());
		return status;
	}
	if (r->tries > TRIES)
		warn("message %lld is set aside: it was tried %d times and never completed",
			(long long)r->m.id, TRIES);
	reply_follow(&r->reply);
	return status;
}

/* One pass over the waiting messages. hard: also those that failed before, which a first pass leaves out. */
static int handle_all(const char *user, int hard, int *left_out)
{
	int64_t id = 0;
	int status = 0;

	while ((id = inbox_oldest(user, id)) > 0) {
		struct received r = { .tries = 0 };

		if (inbox_get(id, &r.m) < 0)
			continue;
		if (!hard && r.m.tries + 1 >= TROUBLE)
			*left_out = 1;
		else if (handle_received(&r) < 0)
			status = -1;
		reply_free(&r.reply);
		telegram_update_free(&r.u);
		inbox_free(&r.m);
	}
	return status;
}

/* Returns -1 if some failed, 1 if another process holds the user's lock. */
static int take_turn(const char *user)
{
	off_t byte = (off_t)(hash_fnv1a(user, strlen(user)) >> 2);
	int lock = home_lock("chat.lock", byte, 1, 0), left_out = 0, status;

	if (lock < 0)
		return 1;
	failpoint("chat-locked");
	status = handle_all(user, 0, &left_out);
	if (left_out && handle_all(user, 1, &left_out) < 0)
		status = -1;
	home_unlock(lock);
	failpoint("chat-unlocked");
	return status;
}

int inbox_worker_run(int64_t id)
{
	struct inbox_message m;
	int status;

	if (inbox_get(id, &m) < 0)
		return INBOX_WORKER_UNKNOWN;
	/*
	 * a process that came while we held the lock has left its message to us: look again after
	 * releasing it
	 */
	do
		status = take_turn(m.user);
	while (status == 0 && inbox_oldest(m.user, 0) > 0);
	inbox_free(&m);
	return status < 0 ? INBOX_WORKER_FAILED : 0;
}
