/* search: find jobs by words of their request and their result */
#include "store/search.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "db/db.h"
#include "store/result.h"

enum {
	BATCH = 50,            /* jobs indexed in one transaction ... */
	BATCH_BYTES = 4 << 20, /* ... or this much text, so that nobody waits long for the lock */
	WORDS = 16,            /* of a query */
	UNFINISHED = 500,      /* only the latest ones are looked at */
	ENDED = 1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED,
};

static void add_input(struct str *text, int64_t job, size_t most)
{
	struct str raw = { 0 };
	char piece[4096];
	ssize_t got = 1;
	int fd = result_input(job);

	str_add(&raw, "");
	while (fd >= 0 && raw.len < most && got > 0) {
		size_t room = most - raw.len;

		got = read(fd, piece, room < sizeof(piece) ? room : sizeof(piece));
		if (got > 0)
			str_addn(&raw, piece, (size_t)got);
	}
	if (fd >= 0)
		close(fd);
	text_clean(text, raw.data, raw.len);
	str_free(&raw);
}

/* the request: type, label and input */
static void add_request(struct str *text, const struct job *job)
{
	str_addf(text, "%s ", job->type);
	if (job->label)
		text_clean(text, job->label, strlen(job->label));
	str_addc(text, '\n');
	add_input(text, job->id, SEARCH_REQUEST_MAX);
}

static void add_result(struct str *text, const struct job *job)
{
	struct result_part part;

	/* a job whose result is lost is still found by its request */
	if (result_part(job->id, job->attempt, RESULT_STDOUT, 0, SEARCH_RESULT_MAX, &part) < 0)
		return;
	text_clean(text, part.data, part.n);
	free(part.data);
}

/* returns the bytes of text indexed */
static size_t take_in(int64_t id)
{
	struct str request = { 0 }, result = { 0 };
	struct db_statement *s;
	struct job job;
	size_t n;

	if (job_get(id, &job) < 0)
		return 0;
	str_add(&result, "");
	add_request(&request, &job);
	add_result(&result, &job);
	s = db_prepare("INSERT OR REPLACE INTO result_text (rowid, request, result)"
		       " VALUES (:id, :request, :result)");
	db_bind_int(s, ":id", id);
	db_bind_text(s, ":request", request.data);
	db_bind_text(s, ":result", result.data);
	db_run(s);
	n = request.len + result.len;
	str_free(&request);
	str_free(&result);
	job_free(&job);
	return n;
}

#define ENDS \
	" FROM event JOIN job ON job.id = job_id AND job.status IN ('done', 'failed', 'cancelled')" \
	" WHERE event.id > (SELECT event_id FROM search)" \
	" AND kind IN ('done', 'failed', 'cancelled')"

static size_t find_ends(int64_t jobs[BATCH], int64_t events[BATCH])
{
	struct db_statement *s =
		db_prepare("SELECT job.id, event.id" ENDS " ORDER BY event.id LIMIT :limit");
	size_t count = 0;

	db_bind_int(s, ":limit", BATCH);
	for (; db_step(s); count++) {
		jobs[count] = db_int(s, 0);
		events[count] = db_int(s, 1);
	}
	return count;
}

static void take_in_some(void)
{
	struct db_statement *s;
	int64_t jobs[BATCH], events[BATCH];
	size_t count = find_ends(jobs, events), bytes = 0, done = 0;

	while (done < count && bytes < BATCH_BYTES)
		bytes += take_in(jobs[done++]);
	if (!done)
		return;
	s = db_prepare("UPDATE search SET event_id = :event");
	db_bind_int(s, ":event", events[done - 1]);
	db_run(s);
}

void search_update(void)
{
	/* check without the write lock first: usually there is nothing to do */
	while (db_first(db_prepare("SELECT EXISTS (SELECT 1" ENDS ")"), 0)) {
		db_begin();
		take_in_some();
		db_commit();
	}
}

struct search {
	char *words[WORDS];
	size_t count;
	int any; /* a job needs to contain only one of the words */
	const struct job_filter *filter;
	void (*each)(const struct job *job, void *arg);
	void *arg;
	int64_t found;
};

