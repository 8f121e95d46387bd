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

static const char *owner(const struct turn *t)
{
	return t->role == USER_OPERATOR ? NULL : t->user;
}

/* "style, version 3: How to write"; whose, if it is another's */
static void say_name(struct turn *t, const char *user, const char *label)
{
	turn_say(t, "%s", label);
	if (strcmp(user, t->user) != 0) {
		turn_say(t, " of ");
		turn_say_line(t, user, strlen(user), BY_CHARACTERS);
	}
}

static void say_block(const struct memory_block *b, void *arg)
{
	struct turn *t = arg;

	turn_say(t, "%s · version %lld", b->label, (long long)b->version);
	if (strcmp(b->title, b->label) != 0 && *b->title) {
		turn_say(t, " · ");
		turn_say_line(t, b->title, strlen(b->title), TITLE_CHARACTERS);
	}
	turn_say(t, "\n");
}

static void say_difference(struct turn *t, const char *text, size_t n)
{
	size_t shown = n < DIFFERENCE_BYTES ? n : DIFFERENCE_BYTES;

	/* whole lines */
	while (shown > 0 && shown < n && text[shown - 1] != '\n')
		shown--;
	turn_say_text(t, text, shown);
	if (shown < n)
		turn_say(t, "… %zu bytes more: bgjob-memory proposals ID shows all of it.\n",
			n - shown);
}

struct proposals {
	struct turn *turn;
	int64_t count;
};

static void say_proposal(const struct memory_proposal *p, void *arg)
{
	struct proposals *list = arg;
	struct turn *t = list->turn;
	struct str difference = { 0 };
	char approve[48], reject[48];

	turn_say(t, "%sProposal %lld for ", t->text.len ? "\n" : "", (long long)p->id);
	say_name(t, p->user, p->label);
	turn_say(t, ", by ");
	turn_say_line(t, p->by, strlen(p->by), BY_CHARACTERS);
	turn_say(t, p->base ? "\n" : ": a new block\n");
	if (++list->count > SHOWN)
		return;
	str_add(&difference, "");
	memory_difference(p, &difference);
	say_difference(t, difference.data, difference.len);
	str_free(&difference);
	snprintf(approve, sizeof(approve), "Approve %lld", (long long)p->id);
	snprintf(reject, sizeof(reject), "Reject %lld", (long long)p->id);
	turn_button(t, approve, "/memory approve", p->id);
	turn_button(t, reject, "/memory reject", p->id);
}

static void list(struct turn *t)
{
	struct proposals all = { t, 0 };
	int64_t blocks = memory_list(t->user, say_block, t);

	if (!blocks)
		turn_say(t, "Nothing is kept about you.\n");
	memory_proposals(owner(t), MEMORY_PENDING, say_proposal, &all);
	t->no = !blocks && !all.count;
}

static void show(struct turn *t, const char *label)
{
	struct memory_block block;

	if (memory_get(t->user, label, &block) < 0) {
		turn_say(t, "There is no block ");
		turn_say_line(t, label, strlen(label), LABEL_CHARACTERS);
		turn_say_no(t, ". /memory lists them.\n");
		return;
	}
	say_block(&block, t);
	turn_say_text(t, block.body, strlen(block.body));
	if (!*block.body)
		turn_say(t, "(empty)\n");
	memory_block_free(&block);
}

/* the proposal of an id, if it is theirs to decide: 0, to be freed. Else -1, and it was said what is wrong. */
static int find(struct turn *t, const char *text, size_t n, struct memory_proposal *p)
{
	int64_t id;

	if (value_id(text, n, &id) < 0) {
		turn_say_no(t, "Which one? Say its number. /memory lists them.\n");
		return -1;
	}
	if (memory_proposal_get(id, p) == 0) {
		if (!owner(t) || strcmp(p->user, t->user) == 0)
			return 0;
		memory_proposal_free(p);
	}
	turn_say_no(t, "No proposal %lld. /memory lists them.\n", (long long)id);
	return -1;
}

static void approve(struct turn *t, const struct memory_proposal *p)
{
	struct str difference = { 0 };

	str_add(&difference, "");
	switch (memory_approve(p->id, t->by, t->now, &difference)) {
	case 0:
		turn_say(t, "Approved: ");
		say_name(t, p->user, p->label);
		turn_say(t, " has version %lld now.\n", (long long)p->base + 1);
		break;
	case MEMORY_CHANGED:
		say_name(t, p->user, p->label);
		turn_say_no(t, " was changed since version %lld, so nothing is done:\n",
			(long long)p->base);
		say_difference(t, difference.data, difference.len);
		turn_button(t, "Reject", "/memory reject", p->id);
		break;
	default:
		turn_say_no(t, "Proposal %lld is %s already.\n", (long long)p->id,
			memory_status_name(p->status));
	}
	str_free(&difference);
}

static void reject(struct turn *t, const struct memory_proposal *p, const char *reason)
{
	if (memory_reject(p->id, t->by, *reason ? reason : NULL, t->now) == 0)
		turn_say(t, "Rejected proposal %lld.\n", (long long)p->id);
	else
		turn_say_no(t, "Proposal %lld is %s already.\n", (long long)p->id,
			memory_status_name(p->status));
}

/* whether it begins with the word; *rest is what comes behind it, n bytes up to a blank */
static int is_word(const char *argument, const char *word, const char **rest, size_t *n)
{
	size_t length = strcspn(argument, " \t\n");

	if (length != strlen(word) || memcmp(argument, word, length) != 0)
		return 0;
	*rest = argument + length + strspn(argument + length, " \t\n");
	*n = strcspn(*rest, " \t\n");
	return 1;
}

void commands_memory(struct turn *t, const char *argument)
{
	struct memory_proposal p;
	const char *rest;
	size_t n;

	if (t->group) {
		turn_say_no(t,
			"What is kept about you is nothing for others: say that to me alone.\n");
	} else if (!*argument) {
		list(t);
	} else if (is_word(argument, "approve", &rest, &n)) {
		if (find(t, rest, n, &p) < 0)
			return;
		approve(t, &p);
		memory_proposal_free(&p);
	} else if (is_word(argument, "reject", &rest, &n)) {
		if (find(t, rest, n, &p) < 0)
			return;
		reject(t, &p, rest + n + strspn(rest + n, " \t\n"));
		memory_proposal_free(&p);
	} else {
		char label[MEMORY_LABEL_MAX + 2];

		n = strcspn(argument, " \t\n");
		snprintf(label, sizeof(label), "%.*s", (int)(n < sizeof(label) ? n : sizeof(label)),
			argument);
		show(t, label);
	}
}
