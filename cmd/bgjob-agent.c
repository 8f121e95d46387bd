/* bgjob-agent: ask a model and run the tools it calls */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/agent_prompt.h"
#include "base/arg.h"
#include "base/config.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "net/llm.h"
#include "store/target.h"

enum {
	SESSION = 256,
	PARENT,
	SYSTEM,
	TOOLS,
	MEMORY,
	MAX_TURNS,
	MODEL,
	WORKSPACE,
	MAX_TOKENS,
	BUDGET,
	TYPING,
	PROMPT_MAX = 1 << 20,
	TURNS_MAX = 10000,
};

static const struct arg_option options[] = {
	{ SESSION, "session", "ID", "continue this session (default: start a new one)" },
	{ PARENT, "parent", "ID", "the conversation a new session comes from" },
	{ SYSTEM, "system", "FILE", "extra system prompt; - reads stdin" },
	{ TOOLS, "tools", "LIST", "the only tools it may call, or none" },
	{ MEMORY, "memory", "LIST", "labels of memory blocks to give it" },
	{ MAX_TURNS, "max-turns", "N", "at most N turns with tool calls (default: 20)" },
	{ MODEL, "model", "NAME", "the model (default: BGJOB_LLM_MODEL)" },
	{ WORKSPACE, "workspace", "DIR", "the folder it works in (default: the user's own)" },
	{ MAX_TOKENS, "max-tokens", "N", "at most N tokens in one answer" },
	{ BUDGET, "budget", "N", "stop once this run has used N tokens" },
	{ TYPING, "typing", "TARGET", "show the bot as typing in this chat: telegram:CHAT" },
	{ 0 },
};

/* ---- signals ---- */

static volatile sig_atomic_t stop_signal;
static int stop_pipe[2];

static void on_signal(int number)
{
	int error = errno;

	if (!stop_signal)
		(void)!write(stop_pipe[1], "", 1);
	stop_signal = number;
	errno = error;
}

/* a pipe, not a signalfd: programs that a tool starts would inherit the signal mask */
static int stop_descriptor(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		die_errno("cannot make a pipe");
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	return stop_pipe[0];
}

/* ---- options ---- */

