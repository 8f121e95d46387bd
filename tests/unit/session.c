/* sessions, their token usage, and the search: nothing is counted twice, no other user's job is
 * found */
#include "tap.h"

#include "base/clock.h"
#include "db/db.h"
#include "store/check.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/job_event.h"
#include "store/prune.h"
#include "store/result.h"
#include "store/search.h"
#include "store/session.h"
#include "store/usage.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

static int64_t add_job(const char *user, const char *label, const char *input)
{
	struct job_new job;
	int64_t other, id;

	job_new_init(&job);
	job.command = "true";
	job.command_size = 5;
	job.directory = "/";
	job.user = user;
	job.label = label;
	job.has_input = 1;
	job.input = input;
	job.input_size = strlen(input);
	job.environment = environment_save("A=b", 4);
	id = job_add(&job, &other);
	return id;
}

static void run(const char *sql, int64_t job)
{
	struct db_statement *s = db_compile(sql);

	db_bind_int(s, ":job", job);
	db_run(s);
	db_free(s);
}

static void start(int64_t job)
{
	run("UPDATE job SET status = 'running', started_at = 1, attempt = 1, claim = 'a'"
	    " WHERE id = :job",
		job);
	run("INSERT INTO attempt (job_id, attempt, claim, boot, started_at)"
	    " VALUES (:job, 1, 'a', 'b', 1)",
		job);
}

static void end(int64_t job, const char *output)
{
	struct db_statement *s =
		db_compile("UPDATE attempt SET ended_at = 2, wait_status = 0, stdout_bytes = :n"
			   " WHERE job_id = :job");
	FILE *file = tmpfile();

	fputs(output, file);
	fflush(file);
	result_save(job, 1, RESULT_STDOUT, fileno(file), (int64_t)strlen(output), 0, 0);
	fclose(file);
	db_bind_int(s, ":n", (int64_t)strlen(output));
	db_bind_int(s, ":job", job);
	db_run(s);
	db_free(s);
	run("UPDATE job SET status = 'done', completed_at = 2, claim = NULL WHERE id = :job", job);
	job_event_add(job, 1, EVENT_DONE, 2, NULL);
}

static void note(const struct session_message *m, void *arg)
{
	str_addf(arg, "%s:%s%s%s;", session_role_name(m->role), m->content ? m->content : "-",
		m->tool_calls ? m->tool_calls : "", m->tool_call_id ? m->tool_call_id : "");
}

static void is_said(int64_t id, int64_t limit, const char *wanted)
{
	struct str all = { 0 };

	str_add(&all, "");
	session_messages(id, limit, note, &all);
	is_str(all.data, wanted, "the last %lld", (long long)limit);
	str_free(&all);
}

static void conversation(void)
{
	const struct session_message said[] = {
		{ .role = SESSION_SYSTEM, .content = "Be brief." },
		{ .role = SESSION_USER, .content = "Hello" },
		{ .role = SESSION_ASSISTANT, .tool_calls = "[1,2]" },
		{ .role = SESSION_TOOL, .content = "x", .tool_call_id = "1" },
		{ .role = SESSION_TOOL, .content = "y", .tool_call_id = "2" },
		{ .role = SESSION_ASSISTANT, .content = "Done." },
	};
	int64_t id = session_open_chat("ann", "telegram:7", 100), last = 0, next;
	struct session session;

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++, last = next) {
		next = session_append(id, &said[i], 200);
		ok(next > last, "message %zu", i);
	}
	is_said(id, -1,
		"system:Be brief.;user:Hello;assistant:-[1,2];tool:x1;tool:y2;assistant:Done.;");
	is_said(id, 4, "assistant:-[1,2];tool:x1;tool:y2;assistant:Done.;");
	is_said(id, 3, "assistant:Done.;");
	is_said(id, 0, "");
	is_int(session_turn(id), 1, "a turn");
	is_int(session_turn(id), 2, "another");
	is_int(session_open_chat("ann", "telegram:7", 300), id, "the same conversation");
	ok(session_open_chat("ann", NULL, 300) != id, "the one on the terminal is another");
	ok(session_open_chat("bob", "telegram:7", 300) != id, "somebody else's too");
	session_end(id, SESSION_FAILED, "no answer", 400);
	is_int(session_get(id, &session), 0, "it can be read");
	ok(session.status == SESSION_FAILED && session.updated_at == 400, "as failed");
	is_str(session.reason, "no answer", "with the reason");
	is_str(session.key, "ann telegram:7", "its key");
	session_free(&session);
	is_int(session_open_chat("ann", "telegram:7", 500), id, "and goes on");
	session_get(id, &session);
	ok(session.status == SESSION_ACTIVE && session.turns == 2, "where it was");
	session_free(&session);
	is_int(session_get(999, &session), -1, "there is no 999");
	is_int(session_role_parse("tool"), SESSION_TOOL, "a role");
	is_int(session_role_parse("robot"), -1, "none");
}

