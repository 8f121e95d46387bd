/* usage: tokens used by requests to models, and whether another request is allowed */
#include "store/usage.h"

#include <time.h>

#include "base/clock.h"
#include "db/db.h"
#include "store/column.h"

/* far above any request, and low enough that sums do not overflow */
static const int64_t most = INT64_C(1000000000000);

static int64_t bounded(int64_t n)
{
	return n < 0 ? 0 : n > most ? most : n;
}

static void bind_id(struct db_statement *s, const char *name, int64_t id)
{
	db_bind_positive(s, name, id ? id : -1);
}

void usage_add(const struct usage *usage, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO model_usage (session_id, job_id, attempt, user_id, model, at,"
		"  prompt_tokens, completion_tokens, cost_nano, estimated)"
		" VALUES (:session, :job, :attempt, :user, :model, :now, :prompt, :completion,"
		"  :cost, :estimated)");

	bind_id(s, ":session", usage->session);
	bind_id(s, ":job", usage->job);
	bind_id(s, ":attempt", usage->attempt);
	db_bind_text(s, ":user", usage->user);
	db_bind_text(s, ":model", usage->model);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":prompt", bounded(usage->prompt));
	db_bind_int(s, ":completion", bounded(usage->completion));
	db_bind_positive(s, ":cost", usage->cost_nano < 0 ? -1 : bounded(usage->cost_nano));
	db_bind_int(s, ":estimated", usage->estimated != 0);
	db_run(s);
}

#define COLUMNS(COLUMN) \
	COLUMN(C_PROMPT, "coalesce(sum(prompt_tokens), 0)") \
	COLUMN(C_COMPLETION, "coalesce(sum(completion_tokens), 0)") \
	COLUMN(C_COST, "coalesce(sum(cost_nano), 0)") \
	COLUMN(C_UNPRICED, "count(*) - count(cost_nano)") \
	COLUMN(C_ESTIMATED, "coalesce(sum(estimated), 0)")

enum { C_REQUESTS, COLUMNS(COLUMN_ENUM) };
#define SUMS "SELECT count(*)" COLUMNS(COLUMN_SQL) " FROM model_usage"

static void read_sum(struct db_statement *s, struct usage_sum *sum)
{
	db_step(s);
	*sum = (struct usage_sum){ .requests = db_int(s, C_REQUESTS),
		.prompt = db_int(s, C_PROMPT),
		.completion = db_int(s, C_COMPLETION),
		.cost_nano = db_int(s, C_COST),
		.unpriced = db_int(s, C_UNPRICED),
		.estimated = db_int(s, C_ESTIMATED) };
	db_end(s);
}

void usage_of_job(int64_t job, struct usage_sum *sum)
{
	struct db_statement *s = db_prepare(SUMS " WHERE job_id = :job");

	db_bind_int(s, ":job", job);
	read_sum(s, sum);
}

void usage_of_attempt(int64_t job, int64_t attempt, struct usage_sum *sum)
{
	struct db_statement *s = db_prepare(SUMS " WHERE job_id = :job AND attempt = :attempt");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	read_sum(s, sum);
}

void usage_since(const char *user, int64_t since, struct usage_sum *sum)
{
	struct db_statement *s = user ? db_prepare(SUMS " WHERE user_id = :user AND at >= :since")
				      : db_prepare(SUMS " WHERE at >= :since");

	if (user)
		db_bind_text(s, ":user", user);
	db_bind_int(s, ":since", since);
	read_sum(s, sum);
}

static int64_t midnight(int64_t now)
{
	time_t seconds = (time_t)clock_seconds(now);
	struct tm day;

	if (!localtime_r(&seconds, &day))
		return now - CLOCK_DAY;
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	seconds = mktime(&day);
	return seconds == (time_t)-1 ? now - CLOCK_DAY : (int64_t)seconds * CLOCK_SECOND;
}

static int used_up(const struct usage_sum *sum, int64_t cap)
{
	return sum->prompt + sum->completion >= cap;
}

int usage_allows(const char *user, int64_t job, int64_t daily_cap, int64_t job_cap, int64_t now,
	struct str *why)
{
	struct usage_sum sum;

	if (job && job_cap >= 0) {
		usage_of_job(job, &sum);
		if (used_up(&sum, job_cap)) {
			str_addf(why,
				"job %lld has used %lld of the %lld tokens that a job may use",
				(long long)job, (long long)sum.prompt + (long long)sum.completion,
				(long long)job_cap);
			return 0;
		}
	}
	if (daily_cap >= 0) {
		usage_since(user, midnight(now), &sum);
		if (used_up(&sum, daily_cap)) {
			str_addf(why, "%lld of the %lld tokens of this day are used",
				(long long)sum.prompt + (long long)sum.completion,
				(long long)daily_cap);
			return 0;
		}
	}
	return 1;
}
