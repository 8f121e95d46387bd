/* ask_model: send a text that matches no command, workflow or rule to the model */
#include "chat/ask_model.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "chat/commands.h"
#include "service/paths.h"
#include "store/claim.h"
#include "store/session.h"
#include "store/target.h"
#include "submit/submission.h"
#include "submit/workflow_start.h"

/* runs before everything else, since a person is waiting for the answer */
enum { PRIORITY = 20 };

/* the longest that a model that hangs keeps the conversation waiting */
#define LIMIT (15 * CLOCK_MINUTE)

int ask_model_ready(void)
{
	const char *url = config_get("BGJOB_LLM_URL");

	return url && *url && access(paths_program("bgjob-agent"), X_OK) == 0;
}

static void add_command(struct submission *s, const struct reply *reply, int64_t session)
{
	char id[32];

	snprintf(id, sizeof(id), "%lld", (long long)session);
	submission_argument(s, paths_program("bgjob-agent"));
	submission_argument(s, "--session");
	submission_argument(s, id);
	if (reply->target && target_is_telegram(reply->target)) {
		submission_argument(s, "--typing");
		submission_argument(s, reply->target);
	}
	submission_argument(s, "-");
}

static void describe_turn(struct submission *s, const struct reply *reply)
{
	s->job.queue = JOB_QUEUE_CHAT;
	s->job.type = JOB_TYPE_CHAT;
	s->job.label = "answer";
	s->job.user = reply->user;
	s->job.priority = PRIORITY;
	s->job.timeout_ms = LIMIT;
	s->directory = workflow_start_directory();
	if (reply->target) {
		if (submission_notify(s, reply->target) < 0)
			warn("cannot send an answer to %s: %s", reply->user, s->why.data);
		s->job.notify_on = "always";
	}
}

void ask_model_start(struct reply *reply, const char *text)
{
	struct str lane = { 0 };
	struct submission s;
	int64_t id = 0, other;

	str_addf(&lane, CLAIM_ONE "chat:%s", reply->user);
	submission_init(&s);
	describe_turn(&s, reply);
	add_command(&s, reply, session_open_chat(reply->user, reply->target, reply->now));
	s.job.limit_key = lane.data;
	s.job.has_input = 1;
	s.job.input = text;
	s.job.input_size = strlen(text);
	if (submission_finish(&s) == 0)
		id = job_add(&s.job, &other);
	if (id > 0) {
		reply->streams = 1;
		commands_started(reply, id, WORKFLOW_AUTO);
	} else {
		reply_say_no(reply, "I cannot answer right now.\n");
		warn("cannot ask the model: %s", s.why.data);
	}
	submission_free(&s);
	str_free(&lane);
}
