/* memory_proposal: changes to memory that need approval */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diff.h"
#include "db/db.h"
#include "store/column.h"
#include "store/memory.h"
#include "store/memory_row.h"

enum { NAME_SIZE = MEMORY_LABEL_MAX + 40 }; /* a label, a word and a number */

static const char *const statuses[] = { "pending", "approved", "rejected" };

const char *memory_status_name(enum memory_status status)
{
	return statuses[status];
}

static enum memory_status parse_status(const char *name)
{
	for (int i = MEMORY_PENDING; i < MEMORY_REJECTED; i++)
		if (strcmp(statuses[i], name) == 0)
			return (enum memory_status)i;
	return MEMORY_REJECTED;
}

void memory_proposal_free(struct memory_proposal *p)
{
	free(p->user);
	free(p->label);
	free(p->title);
	free(p->body);
	free(p->by);
	free(p->decided_by);
	free(p->reason);
	*p = (struct memory_proposal){ 0 };
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_USER_ID, "user_id") COLUMN(C_LABEL, "label") \
	COLUMN(C_BASE_VERSION, "base_version") COLUMN(C_TITLE, "title") COLUMN(C_BODY, "body") \
	COLUMN(C_STATUS, "status") COLUMN(C_CREATED_AT, "created_at") \
	COLUMN(C_JOB_ID, "job_id") COLUMN(C_SESSION_ID, "session_id") \
	COLUMN(C_PROPOSED_BY, "proposed_by") COLUMN(C_DECIDED_AT, "decided_at") \
	COLUMN(C_DECIDED_BY, "decided_by") COLUMN(C_REASON, "reason")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM memory_proposal"

static void read_proposal(struct db_statement *s, struct memory_proposal *p)
{
	*p = (struct memory_proposal){ .id = db_int(s, C_ID),
		.user = mem_dup(db_text(s, C_USER_ID)),
		.label = mem_dup(db_text(s, C_LABEL)),
		.base = db_int(s, C_BASE_VERSION),
		.title = mem_dup(db_text(s, C_TITLE)),
		.body = mem_dup(db_text(s, C_BODY)),
		.status = parse_status(db_text(s, C_STATUS)),
		.created_at = db_int(s, C_CREATED_AT),
		.job = db_int(s, C_JOB_ID),
		.session = db_int(s, C_SESSION_ID),
		.by = mem_dup(db_text(s, C_PROPOSED_BY)),
		.decided_at = db_int_or(s, C_DECIDED_AT, -1),
		.decided_by = mem_dup(db_text(s, C_DECIDED_BY)),
		.reason = mem_dup(db_text(s, C_REASON)) };
}

int memory_proposal_get(int64_t id, struct memory_proposal *p)
{
	struct db_statement *s = db_prepare(SELECT " WHERE id = :id");
	int found;

	db_bind_int(s, ":id", id);
	found = db_step(s);
	if (found)
		read_proposal(s, p);
	db_end(s);
	return found ? 0 : MEMORY_NONE;
}

int64_t memory_proposals(const char *user, int status,
	void (*each)(const struct memory_proposal *proposal, void *arg), void *arg)
{
	/* SQLite uses the index of pending ones only if the condition is a literal */
	struct db_statement *s = status == MEMORY_PENDING
		? db_prepare(SELECT " WHERE status = 'pending'"
				    " AND (:user IS NULL OR user_id = :user) ORDER BY id")
		: db_prepare(SELECT " WHERE (:status IS NULL OR status = :status)"
				    " AND (:user IS NULL OR user_id = :user) ORDER BY id");
	int64_t count = 0;

	if (status != MEMORY_PENDING)
		db_bind_text(s, ":status", status < 0 ? NULL : statuses[status]);
	db_bind_text(s, ":user", user);
	for (; db_step(s); count++) {
		struct memory_proposal p;

		read_proposal(s, &p);
		each(&p, arg);
		memory_proposal_free(&p);
	}
	return count;
}

int64_t memory_proposals_of_job(int64_t job)
{
	struct db_statement *s =
		db_prepare("SELECT count(*) FROM memory_proposal WHERE job_id = :job");

	db_bind_int(s, ":job", job);
	return db_first(s, 0);
}

/* the block as it is before its first version: empty */
static void load_nothing(struct memory_block *block)
{
	*block = (struct memory_block){ .title = mem_dup(""), .body = mem_dup("") };
}

static void load_block(const char *user, const char *label, int64_t version,
	struct memory_block *block)
{
	if (version == 0 || memory_get_version(user, label, version, block) < 0)
		load_nothing(block);
}

static void load_current(const char *user, const char *label, struct memory_block *block)
{
	if (memory_get(user, label, block) < 0)
		load_nothing(block);
}

static void add_difference(struct str *out, const char *label, const struct memory_block *before,
	const struct memory_block *after, const char *after_word, int64_t after_number)
{
	char from[NAME_SIZE], to[NAME_SIZE];

	snprintf(from, sizeof(from), "%s (version %lld)", label, (long long)before->version);
	snprintf(to, sizeof(to), "%s (%s %lld)", label, after_word, (long long)after_number);
	if (before->version && strcmp(before->title, after->title) != 0)
		str_addf(out, "title: %s -> %s\n", before->title, after->title);
	diff_make(out, from, before->body, strlen(before->body), to, after->body,
		strlen(after->body));
}

void memory_difference(const struct memory_proposal *p, struct str *difference)
{
	const struct memory_block after = { .title = p->title, .body = p->body };
	struct memory_block before;

	load_block(p->user, p->label, p->base, &before);
	add_difference(difference, p->label, &before, &after, "proposal", p->id);
	memory_block_free(&before);
}