static void count(const struct session *session, void *arg)
{
	*(int64_t *)arg += session->id;
}

static void killed(void)
{
	int64_t job = add_job("ann", "board", "Analyse it"), id, sum = 0;
	struct session session;

	start(job);
	id = session_open_agent("ann", job, 1, session_open_chat("ann", NULL, 1), "m", 1000);
	session_get(id, &session);
	ok(session.status == SESSION_ACTIVE && session.job == job && session.parent, "it runs");
	session_free(&session);
	is_int(session_of_job(job), id, "the job's");
	is_int(session_of_job(job + 1), 0, "another job has none");
	end(job, "Three risks: café, money, time");
	session_get(id, &session);
	ok(session.status == SESSION_STOPPED, "its process was killed");
	is_str(session.reason, "interrupted", "so it says");
	session_free(&session);
	session_end(id, SESSION_DONE, NULL, 1001);
	session_get(id, &session);
	ok(session.status == SESSION_DONE, "or it said how it ended");
	session_free(&session);
	is_int(session_list("ann", 1000, count, &sum), 1, "one has changed since");
	is_int(sum, id, "that one");
	ok(session_list(NULL, 0, count, &sum) > 2, "there are others");
}

static void use(int64_t job, const char *user, int64_t prompt, int64_t completion, int64_t cost,
	int64_t at)
{
	const struct usage usage = { .session = 1,
		.job = job,
		.attempt = 1,
		.user = user,
		.model = "m",
		.prompt = prompt,
		.completion = completion,
		.cost_nano = cost,
		.estimated = cost < 0 };

	usage_add(&usage, at);
}

static void used(void)
{
	int64_t now = INT64_C(1772355600000); /* 2026-03-01 09:00 UTC */
	struct usage_sum sum;
	struct str why = { 0 };

	usage_of_job(50, &sum);
	is_int(sum.requests, 0, "nothing was used");
	use(50, "ann", 100, 20, 7, now);
	use(50, "ann", 200, 30, -1, now + 1);
	use(51, "bob", 1000, 0, 9, now - 12 * CLOCK_HOUR);
	use(0, NULL, INT64_MAX, INT64_MAX, INT64_MAX, now - 400 * CLOCK_DAY);
	use(0, NULL, INT64_MAX, -5, INT64_MAX, now - 400 * CLOCK_DAY);
	usage_of_job(50, &sum);
	ok(sum.requests == 2 && sum.prompt == 300 && sum.completion == 50, "two requests");
	ok(sum.cost_nano == 7 && sum.unpriced == 1 && sum.estimated == 1, "one without its cost");
	usage_of_attempt(50, 2, &sum);
	is_int(sum.requests, 0, "none of the second attempt");
	usage_since("bob", 0, &sum);
	is_int(sum.prompt, 1000, "bob's");
	usage_since(NULL, now - 500 * CLOCK_DAY, &sum);
	is_int(sum.requests, 5, "everybody's, however much they say");
	ok(usage_allows("ann", 50, -1, -1, now, &why), "no caps");
	ok(usage_allows("ann", 50, 351, 351, now, &why), "below both");
	ok(!usage_allows("ann", 50, 1000, 350, now, &why), "a job's cap");
	is_str(why.data, "job 50 has used 350 of the 350 tokens that a job may use", "so it says");
	str_clear(&why);
	ok(!usage_allows("ann", 52, 350, 100, now, &why), "a day's cap");
	is_str(why.data, "350 of the 350 tokens of this day are used", "so it says");
	ok(usage_allows("bob", 0, 1000, 1, now, &why), "yesterday's are not counted");
	ok(!usage_allows(NULL, 0, 350, 1, now, &why), "everybody's are");
	ok(!usage_allows("eve", 0, 0, -1, now, &why), "a cap of nothing");
	str_free(&why);
}

static void label(const struct job *job, void *arg)
{
	str_addf(arg, "%s ", job->label);
}