/* strips punctuation around it: quotes, a question mark */
static void add_word(struct search *q, const char *word)
{
	size_t n;

	while (*word && ispunct((unsigned char)*word))
		word++;
	for (n = strlen(word); n > 0 && ispunct((unsigned char)word[n - 1]);)
		n--;
	if (n)
		q->words[q->count++] = mem_dupn(word, n);
}

static void split_query(struct search *q, const char *query)
{
	struct str clean = { 0 };
	char *rest, *word;

	str_add(&clean, "");
	text_clean(&clean, query, strlen(query));
	for (word = strtok_r(clean.data, " \t\n", &rest); word && q->count < WORDS;
		word = strtok_r(NULL, " \t\n", &rest))
		add_word(q, word);
	str_free(&clean);
}

static int full(const struct search *q)
{
	return q->filter->limit > 0 && q->found >= q->filter->limit;
}

static void give(struct search *q, const struct job *job)
{
	q->found++;
	q->each(job, q->arg);
}

/* at the beginning of a word */
static int has_word(const char *text, const char *word)
{
	for (const char *at = text; (at = strcasestr(at, word)); at++)
		if (at == text || (!isalnum((unsigned char)at[-1]) && (at[-1] & 0x80) == 0))
			return 1;
	return 0;
}

static void try_unfinished(const struct job *job, void *arg)
{
	struct search *q = arg;
	struct str text = { 0 };
	size_t hits = 0;

	if (full(q))
		return;
	add_request(&text, job);
	for (size_t i = 0; i < q->count; i++)
		hits += (size_t)has_word(text.data, q->words[i]);
	if (hits && (q->any || hits == q->count))
		give(q, job);
	str_free(&text);
}

static void search_unfinished(struct search *q)
{
	struct job_filter filter = { .user = q->filter->user,
		.statuses = 1u << JOB_QUEUED | 1u << JOB_RUNNING,
		.limit = UNFINISHED };

	if (q->filter->statuses)
		filter.statuses &= q->filter->statuses;
	if (filter.statuses)
		job_list(&filter, try_unfinished, q);
}

/* each word in quotes, so that FTS5 reads no operators in it (fts5.html, 3) */
static char *expression(const struct search *q)
{
	struct str text = { 0 };

	for (size_t i = 0; i < q->count; i++) {
		str_add(&text, i == 0 ? "\"" : q->any ? " OR \"" : " AND \"");
		for (const char *p = q->words[i]; *p; p++) {
			if (*p == '"')
				str_addc(&text, '"');
			str_addc(&text, *p);
		}
		str_add(&text, "\" *");
	}
	return str_take(&text);
}

static int search_wanted(const struct search *q, const struct job *job)
{
	unsigned statuses = q->filter->statuses ? q->filter->statuses : ENDED;

	return statuses & ENDED & 1u << job->status &&
		(!q->filter->user || (job->user && strcmp(job->user, q->filter->user) == 0));
}

static void search_ended(struct search *q)
{
	struct db_statement *s;
	char *match;

	if (q->filter->statuses && !(q->filter->statuses & ENDED))
		return;
	match = expression(q);
	s = db_prepare("SELECT rowid FROM result_text WHERE result_text MATCH :match"
		       " ORDER BY rank, rowid DESC");
	db_bind_text(s, ":match", match);
	while (!full(q) && db_step(s)) {
		struct job job;

		if (job_get(db_int(s, 0), &job) < 0)
			continue;
		if (search_wanted(q, &job))
			give(q, &job);
		job_free(&job);
	}
	db_end(s);
	free(match);
}

int64_t search_jobs(const char *query, const struct job_filter *filter,
	void (*each)(const struct job *job, void *arg), void *arg)
{
	struct search q = { .filter = filter, .each = each, .arg = arg };

	split_query(&q, query);
	for (q.any = 0; q.count && !q.found && q.any <= 1; q.any++) {
		search_unfinished(&q);
		search_ended(&q);
	}
	for (size_t i = 0; i < q.count; i++)
		free(q.words[i]);
	return q.found;
}
