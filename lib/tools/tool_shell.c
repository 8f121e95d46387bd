/* tool_shell: a command in the workspace, confined by bubblewrap */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cjson/cJSON.h>

#include "access/sandbox.h"
#include "access/subprocess.h"
#include "access/workspace.h"
#include "base/clock.h"
#include "base/config.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

enum {
	TIMEOUT = 60, /* s */
	OUTPUT_MOST = 64 << 20,
};

/*
 * without bubblewrap, if it does not work and the operator allows that; an array as from
 * sandbox_command()
 */
static char **unconfined(const char *const *argv)
{
	char **copy = mem_zero(4, sizeof(*copy));

	for (int i = 0; argv[i]; i++)
		copy[i] = mem_dup(argv[i]);
	return copy;
}

static void say_end(struct str *text, const struct subprocess_result *r, int64_t timeout)
{
	switch (r->end) {
	case SUBPROCESS_TIMEOUT:
		str_addf(text, "killed: it took longer than %lld s\n", (long long)timeout);
		return;
	case SUBPROCESS_STOPPED: str_add(text, "killed: this work was stopped\n"); return;
	case SUBPROCESS_FLOOD: str_add(text, "killed: it wrote more than 64 MiB\n"); return;
	default: break;
	}
	if (WIFSIGNALED(r->status))
		str_addf(text, "killed by %s\n", strsignal(WTERMSIG(r->status)));
	else
		str_addf(text, "exit code %d\n", WEXITSTATUS(r->status));
}

static void report(struct str *text, cJSON *object, const struct subprocess_result *r,
	int64_t timeout)
{
	int64_t left = r->total - (int64_t)r->output.len;
	int ended = r->end == SUBPROCESS_ITSELF && WIFEXITED(r->status);

	say_end(text, r, timeout);
	if (left > 0)
		str_addf(text,
			"[the first %lld bytes of the output are left out: write it to a file and "
			"read that]\n",
			(long long)left);
	str_addn(text, r->output.data, r->output.len);
	if (r->total == 0)
		str_add(text, "(no output)");
	if (ended)
		cJSON_AddNumberToObject(object, "exit_code", WEXITSTATUS(r->status));
	else
		cJSON_AddNullToObject(object, "exit_code");
	cJSON_AddBoolToObject(object, "timed_out", r->end == SUBPROCESS_TIMEOUT);
	cJSON_AddNumberToObject(object, "seconds", (double)r->took_ms / 1000);
	tool_text_member(object, "output", r->output.data, r->output.len);
	cJSON_AddNumberToObject(object, "omitted_bytes", (double)left);
}

TOOLS_RUN(shell)
{
	const char *const argv[] = { "/bin/sh", "-c", tool_argument_text(arguments, "command", ""),
		NULL };
	int64_t timeout = tool_argument_integer(arguments, "timeout_seconds", TIMEOUT);
	struct subprocess_result result;
	struct str why = { 0 };
	char **command = sandbox_command(c->workspace->path, config_yes("BGJOB_SHELL_NETWORK", 0),
		argv, &why);
	char **variables;
	int status;

	if (!command && config_yes("BGJOB_SHELL_UNCONFINED", 0))
		command = unconfined(argv);
	if (!command) {
		tool_text_refuse(text, "The shell cannot be used here: %s.", why.data);
		str_free(&why);
		return -1;
	}
	variables = sandbox_environment(c->workspace->path);
	status = subprocess_run(&(struct subprocess){ .argv = command,
					.environment = variables,
					.directory = c->workspace->path,
					.timeout_ms = timeout * CLOCK_SECOND,
					.keep = TOOL_TEXT_PAGE,
					.most = OUTPUT_MOST,
					.stop = c->stop },
		&result, text);
	if (status == 0) {
		*structured = cJSON_CreateObject();
		report(text, *structured, &result, timeout);
		status = result.end == SUBPROCESS_ITSELF ? 0 : -1;
	}
	str_free(&result.output);
	str_free(&why);
	sandbox_free(variables);
	sandbox_free(command);
	return status;
}
