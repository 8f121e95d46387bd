/* telegram_update: read the updates that Telegram sends to a bot */
#include "net/telegram_update.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"

enum { GENERAL_TOPIC = 1 };

static const cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* NULL also for text that is not UTF-8. */
static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(get(object, name));

	return text && utf8_valid(text, strlen(text)) ? text : NULL;
}

static int64_t integer_of(const cJSON *object, const char *name)
{
	int64_t number = 0;

	return json_integer(get(object, name), &number) == 0 ? number : 0;
}

static void read_chat(struct telegram_update *u, const cJSON *chat)
{
	const char *type = text_of(chat, "type");

	u->chat = integer_of(chat, "id");
	u->chat_title = text_of(chat, "title");
	if (!type || strcmp(type, "channel") == 0)
		u->chat_type = TELEGRAM_CHANNEL;
	else if (strcmp(type, "private") == 0)
		u->chat_type = TELEGRAM_PRIVATE;
	else
		u->chat_type = strcmp(type, "group") == 0 ? TELEGRAM_GROUP : TELEGRAM_SUPERGROUP;
}

static void read_sender(struct telegram_update *u, const cJSON *user)
{
	const char *first = text_of(user, "first_name"), *last = text_of(user, "last_name");
	struct str name = { 0 };

	u->sender = integer_of(user, "id");
	u->sender_is_bot = cJSON_IsTrue(get(user, "is_bot"));
	u->username = text_of(user, "username");
	if (u->sender == 0)
		return;
	if (first && *first)
		str_add(&name, first);
	if (last && *last)
		str_addf(&name, name.len ? " %s" : "%s", last);
	if (name.len == 0 && u->username)
		str_add(&name, u->username);
	if (name.len == 0)
		str_addf(&name, "%" PRId64, u->sender);
	u->built_name = str_take(&name);
	u->sender_name = u->built_name;
}

/* Where a message is; the thread of a mere reply in a group is not a topic. */
static void read_place(struct telegram_update *u, const cJSON *message)
{
	read_chat(u, get(message, "chat"));
	u->message = integer_of(message, "message_id");
	if (cJSON_IsTrue(get(message, "is_topic_message")))
		u->thread = integer_of(message, "message_thread_id");
	if (u->thread <= GENERAL_TOPIC)
		u->thread = 0;
}

static void read_message(struct telegram_update *u, const cJSON *message)
{
	int64_t date = integer_of(message, "date");

	read_place(u, message);
	read_sender(u, get(message, "from"));
	if (date > 0 && date < INT64_MAX / CLOCK_SECOND)
		u->date = date * CLOCK_SECOND;
	u->reply_to = integer_of(get(message, "reply_to_message"), "message_id");
	u->text = text_of(message, "text");
	if (!u->text)
		u->text = text_of(message, "caption");
	u->migrate_to = integer_of(message, "migrate_to_chat_id");
	u->anonymous = get(message, "sender_chat") != NULL;
	u->via_bot = get(message, "via_bot") != NULL;
	u->forwarded = get(message, "forward_origin") || get(message, "forward_date");
	if (u->chat != 0 && (u->sender != 0 || u->anonymous || u->channel_post))
		u->kind = TELEGRAM_MESSAGE;
}

static void read_callback(struct telegram_update *u, const cJSON *callback)
{
	const cJSON *message = get(callback, "message");

	read_sender(u, get(callback, "from"));
	read_place(u, message);
	u->callback_id = text_of(callback, "id");
	u->callback_data = text_of(callback, "data");
	if (u->callback_id && u->sender != 0)
		u->kind = TELEGRAM_CALLBACK;
}

static void read_member(struct telegram_update *u, const cJSON *member)
{
	int64_t date = integer_of(member, "date");

	read_chat(u, get(member, "chat"));
	read_sender(u, get(member, "from"));
	if (date > 0 && date < INT64_MAX / CLOCK_SECOND)
		u->date = date * CLOCK_SECOND;
	u->member_status = text_of(get(member, "new_chat_member"), "status");
	if (u->chat != 0 && u->member_status)
		u->kind = TELEGRAM_MEMBER;
}

int telegram_update_parse(const char *json, size_t n, struct telegram_update *u)
{
	const cJSON *part;
	cJSON *tree = cJSON_ParseWithLength(json, n);

	*u = (struct telegram_update){ 0 };
	if (!tree || json_integer(get(tree, "update_id"), &u->id) < 0) {
		cJSON_Delete(tree);
		*u = (struct telegram_update){ 0 };
		return -1;
	}
	u->tree = tree;
	u->edited = get(tree, "edited_message") || get(tree, "edited_channel_post");
	u->channel_post = get(tree, "channel_post") || get(tree, "edited_channel_post");
	if ((part = get(tree, "message")) || (part = get(tree, "edited_message")) ||
		(part = get(tree, "channel_post")) || (part = get(tree, "edited_channel_post")))
		read_message(u, part);
	else if ((part = get(tree, "callback_query")))
		read_callback(u, part);
	else if ((part = get(tree, "my_chat_member")))
		read_member(u, part);
	return 0;
}

void telegram_update_free(struct telegram_update *u)
{
	cJSON_Delete(u->tree);
	free(u->built_name);
	*u = (struct telegram_update){ 0 };
}

int telegram_next_update(const char *result, size_t n, size_t *at, int64_t *id, const char **text,
	size_t *size)
{
	const char *value;
	size_t length;
	cJSON *number;

	if (json_element(result, n, at, text, size) < 0)
		return -1;
	*id = 0;
	if (json_member(*text, *size, "update_id", &value, &length) < 0)
		return 0;
	number = cJSON_ParseWithLength(value, length);
	if (json_integer(number, id) < 0)
		*id = 0;
	cJSON_Delete(number);
	return 0;
}
