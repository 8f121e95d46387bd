/* memory_change: what bgjob-memory changes */
#include "cli/memory_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "store/memory.h"

void memory_answer_free(struct memory_answer *a)
{
	str_free(&a->why);
	str_free(&a->difference);
}

static int check_text(const struct memory_request *r, const char *body, struct memory_answer *a)
{
	return memory_text_valid(r->title, body, &a->why) < 0 ? EXIT_USAGE : EXIT_DONE;
}

int memory_change_check(const struct memory_request *r, struct memory_answer *a)
{
	return check_text(r, r->text && !r->edit ? r->text : "", a);
}

/* the block's current text, if no text was given; NULL with a->why */
static char *current_text(const struct memory_request *r, struct memory_answer *a)
{
	struct memory_block block;
	char *body;

	if (memory_get(r->user, r->label, &block) < 0) {
		str_addf(&a->why, "no block '%s' of %s: give a text too", r->label, r->user);
		return NULL;
	}
	body = mem_dup(block.body);
	memory_block_free(&block);
	return body;
}

int memory_change_set(const struct memory_request *r, struct memory_answer *a)
{
	char *text = r->text ? mem_dup(r->text) : current_text(r, a);

	if (!text)
		return EXIT_USAGE;
	a->number = memory_set(r->user, r->label, r->title, text, r->by, clock_now());
	free(text);
	return EXIT_DONE;
}

/* the text to propose, and the version that it is for; NULL with a->why */
static char *proposed_text(const struct memory_request *r, int64_t *base, struct memory_answer *a)
{
	struct str body = { 0 };

	if (!r->text)
		return current_text(r, a);
	if (!r->edit)
		return mem_dup(r->text);
	str_add(&body, "");
	if (memory_edit(r->user, r->label, base, r->text, &body, &a->why) < 0 ||
		check_text(r, body.data, a) != EXIT_DONE) {
		str_free(&body);
		return NULL;
	}
	return str_take(&body);
}

/* the changes since then are in a->difference */
static int refuse_proposal(const struct memory_request *r, int64_t refusal, int64_t base,
	struct memory_answer *a)
{
	switch (refusal) {
	case MEMORY_SAME: str_add(&a->why, "nothing would change"); break;
	case MEMORY_FULL:
		str_addf(&a->why, "%d proposals for %s wait already", MEMORY_OPEN_MAX, r->user);
		break;
	default:
		str_addf(&a->why, "'%s' has another version than %lld; what differs:", r->label,
			(long long)base);
	}
	return EXIT_NO;
}

int memory_change_propose(const struct memory_request *r, struct memory_answer *a)
{
	struct memory_proposal p = { .user = (char *)(uintptr_t)r->user,
		.label = (char *)(uintptr_t)r->label,
		.base = r->base,
		.title = (char *)(uintptr_t)r->title,
		.by = (char *)(uintptr_t)r->by,
		.job = r->job };
	int64_t id;

	p.body = proposed_text(r, &p.base, a);
	if (!p.body)
		return EXIT_USAGE;
	id = memory_propose(&p, clock_now(), &a->difference);
	free(p.body);
	if (id < 0)
		return refuse_proposal(r, id, r->base, a);
	a->number = id;
	return EXIT_DONE;
}

/*
 * it must belong to the given user: a mistyped number is rarely another proposal of the same user
 */
int memory_change_find(const struct memory_request *r, struct memory_proposal *p,
	struct memory_answer *a)
{
	if (!r->no_store && memory_proposal_get(r->id, p) == 0) {
		if (strcmp(p->user, r->user) == 0)
			return EXIT_DONE;
		memory_proposal_free(p);
	}
	str_addf(&a->why, "no proposal %lld for %s", (long long)r->id, r->user);
	return EXIT_USAGE;
}

static int decide_proposal(const struct memory_request *r, int approve, struct memory_answer *a)
{
	struct memory_proposal p;
	int result;

	if (memory_change_find(r, &p, a) != EXIT_DONE)
		return EXIT_USAGE;
	result = approve ? memory_approve(r->id, r->by, clock_now(), &a->difference)
			 : memory_reject(r->id, r->by, r->reason, clock_now());
	if (result == MEMORY_CHANGED)
		str_addf(&a->why,
			"proposal %lld is for version %lld of '%s'; what was changed since:",
			(long long)r->id, (long long)p.base, p.label);
	else if (result < 0)
		str_addf(&a->why, "proposal %lld is already %s", (long long)r->id,
			memory_status_name(p.status));
	memory_proposal_free(&p);
	return result < 0 ? EXIT_NO : EXIT_DONE;
}

int memory_change_approve(const struct memory_request *r, struct memory_answer *a)
{
	return decide_proposal(r, 1, a);
}

int memory_change_reject(const struct memory_request *r, struct memory_answer *a)
{
	return decide_proposal(r, 0, a);
}
