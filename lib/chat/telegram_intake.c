/* telegram_intake: store updates of the Bot API in the inbox */
#include "chat/telegram_intake.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "db/db.h"
#include "net/telegram_update.h"
#include "store/inbox.h"

/* what one transaction stores or offers */
struct batch {
	struct inbox_message *messages;
	size_t count;
	int64_t now, pause, waiting;
	int stored;
	struct str lines;
};

static const cJSON *item(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* An id in decimal, or "" if there is none. */
static char *id_text(const char *prefix, const cJSON *id)
{
	struct str text = { 0 };
	int64_t number;

	str_add(&text, "");
	if (json_integer(id, &number) == 0)
		str_addf(&text, "%s%" PRId64, prefix, number);
	return str_take(&text);
}

/*
 * Where to send an answer. Only a topic's thread counts: a reply has a thread id too, but it is not
 * an address.
 */
static char *target_of(const cJSON *message)
{
	char *chat = id_text("telegram:", item(item(message, "chat"), "id"));
	struct str text = { 0 };
	int64_t thread;

	if (!*chat || !cJSON_IsTrue(item(message, "is_topic_message")) ||
		json_integer(item(message, "message_thread_id"), &thread) < 0 || thread <= 1)
		return chat;
	str_addf(&text, "%s/%" PRId64, chat, thread);
	free(chat);
	return str_take(&text);
}

/* Who sent it, and in which chat. */
static void find_origin(const char *json, size_t n, struct inbox_message *m)
{
	cJSON *update = cJSON_ParseWithLength(json, n);
	const cJSON *message = item(update, "message"), *what = message;

	if (!message && (what = item(update, "callback_query")))
		message = item(what, "message");
	if (!what)
		message = what = item(update, "my_chat_member");
	m->user = id_text("",
		what == message && item(what, "sender_chat") ? NULL
							     : item(item(what, "from"), "id"));
	m->chat = target_of(message);
	cJSON_Delete(update);
}

/*
 * Every update with a number is stored, whatever its kind: otherwise it would come again for ever.
 */
static void read_updates(const char *source, const char *json, size_t n, struct batch *b,
	struct telegram_intake *result)
{
	const char *update;
	size_t at = 0, size;
	int64_t id;

	while (telegram_next_update(json, n, &at, &id, &update, &size) == 0) {
		struct inbox_message *m;

		result->count++;
		if (!id)
			continue;
		if (id >= result->next)
			result->next = id + 1;
		b->messages = mem_resize(b->messages, b->count + 1, sizeof(*b->messages));
		m = &b->messages[b->count++];
		*m = (struct inbox_message){ .source_id = id,
			.source = mem_dup(source),
			.body = mem_dupn(update, size) };
		find_origin(update, size, m);
	}
}

static void add_offer_line(int64_t id, const char *user, const char *chat, void *arg)
{
	struct str *lines = arg;

	str_addf(lines, "%" PRId64 "\t", id);
	str_escape(lines, user, strlen(user));
	str_addc(lines, '\t');
	str_escape(lines, chat, strlen(chat));
	str_addc(lines, '\n');
}

static void store_batch(void *arg)
{
	struct batch *b = arg;

	for (size_t i = 0; i < b->count; i++) {
		const struct inbox_message *m = &b->messages[i];
		int64_t id = inbox_add(m, b->now);

		if (!id)
			continue;
		b->stored++;
		add_offer_line(id, m->user, m->chat, &b->lines);
	}
}

/* Run work() in a transaction, and hand over the lines only if it is committed. */
static int try_batch(void (*work)(void *arg), struct batch *b, struct str *lines)
{
	int status = db_try(work, b);

	if (status == 0)
		str_addn(lines, b->lines.data ? b->lines.data : "", b->lines.len);
	str_free(&b->lines);
	return status;
}

int telegram_intake_store(const char *source, const char *json, size_t n, struct str *lines,
	struct telegram_intake *result)
{
	struct batch b = { .now = clock_now() };
	int status = 0;

	*result = (struct telegram_intake){ 0 };
	read_updates(source, json, n, &b, result);
	if (b.count)
		status = try_batch(store_batch, &b, lines);
	result->stored = status == 0 ? b.stored : 0;
	for (size_t i = 0; i < b.count; i++)
		inbox_free(&b.messages[i]);
	free(b.messages);
	return status;
}

static void offer_stored(void *arg)
{
	struct batch *b = arg;

	b->waiting = inbox_waiting();
	if (b->waiting)
		inbox_offer_again(b->pause ? b->now - b->pause : b->now + 1, b->now, add_offer_line,
			&b->lines);
}

int64_t telegram_intake_offer(int64_t pause, struct str *lines)
{
	struct batch b = { .now = clock_now(), .pause = pause };

	return try_batch(offer_stored, &b, lines) == 0 ? b.waiting : -1;
}
