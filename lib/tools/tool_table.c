/* tool_table: what each tool is called, what it tells a model, and what it takes */
#include "tools/tool_table.h"

#define PROPERTY(name, type, about) \
	"\"" name "\":{\"type\":\"" type "\",\"description\":\"" about "\"}"
#define TEXT(name, least, most, about) \
	"\"" name "\":{\"type\":\"string\",\"minLength\":" least ",\"maxLength\":" most \
	",\"description\":\"" about "\"}"
#define NUMBER(name, least, most, about) \
	"\"" name "\":{\"type\":\"integer\",\"minimum\":" least ",\"maximum\":" most \
	",\"description\":\"" about "\"}"
#define OBJECT(properties, required) \
	"{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required \
	"],\"additionalProperties\":false}"
#define JOB_ID NUMBER("job_id", "1", "9007199254740991", "The number of the job.")
#define PATH TEXT("path", "1", "4095", "Relative to the workspace.")

static const struct tool table[] = {
	{ "list_background_jobs",
		"List the user's background jobs, newest first, with status, times and the beginning "
		"of the result. Use it to answer questions such as whether something is done yet; "
		"show_background_job gives the whole result.",
		OBJECT("\"status_filter\":{\"type\":\"string\",\"enum\":[\"all\",\"done\",\"running\","
		       "\"failed\"],\"default\":\"all\",\"description\":\"running includes queued jobs, "
		       "failed includes cancelled ones.\"}," TEXT("query", "1", "1000",
			       "Only jobs whose request or result contains these words.") "," NUMBER("limit",
			       "1", "50", "How many jobs at most; default 10."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_list_jobs },
	{ "show_background_job",
		"Show one background job: its status, times and result, or its output so far. A "
		"long result is split into pages.",
		OBJECT(JOB_ID
			"," NUMBER("page", "1", "1000000", "The page of the result; default 1."),
			"\"job_id\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_show_job },
	{ "start_background_job",
		"Hand work that takes more than a moment to a background job. The call returns the "
		"job's number at once, the job runs on its own, and the user is told when it ends. "
		"Give a workflow's name and its text, or only a prompt: then a separate assistant "
		"that does not see this conversation does the work.",
		OBJECT(TEXT("prompt", "1", "100000",
			       "What to do, with everything one needs to know to do it; with a "
			       "workflow, its text.") "," TEXT("workflow", "1", "32",
			       "The name of a workflow; without it an assistant does the work.") "," TEXT("label",
			       "1", "100", "A few words to show in lists of jobs."),
			"\"prompt\""),
		TOOL_OPEN_WORLD, TOOL_NEEDS_CONVERSATION, tools_start_job },
	{ "cancel_background_job",
		"Cancel a queued or running background job. Everything it started is ended as well.",
		OBJECT(JOB_ID, "\"job_id\""), TOOL_DESTRUCTIVE | TOOL_IDEMPOTENT, 0,
		tools_cancel_job },
	{ "milestone",
		"Tell the user how far this background job has come, in one or two sentences. Only "
		"for real news: the number of such messages is limited.",
		OBJECT(TEXT("text", "1", "4000", "What to say."), "\"text\""), 0, TOOL_NEEDS_JOB,
		tools_milestone },
	{ "run_workflow",
		"Start an installed workflow with a text, as the user's command /NAME TEXT does. It "
		"runs as a background job, and the call returns at once. Without a name, list the "
		"workflows and start nothing.",
		OBJECT(TEXT("name", "1", "32", "The workflow.") "," TEXT("text", "0", "100000",
			       "The text it works on."),
			""),
		TOOL_OPEN_WORLD, TOOL_NEEDS_CONVERSATION, tools_run_workflow },
	{ "list_files", "List a folder of the workspace: names, kinds, sizes and times.",
		OBJECT(TEXT("path", "0", "4095",
			       "The folder, relative to the workspace; default the workspace "
			       "itself.") "," NUMBER("offset", "1", "1000000",
			       "The first entry to show, counted from 1."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_list_files },
	{ "read_file", "Read lines of a text file in the workspace.",
		OBJECT(PATH "," NUMBER("offset", "1", "1000000000",
			       "The first line to read, counted from 1.") "," NUMBER("limit", "1",
			       "2000", "How many lines at most; default 500."),
			"\"path\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_read_file },
	{ "search_files",
		"Find the lines of text files in the workspace that contain a text or match a "
		"regular expression. Folders named .git, links and large files are skipped.",
		OBJECT(TEXT("pattern", "1", "1000", "What to look for.") "," TEXT("path", "0",
			       "4095",
			       "A folder or file, relative to the workspace; default the whole "
			       "workspace.") "," PROPERTY("regex", "boolean",
			       "The pattern is a POSIX extended regular expression, not plain text.") "," PROPERTY("ignore_case",
			       "boolean", "Ignore the difference between upper and lower case."),
			"\"pattern\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_search_files },
	{ "write_file",
		"Write a text file in the workspace, or append to it. Missing folders are created.",
		OBJECT(PATH "," TEXT("content", "0", "1000000",
			       "The whole text of the file, or the text to append.") "," PROPERTY("append",
			       "boolean", "Append to the file instead of replacing it."),
			"\"path\",\"content\""),
		TOOL_DESTRUCTIVE, TOOL_NEEDS_WORKSPACE, tools_write_file },
	{ "shell",
		"Run a command with /bin/sh in the workspace, inside a sandbox: only the workspace "
		"and /tmp are writable, /tmp is empty each time, every process ends with the "
		"command, and there may be no network. Returns the exit code and the end of the "
		"output.",
		OBJECT(TEXT("command", "1", "100000", "The command.") "," NUMBER("timeout_seconds",
			       "1", "600", "The command is killed after this time; default 60."),
			"\"command\""),
		TOOL_DESTRUCTIVE | TOOL_OPEN_WORLD, TOOL_NEEDS_WORKSPACE, tools_shell },
	{ "read_memory_block",
		"Read what is remembered about the user under a label, with its version. Without a "
		"label, list the labels.",
		OBJECT(TEXT("label", "1", "64", "The block's label.") "," NUMBER("page", "1", "100",
			       "The page of a long text; default 1."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_read_memory },
	{ "propose_memory_edit",
		"Propose to change what is remembered about the user, or to remember something new. "
		"Nothing changes until the user approves it. Give either the whole new text or a "
		"unified diff against the version you read.",
		OBJECT(TEXT("label", "1", "64",
			       "The block's label; a new label makes a new block.") "," TEXT("title",
			       "1", "200", "What the block is about, in one line.") "," TEXT("body",
			       "0", "65536",
			       "The whole new text. Give either this or edit.") "," TEXT("edit",
			       "1", "65536",
			       "A unified diff (as from diff -u) against the base version.") "," NUMBER("base_version",
			       "0", "9007199254740991",
			       "The version you read; 0 for a new block; default the current "
			       "version."),
			"\"label\""),
		TOOL_IDEMPOTENT, 0, tools_propose_memory },
};

const struct tool *tool_table(size_t *count)
{
	*count = sizeof(table) / sizeof(*table);
	return table;
}
