/* tool_jobs: the tools that look at jobs and end them */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "chat/commands.h"
#include "db/db.h"
#include "notify/milestone.h"
#include "run/cancel.h"
#include "show/job_text.h"
#include "store/result.h"
#include "store/search.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"

enum {
	JOBS = 10,
	/* messages to the chat are jobs too, and none that anybody asks for */
	SEARCHED = 4,
	LOG_LINES = 20,
	LOG_MOST = 3000, /* bytes */
};

/* what the chat's functions need to know of who asks, and where they put their words */
static struct reply as_turn(const struct tool_context *c)
{
	return (struct reply){ .user = c->user, .role = c->role, .by = c->by, .now = clock_now() };
}

static void take_words(struct str *text, struct reply *reply)
{
	str_add(text, reply->text.data ? reply->text.data : "");
	reply_free(reply);
}

static int find_job(const struct tool_context *c, const cJSON *arguments, struct str *text,
	struct job *job)
{
	int64_t id = tool_integer(arguments, "job_id", 0);
	struct reply reply = as_turn(c);

	/* whether a job of somebody else is there is not theirs to know either */
	if (job_get(id, job) == 0) {
		if (commands_may_see(&reply, job))
			return 0;
		job_free(job);
	}
	return tools_refuse(text, "No job %lld.", (long long)id);
}

static cJSON *job_object(const struct job *job)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "job_id", (double)job->id);
	json_add_text(object, "status", job_status_name(job->status));
	json_add_text(object, "type", job->type);
	json_add_text(object, "label", job->label);
	json_add_text(object, "reason", job->reason);
	json_add_time(object, "created_at", job->created_at);
	json_add_time(object, "started_at", job->started_at);
	json_add_time(object, "completed_at", job->completed_at);
	return object;
}

static void say_time(struct reply *reply, const char *word, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_time(ms, text);
	reply_say(reply, " %s %.19s%s", word, text, text + 23);
}

/* "#42 board (board discussion) done created ... started ... ended ..." */
static void say_job(struct reply *reply, const struct job *job)
{
	reply_say(reply, "#%lld ", (long long)job->id);
	reply_say_line(reply, job->type, strlen(job->type), 40);
	if (job->label) {
		reply_say(reply, " (");
		reply_say_line(reply, job->label, strlen(job->label), 80);
		reply_say(reply, ")");
	}
	reply_say(reply, " %s", job_status_name(job->status));
	if (job->reason && job->status > JOB_DONE) {
		reply_say(reply, ": ");
		reply_say_line(reply, job->reason, strlen(job->reason), 200);
	}
	reply_say(reply, ";");
	say_time(reply, "created", job->created_at);
	say_time(reply, "started", job->started_at);
	say_time(reply, "ended", job->completed_at);
}

/* ---- list_background_jobs ---- */

struct listing {
	struct reply turn;
	cJSON *jobs;
	int64_t left;
};

static void list_job(const struct job *job, void *arg)
{
	struct listing *l = arg;
	size_t before;
	cJSON *object;

	if (l->left == 0 || strcmp(job->type, JOB_TYPE_CHAT) == 0 ||
		!commands_may_see(&l->turn, job))
		return;
	l->left--;
	say_job(&l->turn, job);
	before = l->turn.text.len;
	commands_say_snippet(&l->turn, job);
	object = job_object(job);
	if (l->turn.text.len > before)
		tools_add_clean(object, "beginning", l->turn.text.data + before + 1,
			l->turn.text.len - before - 1);
	reply_say(&l->turn, "\n");
	cJSON_AddItemToArray(l->jobs, object);
}

static unsigned statuses(const char *filter)
{
	if (strcmp(filter, "done") == 0)
		return 1u << JOB_DONE;
	if (strcmp(filter, "running") == 0)
		return 1u << JOB_RUNNING | 1u << JOB_QUEUED;
	if (strcmp(filter, "failed") == 0)
		return 1u << JOB_FAILED | 1u << JOB_CANCELLED;
	return 0;
}

TOOLS_RUN(list_jobs)
{
	const char *query = tool_text(arguments, "query", NULL);
	struct listing l = { .turn = as_turn(c), .left = tool_integer(arguments, "limit", JOBS) };
	struct job_filter filter = { .user = c->role == USER_OPERATOR ? NULL : c->user,
		.except = JOB_TYPE_CHAT,
		.statuses = statuses(tool_text(arguments, "status_filter", "all")),
		.limit = query ? SEARCHED * l.left : l.left };

	*structured = cJSON_CreateObject();
	l.jobs = cJSON_AddArrayToObject(*structured, "jobs");
	if (query) {
		search_update();
		search_jobs(query, &filter, list_job, &l);
	} else {
		job_list_recent(filter.user, l.left, &filter, list_job, &l);
	}
	if (cJSON_GetArraySize(l.jobs) == 0)
		reply_say(&l.turn, "No such jobs.");
	take_words(text, &l.turn);
	return 0;
}

/* ---- show_background_job ---- */

