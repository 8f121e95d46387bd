/* commands_memory: /memory */
#include <stdio.h>
#include <string.h>

#include "base/value.h"
#include "chat/commands.h"
#include "store/memory.h"

enum {
	TITLE_CHARACTERS = 80,
	LABEL_CHARACTERS = 64,
	BY_CHARACTERS = 40,
	DIFFERENCE_BYTES = 3000, /* of one proposal, in a list of them */
	SHOWN = 3,               /* proposals with their difference */
};

static const char *owner(const struct reply *reply)
{
	return reply->role == USER_OPERATOR ? NULL : reply->user;
}

/* "style", or "style of bob" if it is another user's */
static void say_name(struct reply *reply, const char *user, const char *label)
{
	reply_say(reply, "%s", label);
	if (strcmp(user, reply->user) != 0) {
		reply_say(reply, " of ");
		reply_say_line(reply, user, strlen(user), BY_CHARACTERS);
	}
}

static void say_block(const struct memory_block *b, void *arg)
{
	struct reply *reply = arg;

	reply_say(reply, "%s · version %lld", b->label, (long long)b->version);
	if (strcmp(b->title, b->label) != 0 && *b->title) {
		reply_say(reply, " · ");
		reply_say_line(reply, b->title, strlen(b->title), TITLE_CHARACTERS);
	}
	reply_say(reply, "\n");
}

static void say_difference(struct reply *reply, const char *text, size_t n)
{
	size_t shown = n < DIFFERENCE_BYTES ? n : DIFFERENCE_BYTES;

	/* whole lines */
	while (shown > 0 && shown < n && text[shown - 1] != '\n')
		shown--;
	reply_say_text(reply, text, shown);
	if (shown < n)
		reply_say(reply, "… %zu more bytes: see bgjob-memory proposals ID.\n", n - shown);
}

struct proposals {
	struct reply *reply;
	int64_t count;
};

static void say_proposal(const struct memory_proposal *p, void *arg)
{
	struct proposals *list = arg;
	struct reply *reply = list->reply;
	struct str difference = { 0 };
	char approve[48], reject[48];

	reply_say(reply, "%sProposal %lld for ", reply->text.len ? "\n" : "", (long long)p->id);
	say_name(reply, p->user, p->label);
	reply_say(reply, ", by ");
	reply_say_line(reply, p->by, strlen(p->by), BY_CHARACTERS);
	reply_say(reply, p->base ? "\n" : ": a new block\n");
	if (++list->count > SHOWN)
		return;
	str_add(&difference, "");
	memory_difference(p, &difference);
	say_difference(reply, difference.data, difference.len);
	str_free(&difference);
	snprintf(approve, sizeof(approve), "Approve %lld", (long long)p->id);
	snprintf(reject, sizeof(reject), "Reject %lld", (long long)p->id);
	reply_button(reply, approve, "/memory approve", p->id);
	reply_button(reply, reject, "/memory reject", p->id);
}

static void list_memory(struct reply *reply)
{
	struct proposals all = { reply, 0 };
	int64_t blocks = memory_list(reply->user, say_block, reply);

	if (!blocks)
		reply_say(reply, "Nothing is remembered about you.\n");
	memory_proposals(owner(reply), MEMORY_PENDING, say_proposal, &all);
	reply->no = !blocks && !all.count;
}

static void show_block(struct reply *reply, const char *label)
{
	struct memory_block block;

	if (memory_get(reply->user, label, &block) < 0) {
		reply_say(reply, "There is no block ");
		reply_say_line(reply, label, strlen(label), LABEL_CHARACTERS);
		reply_say_no(reply, ". /memory lists them.\n");
		return;
	}
	say_block(&block, reply);
	reply_say_text(reply, block.body, strlen(block.body));
	if (!*block.body)
		reply_say(reply, "(empty)\n");
	memory_block_free(&block);
}

/*
 * Finds a proposal that the user may decide: 0, to be freed. Else -1, and the answer says what is
 * wrong.
 */
static int find_proposal(struct reply *reply, const char *text, size_t n, struct memory_proposal *p)
{
	int64_t id;

	if (value_id(text, n, &id) < 0) {
		reply_say_no(reply, "Which proposal? Add its number. /memory lists them.\n");
		return -1;
	}
	if (memory_proposal_get(id, p) == 0) {
		if (!owner(reply) || strcmp(p->user, reply->user) == 0)
			return 0;
		memory_proposal_free(p);
	}
	reply_say_no(reply, "No proposal %lld. /memory lists them.\n", (long long)id);
	return -1;
}

static void approve(struct reply *reply, const struct memory_proposal *p)
{
	struct str difference = { 0 };

	str_add(&difference, "");
	switch (memory_approve(p->id, reply->by, reply->now, &difference)) {
	case 0:
		reply_say(reply, "Approved: ");
		say_name(reply, p->user, p->label);
		reply_say(reply, " is now at version %lld.\n", (long long)p->base + 1);
		break;
	case MEMORY_CHANGED:
		say_name(reply, p->user, p->label);
		reply_say_no(reply, " has changed since version %lld, so nothing was done:\n",
			(long long)p->base);
		say_difference(reply, difference.data, difference.len);
		reply_button(reply, "Reject", "/memory reject", p->id);
		break;
	default:
		reply_say_no(reply, "Proposal %lld is already %s.\n", (long long)p->id,
			memory_status_name(p->status));
	}
	str_free(&difference);
}

static void reject(struct reply *reply, const struct memory_proposal *p, const char *reason)
{
	if (memory_reject(p->id, reply->by, *reason ? reason : NULL, reply->now) == 0)
		reply_say(reply, "Rejected proposal %lld.\n", (long long)p->id);
	else
		reply_say_no(reply, "Proposal %lld is already %s.\n", (long long)p->id,
			memory_status_name(p->status));
}

/* Whether it begins with the word. *rest is what follows, n bytes of it up to a blank. */
static int is_word(const char *argument, const char *word, const char **rest, size_t *n)
{
	size_t length = strcspn(argument, " \t\n");

	if (length != strlen(word) || memcmp(argument, word, length) != 0)
		return 0;
	*rest = argument + length + strspn(argument + length, " \t\n");
	*n = strcspn(*rest, " \t\n");
	return 1;
}

void commands_memory(struct reply *reply, const char *argument)
{
	struct memory_proposal p;
	const char *rest;
	size_t n;

	if (reply->group) {
		reply_say_no(reply,
			"What is remembered about you is private: ask me in a private chat.\n");
	} else if (!*argument) {
		list_memory(reply);
	} else if (is_word(argument, "approve", &rest, &n)) {
		if (find_proposal(reply, rest, n, &p) < 0)
			return;
		approve(reply, &p);
		memory_proposal_free(&p);
	} else if (is_word(argument, "reject", &rest, &n)) {
		if (find_proposal(reply, rest, n, &p) < 0)
			return;
		reject(reply, &p, rest + n + strspn(rest + n, " \t\n"));
		memory_proposal_free(&p);
	} else {
		char label[MEMORY_LABEL_MAX + 2];

		n = strcspn(argument, " \t\n");
		snprintf(label, sizeof(label), "%.*s", (int)(n < sizeof(label) ? n : sizeof(label)),
			argument);
		show_block(reply, label);
	}
}