/* A file, or stdin for "-"; `what` says whose file in messages: "--system: " */
static void read_text(struct str *text, const char *what, const char *path, size_t most)
{
	struct str why = { 0 };
	int result = input_file(AT_FDCWD, path, most, INPUT_STDIN | INPUT_NUL_BLANK, text, &why);
	const char *name = strcmp(path, "-") == 0 ? "stdin" : path;

	if (result == INPUT_NOT_OPENED)
		die_usage("%scannot open %s: %s", what, path, why.data);
	if (result == INPUT_NOT_READ)
		die_errno("cannot read %s", name);
	if (result < 0)
		die_usage("%s is %s", name, why.data);
	while (text->len && strchr(" \t\r\n", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
}

static const char *read_system(const char *path)
{
	static struct str text;

	read_text(&text, "--system: ", path, AGENT_PROMPT_MAX);
	return text.data;
}

static const char *take_prompt(int count, char *words[])
{
	static struct str text;

	if (count == 1 && strcmp(words[0], "-") == 0)
		read_text(&text, "", "-", PROMPT_MAX);
	else
		for (int i = 0; i < count; i++)
			str_addf(&text, "%s%s", i ? " " : "", words[i]);
	if (count && !text.data[strspn(text.data, " \t\r\n")])
		die_usage("the prompt is empty");
	return text.data;
}

static void parse_option(struct agent_options *o, int id)
{
	switch (id) {
	case SESSION: o->session = arg_id_of("session", optarg); break;
	case PARENT: o->parent = arg_id_of("session", optarg); break;
	case SYSTEM: o->system = optarg; break;
	case TOOLS: o->tools = optarg; break;
	case MEMORY: o->memory = optarg; break;
	case MAX_TURNS: o->max_turns = arg_number("--max-turns", optarg, 1, TURNS_MAX); break;
	case MODEL: o->model = optarg; break;
	case WORKSPACE: o->workspace = optarg; break;
	case MAX_TOKENS: o->max_tokens = arg_number("--max-tokens", optarg, 1, INT32_MAX); break;
	case BUDGET: o->budget = arg_number("--budget", optarg, 0, INT64_MAX); break;
	case TYPING: o->typing = optarg; break;
	}
}

static int64_t number(const char *setting, int64_t min, int64_t max, int64_t otherwise)
{
	const char *text = config_get(setting);

	return text ? arg_number(setting, text, min, max) : otherwise;
}

/* what no option sets comes from the task or the configuration */
static void fill_in(struct agent_options *o)
{
	const char *task = getenv("BGJOB_PROMPT");

	if (!o->tools)
		o->tools = config_get("BGJOB_TOOLS");
	if (!o->memory)
		o->memory = config_get("BGJOB_MEMORY");
	if (!o->max_turns)
		o->max_turns = number("BGJOB_MAX_TURNS", 1, TURNS_MAX, AGENT_TURNS);
	o->daily_cap = number("BGJOB_LLM_DAILY_TOKENS", 0, INT64_MAX, -1);
	o->job_cap = number("BGJOB_LLM_JOB_TOKENS", 0, INT64_MAX, -1);
	if (task && *task && !o->system) {
		o->system = task;
		if (!o->prompt && !o->session)
			o->prompt = "Begin.";
	}
	if (!o->prompt && !o->session)
		die_usage("no prompt given; - reads stdin");
}

static void parse(int argc, char *argv[], struct agent_options *o)
{
	int id;

	while ((id = arg_next(argc, argv, 0)) >= 0)
		parse_option(o, id);
	if (o->typing && target_kind(o->typing) != TARGET_TELEGRAM)
		die_usage("--typing: not telegram:CHAT[/THREAD]: %s", o->typing);
	if (o->parent && o->session)
		die_usage("--parent is only for a new session");
	if (o->system && strcmp(o->system, "-") == 0 && argc - optind == 1 &&
		strcmp(argv[optind], "-") == 0)
		die_usage("stdin cannot be both the prompt and --system");
	if (o->system)
		o->system = read_system(o->system);
	o->prompt = take_prompt(argc - optind, argv + optind);
	fill_in(o);
}

/* ---- work ---- */

static void read_settings(struct agent *a, const char *model)
{
	struct str why = { 0 };
	int status = llm_settings_read(&a->llm, model, &why);

	if (status > 0)
		die_usage("no model is configured: BGJOB_LLM_URL in %s/config", config_folder());
	if (status < 0)
		die_usage("%s", why.data);
	str_free(&why);
	/* jobs and tools that are started from here do not need it */
	if (a->llm.key)
		a->llm.key = mem_dup(a->llm.key);
	unsetenv("BGJOB_LLM_KEY");
}

static int run(struct agent *a)
{
	switch (agent_run(a)) {
	case AGENT_DONE: return EXIT_DONE;
	case AGENT_STOPPED: return 128 + (stop_signal ? stop_signal : SIGTERM);
	default: warn("%s", a->reason.data); return EXIT_NO;
	}
}

int main(int argc, char *argv[])
{
	struct agent_options o = { .budget = -1 };
	struct agent a = { 0 };
	struct str why = { 0 };
	int status;

	arg_init("bgjob-agent", "Ask a model and run the tools it calls.",
		"[options] [PROMPT... | -]\n--session ID [options]", options);
	parse(argc, argv, &o);
	/* a core file would hold the key (core(5)) */
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		warn_errno("cannot turn core files off");
	read_settings(&a, o.model);
	o.stop = stop_descriptor();
	db_open(DB_WRITE);
	if (agent_open(&a, &o, &why) < 0)
		die_usage("%s", why.data);
	status = run(&a);
	db_close();
	free((void *)(uintptr_t)a.llm.key);
	agent_close(&a);
	out_done();
	return status;
}
