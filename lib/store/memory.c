/* memory: texts given to models for a user, and their versions */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "db/db.h"
#include "store/column.h"
#include "store/memory_row.h"

int memory_label_valid(const char *label)
{
	size_t n = strlen(label);

	return n >= 1 && n <= MEMORY_LABEL_MAX && !strchr("-.", label[0]) &&
		strspn(label,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

/* refuses what could drive a terminal, or show an approver something other than the stored text */
static int check_text(const char *text, int lines, const char *what, struct str *why)
{
	size_t n = strlen(text), line = 1;

	for (size_t i = 0; i < n;) {
		uint32_t cp;

		i += utf8_decode(text + i, n - i, &cp);
		if (cp == '\n' && lines) {
			line++;
		} else if (cp == UTF8_INVALID || cp == '\n' || !text_allows(cp)) {
			str_addf(why, "the %s has a character that is not allowed", what);
			if (lines)
				str_addf(why, ", in line %zu", line);
			if (cp == UTF8_INVALID)
				str_add(why, " (not UTF-8)");
			else
				str_addf(why, " (U+%04X)", (unsigned)cp);
			return -1;
		}
	}
	return 0;
}

int memory_text_valid(const char *title, const char *body, struct str *why)
{
	if (strlen(body) > MEMORY_BODY_MAX) {
		str_add(why, "the text is longer than 64 KiB");
		return -1;
	}
	if (title && strlen(title) > MEMORY_TITLE_MAX) {
		str_add(why, "the title is longer than 200 bytes");
		return -1;
	}
	if (title && check_text(title, 0, "title", why) < 0)
		return -1;
	return check_text(body, 1, "text", why);
}

void memory_block_free(struct memory_block *block)
{
	free(block->user);
	free(block->label);
	free(block->title);
	free(block->body);
	free(block->updated_by);
	*block = (struct memory_block){ 0 };
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_USER, "user_id") COLUMN(C_LABEL, "label") COLUMN(C_TITLE, "v.title") \
	COLUMN(C_BODY, "v.body") COLUMN(C_VERSION, "v.version") \
	COLUMN(C_WRITTEN_AT, "written_at") COLUMN(C_WRITTEN_BY, "written_by") \
	COLUMN(C_PROPOSAL, "proposal_id")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT \
	"SELECT block_id" COLUMNS( \
		COLUMN_SQL) " FROM memory_block AS b JOIN memory_version AS v ON v.block_id = b.id"

static void read_block(struct db_statement *s, struct memory_block *block)
{
	*block = (struct memory_block){ .id = db_int(s, C_ID),
		.user = mem_dup(db_text(s, C_USER)),
		.label = mem_dup(db_text(s, C_LABEL)),
		.title = mem_dup(db_text(s, C_TITLE)),
		.body = mem_dup(db_text(s, C_BODY)),
		.version = db_int(s, C_VERSION),
		.updated_at = db_int(s, C_WRITTEN_AT),
		.updated_by = mem_dup(db_text(s, C_WRITTEN_BY)),
		.proposal = db_int(s, C_PROPOSAL) };
}

static int read_one(struct db_statement *s, struct memory_block *block)
{
	int found = db_step(s);

	if (found)
		read_block(s, block);
	db_end(s);
	return found ? 0 : MEMORY_NONE;
}

static int64_t read_all(struct db_statement *s,
	void (*each)(const struct memory_block *block, void *arg), void *arg)
{
	int64_t count = 0;

	for (; db_step(s); count++) {
		struct memory_block block;

		read_block(s, &block);
		each(&block, arg);
		memory_block_free(&block);
	}
	return count;
}

int memory_get(const char *user, const char *label, struct memory_block *block)
{
	struct db_statement *s = db_prepare(
		SELECT " AND v.version = b.version WHERE user_id = :user AND label = :label");

	db_bind_text(s, ":user", user);
	db_bind_text(s, ":label", label);
	return read_one(s, block);
}

int memory_get_version(const char *user, const char *label, int64_t version,
	struct memory_block *block)
{
	struct db_statement *s = db_prepare(
		SELECT " WHERE user_id = :user AND label = :label AND v.version = :version");

	db_bind_text(s, ":user", user);
	db_bind_text(s, ":label", label);
	db_bind_int(s, ":version", version);
	return read_one(s, block);
}

int64_t memory_list(const char *user, void (*each)(const struct memory_block *block, void *arg),
	void *arg)
{
	struct db_statement *s = db_prepare(
		SELECT " AND v.version = b.version WHERE (:user IS NULL OR user_id = :user)"
		       " ORDER BY user_id, label");

	db_bind_text(s, ":user", user);
	return read_all(s, each, arg);
}

int64_t memory_history(const char *user, const char *label,
	void (*each)(const struct memory_block *block, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		SELECT " WHERE user_id = :user AND label = :label ORDER BY v.version DESC");

	db_bind_text(s, ":user", user);
	db_bind_text(s, ":label", label);
	return read_all(s, each, arg);
}

/* write the block with its next version number, *version. Returns its id */
static int64_t save_block(const struct memory_write *w, int64_t now, int64_t *version)
{
	struct db_statement *s =
		db_prepare("INSERT INTO memory_block (user_id, label, title, body, version,"
			   "  updated_at, updated_by)"
			   " VALUES (:user, :label, :title, :body, 1, :now, :by)"
			   " ON CONFLICT (user_id, label) DO UPDATE SET title = excluded.title,"
			   "  body = excluded.body, version = version + 1,"
			   "  updated_at = excluded.updated_at, updated_by = excluded.updated_by"
			   " RETURNING id, version");
	int64_t id = 0;

	db_bind_text(s, ":user", w->user);
	db_bind_text(s, ":label", w->label);
	db_bind_text(s, ":title", w->title);
	db_bind_text(s, ":body", w->body);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":by", w->by);
	while (db_step(s)) {
		id = db_int(s, 0);
		*version = db_int(s, 1);
	}
	return id;
}

char *memory_body(const char *body)
{
	struct str text = { 0 };

	str_add(&text, body);
	if (text.len && text.data[text.len - 1] != '\n')
		str_addc(&text, '\n');
	return str_take(&text);
}

int64_t memory_write(const struct memory_write *w, int64_t now)
{
	int64_t version = 0, id = save_block(w, now, &version);
	struct db_statement *s =
		db_prepare("INSERT INTO memory_version (block_id, version, title, body, written_at,"
			   "  written_by, proposal_id)"
			   " VALUES (:id, :version, :title, :body, :now, :by, :proposal)");

	db_bind_int(s, ":id", id);
	db_bind_int(s, ":version", version);
	db_bind_text(s, ":title", w->title);
	db_bind_text(s, ":body", w->body);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":by", w->by);
	db_bind_positive(s, ":proposal", w->proposal ? w->proposal : -1);
	db_run(s);
	return version;
}

int64_t memory_set(const char *user, const char *label, const char *title, const char *body,
	const char *by, int64_t now)
{
	char *text = memory_body(body);
	struct memory_write w = { user, label, title, text, by, 0 };
	struct memory_block old;
	int found = memory_get(user, label, &old) == 0;
	int64_t version = found ? old.version : 0;

	if (!title)
		w.title = found ? old.title : label;
	if (!found || strcmp(old.title, w.title) != 0 || strcmp(old.body, text) != 0)
		version = memory_write(&w, now);
	if (found)
		memory_block_free(&old);
	free(text);
	return version;
}
