/* agent_prompt: the system prompt of a run */
#include "agent/agent_prompt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/trust.h"
#include "agent/agent_frame.h"
#include "agent/agent_history.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/input.h"
#include "base/text.h"
#include "service/paths.h"
#include "show/job_words.h"
#include "store/memory.h"
#include "tools/tool_text.h"

enum {
	BLOCK_MAX = 16 * 1024, /* bytes of one memory block, and of all of them */
	BLOCKS_MAX = 48 * 1024,
	JOBS = 10, /* unfinished ones, and as many others */
	JOBS_MAX = 6 * 1024,
	WORKFLOWS_MAX = 8 * 1024,
	CONVERSATION_MAX = 6 * 1024,
	CONVERSATION_MESSAGES = 12,
};

/* ---- the file ---- */

/* Returns 0; 1: there is none; -1: why says what is wrong with it. */
static int add_file_of(struct str *text, const char *folder, struct str *why)
{
	struct str path = { 0 }, reason = { 0 }, raw = { 0 };
	int fd, status = -1;

	if (!folder)
		return 1;
	str_addf(&path, "%s/prompts/agent", folder);
	fd = trust_open(path.data, TRUST_FILE, &reason);
	if (fd < 0 && errno == ENOENT)
		status = 1;
	else if (fd < 0)
		str_addf(why, "%s", reason.data);
	else if (input_read(fd, AGENT_PROMPT_MAX, 0, &raw, &reason) < 0)
		str_addf(why, "%s: %s", path.data, reason.data);
	else
		status = 0;
	if (fd >= 0)
		close(fd);
	if (status == 0)
		text_clean(text, raw.data, raw.len);
	str_free(&path);
	str_free(&reason);
	str_free(&raw);
	return status;
}

static int add_file(struct str *text, struct str *why)
{
	int status = add_file_of(text, config_folder(), why);

	if (status > 0)
		status = add_file_of(text, paths_share(), why);
	if (status > 0)
		str_addf(why, "%s/prompts/agent does not exist", paths_share());
	return status ? -1 : 0;
}

/* ---- memory ---- */

/* the next word of a list with commas or blanks; NULL: none. Advances *at. */
static char *next_label(const char **at)
{
	const char *start = *at + strspn(*at, ", \t\n");
	size_t n = strcspn(start, ", \t\n");

	*at = start + n;
	return n ? mem_dupn(start, n) : NULL;
}

int agent_prompt_memory_valid(const char *labels, struct str *why)
{
	char *label;

	while (labels && (label = next_label(&labels))) {
		if (!memory_label_valid(label)) {
			str_addf(why, "not the label of a memory block: %s", label);
			free(label);
			return -1;
		}
		free(label);
	}
	return 0;
}

static void add_block(struct str *text, const struct agent *a, const char *label, size_t room)
{
	struct memory_block block;
	struct str attributes = { 0 };
	char version[32];

	agent_frame_attribute(&attributes, "label", label);
	if (memory_get(a->context.user, label, &block) == 0) {
		snprintf(version, sizeof(version), "%lld", (long long)block.version);
		agent_frame_attribute(&attributes, "version", version);
		agent_frame_attribute(&attributes, "title", block.title);
		agent_frame(text, AGENT_FRAME_MEMORY, attributes.data, block.body,
			strlen(block.body), room < BLOCK_MAX ? room : BLOCK_MAX);
		memory_block_free(&block);
	} else {
		static const char none[] = "(there is no such block yet)";

		agent_frame_attribute(&attributes, "version", "0");
		agent_frame(text, AGENT_FRAME_MEMORY, attributes.data, none, strlen(none), 100);
	}
	str_free(&attributes);
}

static void add_memory(struct str *text, const struct agent *a)
{
	const char *labels = a->options.memory;
	size_t before = text->len;
	char *label;

	while (labels && (label = next_label(&labels))) {
		size_t used = text->len - before;

		str_addc(text, '\n');
		add_block(text, a, label, used < BLOCKS_MAX ? BLOCKS_MAX - used : 0);
		free(label);
	}
}