/* how the block has changed since the base */
static void add_changes(const struct memory_proposal *p, const struct memory_block *now,
	struct str *difference)
{
	struct memory_block base;

	if (!difference)
		return;
	load_block(p->user, p->label, p->base, &base);
	add_difference(difference, p->label, &base, now, "version", now->version);
	memory_block_free(&base);
}

static int64_t count_open(const char *user)
{
	struct db_statement *s = db_prepare("SELECT count(*) FROM memory_proposal"
					    " WHERE status = 'pending' AND user_id = :user");

	db_bind_text(s, ":user", user);
	return db_first(s, 0);
}

/* the same proposal, already waiting; 0: there is none */
static int64_t find_same(const struct memory_proposal *p)
{
	struct db_statement *s = db_prepare("SELECT id FROM memory_proposal"
					    " WHERE status = 'pending' AND user_id = :user"
					    " AND label = :label AND base_version = :base"
					    " AND title = :title AND body = :body");

	db_bind_text(s, ":user", p->user);
	db_bind_text(s, ":label", p->label);
	db_bind_int(s, ":base", p->base);
	db_bind_text(s, ":title", p->title);
	db_bind_text(s, ":body", p->body);
	return db_first(s, 0);
}

static int64_t insert_proposal(const struct memory_proposal *p, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO memory_proposal (user_id, label, base_version, title, body,"
		"  created_at, job_id, session_id, proposed_by)"
		" VALUES (:user, :label, :base, :title, :body, :now, :job, :session, :by)");

	db_bind_text(s, ":user", p->user);
	db_bind_text(s, ":label", p->label);
	db_bind_int(s, ":base", p->base);
	db_bind_text(s, ":title", p->title);
	db_bind_text(s, ":body", p->body);
	db_bind_int(s, ":now", now);
	db_bind_positive(s, ":job", p->job ? p->job : -1);
	db_bind_positive(s, ":session", p->session ? p->session : -1);
	db_bind_text(s, ":by", p->by);
	db_run(s);
	return db_last_id();
}

/* `current`: version 0 if there is none */
static int64_t record_proposal(const struct memory_proposal *p, const struct memory_block *current,
	int64_t now)
{
	int64_t id;

	if (current->version && strcmp(current->title, p->title) == 0 &&
		strcmp(current->body, p->body) == 0)
		return MEMORY_SAME;
	id = find_same(p);
	if (id)
		return id;
	return count_open(p->user) >= MEMORY_OPEN_MAX ? MEMORY_FULL : insert_proposal(p, now);
}

int64_t memory_propose(const struct memory_proposal *proposal, int64_t now, struct str *difference)
{
	struct memory_proposal p = *proposal;
	struct memory_block current;
	int64_t id = MEMORY_CHANGED;

	load_current(p.user, p.label, &current);
	if (p.base >= 0 && p.base != current.version) {
		add_changes(&p, &current, difference);
	} else {
		p.base = current.version;
		if (!p.title)
			p.title = current.version ? current.title : p.label;
		p.body = memory_body(proposal->body);
		id = record_proposal(&p, &current, now);
		free(p.body);
	}
	memory_block_free(&current);
	return id;
}

int memory_edit(const char *user, const char *label, int64_t *base, const char *edit,
	struct str *body, struct str *why)
{
	struct memory_block block;
	int status = -1;

	if (*base < 0)
		load_current(user, label, &block);
	else
		load_block(user, label, *base, &block);
	if (*base > 0 && block.version != *base) {
		str_addf(why, "%s has no version %lld", label, (long long)*base);
	} else {
		*base = block.version;
		status = diff_apply(body, block.body, strlen(block.body), edit, strlen(edit), why);
	}
	memory_block_free(&block);
	return status;
}

static void set_decision(int64_t id, enum memory_status status, const char *by, const char *reason,
	int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE memory_proposal SET status = :status, decided_at = :now, decided_by = :by,"
		" reason = :reason WHERE id = :id");

	db_bind_text(s, ":status", statuses[status]);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":by", by);
	db_bind_text(s, ":reason", reason);
	db_bind_int(s, ":id", id);
	db_run(s);
}

int memory_approve(int64_t id, const char *by, int64_t now, struct str *difference)
{
	struct memory_block current;
	struct memory_proposal p;
	int result = MEMORY_DECIDED;

	if (memory_proposal_get(id, &p) < 0)
		return MEMORY_NONE;
	load_current(p.user, p.label, &current);
	if (p.status == MEMORY_PENDING && current.version != p.base) {
		add_changes(&p, &current, difference);
		result = MEMORY_CHANGED;
	} else if (p.status == MEMORY_PENDING) {
		const struct memory_write w = { p.user, p.label, p.title, p.body, by, id };

		memory_write(&w, now);
		set_decision(id, MEMORY_APPROVED, by, NULL, now);
		result = 0;
	}
	memory_block_free(&current);
	memory_proposal_free(&p);
	return result;
}

int memory_reject(int64_t id, const char *by, const char *reason, int64_t now)
{
	struct memory_proposal p;
	int result = MEMORY_DECIDED;

	if (memory_proposal_get(id, &p) < 0)
		return MEMORY_NONE;
	if (p.status == MEMORY_PENDING) {
		set_decision(id, MEMORY_REJECTED, by, reason, now);
		result = 0;
	}
	memory_proposal_free(&p);
	return result;
}
