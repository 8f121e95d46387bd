/* tool_jobs: the tools that look at jobs and end them */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "db/db.h"
#include "notify/milestone.h"
#include "run/cancel.h"
#include "show/job_words.h"
#include "store/result.h"
#include "store/search.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

enum {
	JOBS = 10,
	/* limits' worth of jobs that are read, as chat messages are jobs too but left out */
	SEARCHED = 4,
	LOG_LINES = 20,
	LOG_MOST = 3000, /* bytes */
};

static int find_job(const struct tool_context *c, const cJSON *arguments, struct str *text,
	struct job *job)
{
	const struct viewer viewer = tool_context_viewer(c);
	int64_t id = tool_argument_integer(arguments, "job_id", 0);

	if (job_get(id, job) == 0) {
		if (access_may_see(&viewer, job))
			return 0;
		job_free(job);
	}
	return tool_text_refuse(text, "No job %lld.", (long long)id);
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

static void add_time(struct str *text, const char *word, int64_t ms)
{
	char time[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_time(ms, time);
	str_addf(text, " %s %.19s%s", word, time, time + 23);
}

/* "#42 board (board discussion) done; created ... started ... ended ..." */
static void add_summary(struct str *text, const struct job *job)
{
	str_addf(text, "#%lld ", (long long)job->id);
	text_line(text, job->type, strlen(job->type), 40, TEXT_CHARACTERS);
	if (job->label) {
		str_add(text, " (");
		text_line(text, job->label, strlen(job->label), 80, TEXT_CHARACTERS);
		str_addc(text, ')');
	}
	str_addf(text, " %s", job_status_name(job->status));
	if (job->reason && job->status > JOB_DONE) {
		str_add(text, ": ");
		text_line(text, job->reason, strlen(job->reason), 200, TEXT_CHARACTERS);
	}
	str_addc(text, ';');
	add_time(text, "created", job->created_at);
	add_time(text, "started", job->started_at);
	add_time(text, "ended", job->completed_at);
}

/* ---- list_background_jobs ---- */

struct listing {
	struct viewer viewer;
	struct str *text;
	cJSON *jobs;
	int64_t left;
};

static void list_job(const struct job *job, void *arg)
{
	struct listing *l = arg;
	size_t before;
	cJSON *object;

	if (l->left == 0 || strcmp(job->type, JOB_TYPE_CHAT) == 0 ||
		!access_may_see(&l->viewer, job))
		return;
	l->left--;
	add_summary(l->text, job);
	object = job_object(job);
	before = l->text->len;
	if (job_words_snippet(l->text, job))
		tool_text_member(object, "beginning", l->text->data + before + 1,
			l->text->len - before - 1);
	str_addc(l->text, '\n');
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
	const char *query = tool_argument_text(arguments, "query", NULL);
	struct listing l = { .viewer = tool_context_viewer(c),
		.text = text,
		.left = tool_argument_integer(arguments, "limit", JOBS) };
	struct job_filter filter = { .user = access_jobs_of(&l.viewer),
		.except = JOB_TYPE_CHAT,
		.statuses = statuses(tool_argument_text(arguments, "status_filter", "all")),
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
		str_add(text, "No such jobs.");
	return 0;
}

/* ---- show_background_job ---- */

/* A page, cut between characters: one that begins on it is shown whole, on this page. */
static void add_page(struct str *text, const struct result_part *part, int64_t page)
{
	const char *data = part->data;
	size_t n = part->n, start = 0, end;

	while (page > 1 && start < n && start < 3 && utf8_continues(data[start]))
		start++;
	end = n < TOOL_TEXT_PAGE ? n : TOOL_TEXT_PAGE;
	while (end < n && end < TOOL_TEXT_PAGE + 3 && utf8_continues(data[end]))
		end++;
	text_clean(text, data + start, end - start);
}

/* Returns 0, or -1 if there is no such page. */
static int add_result(struct str *text, const struct job *job, int64_t page, cJSON *object)
{
	struct result_part r;
	size_t before = text->len;
	int64_t pages;
	int lost = result_part(job->id, job->attempt, RESULT_STDOUT, (page - 1) * TOOL_TEXT_PAGE,
			   TOOL_TEXT_PAGE + 4, &r) < 0;

	pages = tool_text_pages(r.size);
	cJSON_AddNumberToObject(object, "page", (double)page);
	cJSON_AddNumberToObject(object, "pages", (double)pages);
	if (r.data)
		add_page(text, &r, page);
	free(r.data);
	tool_text_member(object, "result", text->data + before, text->len - before);
	if (page > pages)
		return -1;
	if (lost)
		str_addf(text, "(%s)", result_error());
	else if (!r.size)
		str_add(text, "(no output)");
	if (r.omitted)
		str_addf(text, "\n[%lld bytes in the middle were not kept]", (long long)r.omitted);
	if (page < pages)
		str_addf(text, "\n[page %lld of %lld; ask for page %lld to read on]",
			(long long)page, (long long)pages, (long long)page + 1);
	return 0;
}

/* what it waits for, or has written so far */
static void add_course(struct str *text, const struct job *job, const struct viewer *viewer)
{
	struct str log = { 0 };

	job_words_waits(text, job, viewer);
	if (job->status == JOB_RUNNING && !job_words_so_far(text, job))
		str_add(text, "It has written nothing so far.\n");
	if ((job->status > JOB_DONE || job->status == JOB_RUNNING) &&
		job_words_log(&log, job, LOG_LINES, LOG_MOST))
		str_addf(text, "The end of its log:\n%s", log.data);
	str_free(&log);
}

static int add_all(struct str *text, const struct job *job, int64_t page,
	const struct viewer *viewer, cJSON *object)
{
	size_t before;

	add_summary(text, job);
	str_addc(text, '\n');
	before = text->len;
	add_course(text, job, viewer);
	if (text->len > before)
		tool_text_member(object, "course", text->data + before, text->len - before);
	if (!job_finished(job->status))
		return 0;
	str_add(text, "Result:\n");
	return add_result(text, job, page, object);
}

TOOLS_RUN(show_job)
{
	int64_t page = tool_argument_integer(arguments, "page", 1);
	const struct viewer viewer = tool_context_viewer(c);
	struct str words = { 0 };
	struct job job;
	int status;

	if (find_job(c, arguments, text, &job) < 0)
		return -1;
	*structured = job_object(&job);
	status = add_all(&words, &job, page, &viewer, *structured);
	if (status < 0)
		tool_text_refuse(text, "There is no page %lld of #%lld.", (long long)page,
			(long long)job.id);
	else
		str_add(text, words.data);
	str_free(&words);
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
		return tool_text_refuse(text,
			"You are running in that job: it ends when you finish.");
	}
	result = cancel_job(job.id, c->by);
	*structured = cJSON_CreateObject();
	cJSON_AddNumberToObject(*structured, "job_id", (double)job.id);
	cJSON_AddBoolToObject(*structured, "cancelled", result == CANCEL_DONE);
	cJSON_AddBoolToObject(*structured, "ending", result == CANCEL_ASKED);
	if (result == CANCEL_DONE)
		str_addf(text, "Cancelled #%lld.", (long long)job.id);
	else if (result == CANCEL_ASKED)
		str_addf(text, "#%lld is being cancelled.", (long long)job.id);
	else
		str_addf(text, "#%lld has already ended: %s.", (long long)job.id,
			job_status_name(job.status));
	job_free(&job);
	return result == CANCEL_DONE || result == CANCEL_ASKED ? 0 : -1;
}

TOOLS_RUN(milestone)
{
	(void)structured;
	if (milestone_report(c->job, tool_argument_text(arguments, "text", "")) < 0)
		return tool_text_refuse(text, "This job is no longer running.");
	str_add(text, "Recorded; the user is notified.");
	return 0;
}