/* A page, cut between characters: what follows its last byte and is no beginning of one is its own. */
static void say_page(struct reply *reply, const struct result_part *part, int64_t page)
{
	const char *data = part->data;
	size_t n = part->n, start = 0, end;

	while (page > 1 && start < n && start < 3 && utf8_continues(data[start]))
		start++;
	end = n < TOOLS_PAGE ? n : TOOLS_PAGE;
	while (end < n && end < TOOLS_PAGE + 3 && utf8_continues(data[end]))
		end++;
	reply_say_text(reply, data + start, end - start);
}

/* Returns -1 if there is no such page. */
static int say_result(struct reply *reply, const struct job *job, int64_t page, cJSON *object)
{
	struct result_part r;
	size_t before = reply->text.len;
	int64_t pages;
	int lost = result_part(job->id, job->attempt, RESULT_STDOUT, (page - 1) * TOOLS_PAGE,
			   TOOLS_PAGE + 4, &r) < 0;

	pages = tools_pages(r.size);
	cJSON_AddNumberToObject(object, "page", (double)page);
	cJSON_AddNumberToObject(object, "pages", (double)pages);
	if (r.n)
		say_page(reply, &r, page);
	free(r.data);
	tools_add_clean(object, "result", reply->text.data + before, reply->text.len - before);
	if (page > pages)
		return -1;
	if (lost)
		reply_say(reply, "(%s)", result_error());
	else if (!r.size)
		reply_say(reply, "(no output)");
	if (r.omitted)
		reply_say(reply, "\n[%lld bytes in the middle of it were not kept]",
			(long long)r.omitted);
	if (page < pages)
		reply_say(reply, "\n[page %lld of %lld; ask for page %lld to read on]",
			(long long)page, (long long)pages, (long long)page + 1);
	return 0;
}

static void say_wait(const char *reason, void *arg)
{
	reply_say(arg, "%s\n", reason);
}

/* what it waits for, wrote so far and logged */
static void say_course(struct reply *reply, const struct job *job)
{
	if (job->status == JOB_QUEUED && reply->role == USER_OPERATOR)
		job_text_waits(job, say_wait, reply);
	if (job->status == JOB_RUNNING && !commands_say_so_far(reply, job))
		reply_say(reply, "It wrote nothing so far.\n");
	if (job->status > JOB_DONE || job->status == JOB_RUNNING) {
		size_t before = reply->text.len;

		reply_say(reply, "The end of its log:\n");
		if (!commands_say_log(reply, job, LOG_LINES, LOG_MOST))
			reply->text.len = before;
		reply->text.data[reply->text.len] = '\0';
	}
}

static int say_all(struct reply *reply, const struct job *job, int64_t page, cJSON *object)
{
	size_t before;

	say_job(reply, job);
	reply_say(reply, "\n");
	before = reply->text.len;
	say_course(reply, job);
	if (reply->text.len > before)
		tools_add_clean(object, "course", reply->text.data + before,
			reply->text.len - before);
	if (!job_finished(job->status))
		return 0;
	reply_say(reply, "Result:\n");
	return say_result(reply, job, page, object);
}

TOOLS_RUN(show_job)
{
	int64_t page = tool_integer(arguments, "page", 1);
	struct reply reply = as_turn(c);
	struct job job;
	int status;

	if (find_job(c, arguments, text, &job) < 0)
		return -1;
	*structured = job_object(&job);
	status = say_all(&reply, &job, page, *structured);
	if (status < 0) {
		str_addf(text, "There is no page %lld of #%lld.", (long long)page,
			(long long)job.id);
		reply_free(&reply);
	} else {
		take_words(text, &reply);
	}
	job_free(&job);
	return status;
}

/* ---- cancel_background_job, milestone ---- */

TOOLS_RUN(cancel_job)
{
	enum cancel_result result;
	struct job job;

	if (find_job(c, arguments, text, &job) < 0)
		return -1;
	if (job.id == c->job) {
		job_free(&job);
		return tools_refuse(text, "This is that job: end it by ending your work.");
	}
	result = cancel_job(job.id, c->by);
	*structured = cJSON_CreateObject();
	cJSON_AddNumberToObject(*structured, "job_id", (double)job.id);
	cJSON_AddBoolToObject(*structured, "cancelled", result == CANCEL_DONE);
	cJSON_AddBoolToObject(*structured, "ending", result == CANCEL_ASKED);
	if (result == CANCEL_DONE)
		str_addf(text, "Cancelled #%lld.", (long long)job.id);
	else if (result == CANCEL_ASKED)
		str_addf(text, "#%lld is being ended.", (long long)job.id);
	else
		str_addf(text, "#%lld has already ended: %s.", (long long)job.id,
			job_status_name(job.status));
	job_free(&job);
	return result == CANCEL_DONE || result == CANCEL_ASKED ? 0 : -1;
}

TOOLS_RUN(milestone)
{
	(void)structured;
	if (milestone_report(c->job, tool_text(arguments, "text", "")) < 0)
		return tools_refuse(text, "This job does not run any more.");
	str_add(text, "Noted; the user is told.");
	return 0;
}