/* ---- facts about this run ---- */

struct job_list {
	struct str text;
	int64_t now;
};

/* #42 board ✅ done, started 14:32:10 "The board identified ..." */
static void add_job(const struct job *job, void *arg)
{
	char started[CLOCK_TEXT];
	struct job_list *list = arg;

	job_words_heading(&list->text, job);
	if (job->started_at >= 0) {
		clock_format_short(job->started_at, list->now, started);
		str_addf(&list->text, ", started %s", started);
	}
	job_words_snippet(&list->text, job);
	str_addc(&list->text, '\n');
}

/* the user's own, even for an operator; the jobs that answer messages are left out */
static void add_jobs(struct str *text, const struct agent *a)
{
	struct job_filter filter = { .user = a->context.user,
		.except = JOB_TYPE_CHAT,
		.limit = JOBS };
	struct job_list list = { .now = clock_now() };

	filter.statuses = 1u << JOB_RUNNING | 1u << JOB_QUEUED;
	job_list(&filter, add_job, &list);
	filter.statuses = 1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED;
	job_list(&filter, add_job, &list);
	if (!list.text.len)
		str_add(&list.text, "(no jobs)\n");
	str_addc(text, '\n');
	agent_frame(text, AGENT_FRAME_JOBS, NULL, list.text.data, list.text.len, JOBS_MAX);
	str_free(&list.text);
}

/* where no rule has matched, the model may decide which workflow a message is for */
static void add_workflows(struct str *text)
{
	struct str list = { 0 };

	if (!config_yes("BGJOB_CLASSIFY", 0))
		return;
	str_add(&list, "");
	tool_text_workflows(&list);
	if (list.len) {
		str_add(text,
			"\nIf the user's message asks for what one of these workflows does, run it "
			"with run_workflow, with the whole message as its text, instead of "
			"answering:\n");
		agent_frame(text, AGENT_FRAME_WORKFLOWS, NULL, list.data, list.len, WORKFLOWS_MAX);
	}
	str_free(&list);
}

static void add_conversation(struct str *text, int64_t session)
{
	struct str said = { 0 };

	str_add(&said, "");
	agent_history_digest(&said, session, CONVERSATION_MESSAGES);
	if (said.len) {
		str_addc(text, '\n');
		agent_frame(text, AGENT_FRAME_CONVERSATION, NULL, said.data, said.len,
			CONVERSATION_MAX);
	}
	str_free(&said);
}

static void add_facts(struct str *text, const struct agent *a)
{
	char now[CLOCK_TEXT];
	struct str user = { 0 };

	clock_format_time(clock_now(), now);
	text_line(&user, a->context.user, strlen(a->context.user), 200, TEXT_BYTES);
	str_addf(text, "\nMode: %s\nUser: %s\nTime: %s\n",
		a->session.kind == SESSION_CHAT ? "conversation" : "background", user.data, now);
	if (a->session.kind == SESSION_AGENT && a->context.job)
		str_addf(text, "This is job %lld.\n", (long long)a->context.job);
	if (a->context.workspace)
		str_add(text, "File paths are relative to your workspace.\n");
	str_free(&user);
}

int agent_prompt(struct str *text, const struct agent *a, struct str *why)
{
	if (add_file(text, why) < 0)
		return -1;
	if (a->options.system) {
		str_addc(text, '\n');
		text_clean(text, a->options.system, strlen(a->options.system));
		str_addc(text, '\n');
	}
	add_memory(text, a);
	if (a->session.kind == SESSION_CHAT) {
		add_workflows(text);
		add_jobs(text, a);
	} else if (a->session.parent) {
		add_conversation(text, a->session.parent);
	}
	add_facts(text, a);
	return 0;
}