static void finds(const char *query, const char *user, unsigned statuses, int64_t limit,
	const char *wanted)
{
	const struct job_filter filter = { .user = user, .statuses = statuses, .limit = limit };
	struct str found = { 0 };

	str_add(&found, "");
	search_jobs(query, &filter, label, &found);
	is_str(found.data, wanted, "found: %s", query);
	str_free(&found);
}

static void add_finished(const char *user, const char *name, const char *input, const char *output)
{
	int64_t id = add_job(user, name, input);

	start(id);
	end(id, output);
}

static void searching(void)
{
	struct str large = { 0 };

	for (int i = 0; i < 60000; i++)
		str_add(&large, "filler ");
	str_add(&large, "hidden");
	db_begin();
	add_finished("bob", "secret", "money of others", "bob's money");
	add_finished("ann", "poem", "Write a poem on \"rain\"", "It rains. It rains.\x1b[31m \xff");
	add_finished("ann", "large", "", large.data);
	add_job("ann", "walk", "a walk in the rain");
	db_commit();
	finds("money", NULL, 0, 0, "");
	search_update();
	search_update();
	finds("money", NULL, 0, 1, "secret ");
	finds("money", "ann", 0, 0, "board ");
	finds("MONEY cafe", "ann", 0, 0, "board ");
	finds("risks money absent", "ann", 0, 0, "board ");
	finds("rain", "ann", 0, 0, "walk poem ");
	finds("rain", "ann", 1u << JOB_DONE, 0, "poem ");
	finds("rain", "ann", 1u << JOB_QUEUED, 0, "walk ");
	finds("rain", "ann", 1u << JOB_FAILED, 0, "");
	finds("rain", "ann", 0, 1, "walk ");
	finds("ain", "ann", 0, 0, "");
	finds("filler", "ann", 0, 0, "large ");
	finds("hidden", "ann", 0, 0, "");
	finds("", "ann", 0, 0, "");
	finds("\"rain\"?", "ann", 0, 0, "walk poem ");
	finds("\" OR result:rain* NEAR(", "ann", 0, 0, "");
	finds("rain* OR a\"b", "ann", 0, 0, "walk poem ");
	finds("- -- \"", "ann", 0, 0, "");
	finds("- rain", "ann", 1u << JOB_DONE, 0, "poem ");
	str_free(&large);
}

static void problem(const char *text, void *unused)
{
	(void)unused;
	ok(0, "%s", text);
}

static void pruning(void)
{
	const struct prune all = { .before = -1, .keep = -1 };
	int64_t chat = session_open_chat("ann", "telegram:7", 1), sum = 0;

	db_begin();
	use(77, "ann", 1, 1, 1, clock_now());
	db_commit();
	is_int(check_store(problem, NULL), 0, "the store is whole");
	is_int(prune_run(&all, NULL), 4, "finished jobs go");
	is_int(db_query_int("SELECT count(*) FROM session WHERE job_id IS NOT NULL"), 0,
		"and their sessions");
	is_int(db_query_int("SELECT count(*) FROM result_text"), 0, "and what was searched");
	finds("rain", "ann", 0, 0, "walk ");
	is_said(chat, 1, "assistant:Done.;");
	prune_run(&(struct prune){ .before = clock_now(), .keep = -1 }, NULL);
	is_said(chat, 1, "");
	ok(session_list("ann", 0, count, &sum) >= 1, "the conversation stays");
	is_int(db_query_int("SELECT count(*) FROM model_usage"), 1, "the use of today too");
	is_int(check_store(problem, NULL), 0, "the store is whole");
}

static void light(void)
{
	enum { NORMAL = 1, FULL = 2 };
	int64_t chat;

	db_begin_light();
	is_int(db_query_int("PRAGMA synchronous"), NORMAL, "a light transaction");
	chat = session_open_chat("zoe", NULL, 1);
	db_commit_light();
	is_int(db_query_int("PRAGMA synchronous"), FULL, "the next is not");
	db_begin();
	is_int(session_open_chat("zoe", NULL, 1), chat, "it was committed");
	db_commit();
}

int main(void)
{
	if (!tap_folder(home) || setenv("BGJOB_HOME", home, 1) < 0 || setenv("TZ", "UTC", 1) < 0)
		return 1;
	db_open(DB_WRITE);
	db_begin();
	conversation();
	killed();
	used();
	db_commit();
	light();
	searching();
	pruning();
	db_close();
	return done();
}
