/* doctor_chat: check the operator's tasks, workflows, intents and model */
#include "cli/doctor_chat.h"

#include <string.h>
#include <strings.h>

#include "access/sandbox.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "chat/intent.h"
#include "store/task.h"
#include "store/task_pause.h"
#include "submit/workflow.h"
#include "task/tick.h"
#include "task/trigger.h"

/* cron calls bgjob-tick once a minute */
#define TOO_LONG (10 * CLOCK_MINUTE)

static int look_at_workflows(void (*line)(int ok, const char *name, const char *text))
{
	struct str text = { 0 };
	int refused = 0;
	size_t count;
	struct workflow *list = workflow_list(&count);

	for (size_t i = 0; i < count; i++) {
		if (!list[i].refused)
			continue;
		refused++;
		str_clear(&text);
		str_addf(&text, "%s is refused: %s", list[i].name, list[i].refused);
		line(0, "workflows", text.data);
	}
	if (!refused) {
		str_addf(&text, "%zu installed", count);
		line(1, "workflows", text.data);
	}
	str_free(&text);
	workflow_list_free(list, count);
	return refused;
}

static int look_at_intents(void (*line)(int ok, const char *name, const char *text))
{
	struct str problems = { 0 };
	int wrong = 0;

	str_add(&problems, "");
	intents_free(intents_load(&problems));
	for (char *at = problems.data; *at;) {
		size_t n = strcspn(at, "\n");
		char *next = at + n + (at[n] == '\n');

		at[n] = '\0';
		line(0, "intents", at);
		wrong++;
		at = next;
	}
	if (!wrong)
		line(1, "intents", "every line is valid");
	str_free(&problems);
	return wrong;
}

struct tasks {
	long long enabled, disabled;
	struct str broken; /* tasks whose schedule can no longer be parsed, and why */
};

static void count_task(const struct task *task, void *arg)
{
	struct tasks *tasks = arg;
	struct str why = { 0 };

	tasks->enabled += task->enabled != 0;
	tasks->disabled += !task->enabled;
	if (task->enabled && trigger_check(task, &why) < 0)
		str_addf(&tasks->broken, ", %s never fires: %s", task->name, why.data);
	str_free(&why);
}

/*
 * Whether nothing fires tasks. A runner with --tick sleeps until the next moment, so an old check
 * is a problem only if a moment has passed since.
 */
static int is_unwatched(int64_t now, int64_t last)
{
	int64_t next = tick_next();

	return last < 0 || (now - last > TOO_LONG && next >= 0 && now - next > TOO_LONG);
}

static int look_at_tasks(void (*line)(int ok, const char *name, const char *text))
{
	struct tasks tasks = { 0 };
	struct str text = { 0 };
	char since[CLOCK_TEXT];
	int64_t last = tick_last();
	int bad = 0;

	if (task_list(count_task, &tasks))
		str_addf(&text, "%lld enabled, %lld disabled", tasks.enabled, tasks.disabled);
	else
		str_add(&text, "none");
	if (task_paused()) {
		str_add(&text, ", all paused: resume them with bgjob-task resume");
	} else if (tasks.enabled && is_unwatched(clock_now(), last)) {
		bad = 1;
		str_add(&text, ", but nothing fires them");
		if (last >= 0) {
			clock_format_time(last, since);
			str_addf(&text, " since %s", since);
		}
		str_add(&text,
			": run bgjob-tick from cron every minute, or start bgjob-run --tick");
	}
	if (tasks.broken.len) {
		bad = 1;
		str_addf(&text, "%s: redefine it with bgjob-task add --replace", tasks.broken.data);
	}
	line(!bad, "tasks", text.data);
	str_free(&text);
	str_free(&tasks.broken);
	return bad;
}

/* only the host: the rest may contain a key */
static void say_host(struct str *text, const char *url)
{
	const char *at = strstr(url, "://") + 3;
	size_t n = strcspn(at, "/?#");
	const char *sign = memrchr(at, '@', n);

	if (sign) {
		n -= (size_t)(sign + 1 - at);
		at = sign + 1;
	}
	str_escape(text, at, n);
}

/* whether the shell tool is confined, refused, or unconfined as the operator asked */
static int look_at_shell(void (*line)(int ok, const char *name, const char *text))
{
	const char *const argv[] = { "/bin/true", NULL };
	struct str why = { 0 }, text = { 0 };
	char **command = sandbox_command("/tmp", 0, argv, &why);
	int bad = 0;

	if (command) {
		str_add(&text, "commands from models are confined by bubblewrap");
	} else if (config_yes("BGJOB_SHELL_UNCONFINED", 0)) {
		str_add(&text,
			"commands from models are not confined: BGJOB_SHELL_UNCONFINED is set");
	} else {
		bad = 1;
		str_addf(&text, "models cannot use the shell tool: %s", why.data);
	}
	line(!bad, "shell", text.data);
	sandbox_free(command);
	str_free(&why);
	str_free(&text);
	return bad;
}

/* what llm_settings_read() would check; linking it takes libcurl, which costs more than all other checks */
static int look_at_model(void (*line)(int ok, const char *name, const char *text))
{
	const char *url = config_get("BGJOB_LLM_URL"), *model = config_get("BGJOB_LLM_MODEL");
	struct str text = { 0 };

	if (!url) {
		line(1, "model", "no BGJOB_LLM_URL: free text is matched by the intents only");
		return 0;
	}
	if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0) {
		line(0, "model", "BGJOB_LLM_URL is not an http or https URL");
		return 1;
	}
	if (!model) {
		line(0, "model", "BGJOB_LLM_URL is set, but BGJOB_LLM_MODEL is not");
		return 1;
	}
	str_escape(&text, model, strlen(model));
	str_add(&text, " at ");
	say_host(&text, url);
	str_add(&text, config_get("BGJOB_LLM_KEY") ? "" : ", without BGJOB_LLM_KEY");
	line(1, "model", text.data);
	str_free(&text);
	return look_at_shell(line);
}

int doctor_chat_look(int exists, void (*line)(int ok, const char *name, const char *text))
{
	return (exists ? look_at_tasks(line) : 0) + look_at_workflows(line) +
		look_at_intents(line) + look_at_model(line);
}
