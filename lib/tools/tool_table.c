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
		"List the user's background jobs, the latest first, with state, times and the "
		"beginning of the result. Use it to answer questions such as whether something is "
		"done yet; show_background_job has the whole result.",
		OBJECT("\"status_filter\":{\"type\":\"string\",\"enum\":[\"all\",\"done\",\"running\","
		       "\"failed\"],\"default\":\"all\",\"description\":\"running: also those that "
		       "wait to be started; failed: also those that were cancelled.\"}," TEXT(
			       "query", "1", "1000",
			       "Only jobs in whose request or result these words occur.") "," NUMBER("limit",
			       "1", "50", "At most so many; 10 if it is not given."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_list_jobs },
	{ "show_background_job",
		"Show one background job: its state, times and result, or what it wrote so far. A "
		"long result comes in pages.",
		OBJECT(JOB_ID "," NUMBER("page", "1", "1000000",
			       "Which page of the result; 1 if it is not given."),
			"\"job_id\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_show_job },
	{ "start_background_job",
		"Hand over work that takes longer than a moment to a background job. It is "
		"acknowledged at once with its number and goes on by itself; the user is told when "
		"it ends. Give a workflow's name and its text, or only a prompt: then an assistant "
		"of its own, which does not see this conversation, works on it.",
		OBJECT(TEXT("prompt", "1", "100000",
			       "What is to be done, with all that has to be known for it; the text "
			       "of the workflow if one is named.") "," TEXT("workflow", "1", "32",
			       "The name of a workflow; without it an assistant does it.") "," TEXT("label",
			       "1", "100", "A few words for the lists of jobs."),
			"\"prompt\""),
		TOOL_OPEN_WORLD, TOOL_NEEDS_CONVERSATION, tools_start_job },
	{ "cancel_background_job",
		"Cancel a background job that waits or runs. All that it started is ended.",
		OBJECT(JOB_ID, "\"job_id\""), TOOL_DESTRUCTIVE | TOOL_IDEMPOTENT, 0,
		tools_cancel_job },
	{ "milestone",
		"Tell the user how far this background job is, in one or two sentences. For real "
		"news only: such messages are limited in number.",
		OBJECT(TEXT("text", "1", "4000", "What to say."), "\"text\""), 0, TOOL_NEEDS_JOB,
		tools_milestone },
	{ "run_workflow",
		"Start an installed workflow with a text, as the user's command /NAME TEXT does. It "
		"becomes a background job and is acknowledged at once. Without a name the workflows "
		"are listed and nothing is started.",
		OBJECT(TEXT("name", "1", "32", "The workflow.") "," TEXT("text", "0", "100000",
			       "What it is given."),
			""),
		TOOL_OPEN_WORLD, TOOL_NEEDS_CONVERSATION, tools_run_workflow },
	{ "list_files", "List a folder of the workspace: names, kinds, sizes and times.",
		OBJECT(TEXT("path", "0", "4095",
			       "The folder, relative to the workspace; the workspace itself if it "
			       "is not given.") "," NUMBER("offset", "1", "1000000",
			       "The first entry to show, from 1."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_list_files },
	{ "read_file", "Read lines of a text file in the workspace.",
		OBJECT(PATH "," NUMBER("offset", "1", "1000000000",
			       "The first line, from 1.") "," NUMBER("limit", "1", "2000",
			       "At most so many lines; 500 if it is not given."),
			"\"path\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_read_file },
	{ "search_files",
		"Find the lines of text files in the workspace that contain a text or match a "
		"regular expression. Folders named .git, links and large files are passed over.",
		OBJECT(TEXT("pattern", "1", "1000", "What to look for.") "," TEXT("path", "0",
			       "4095",
			       "A folder or file, relative to the workspace; all of it if it is not "
			       "given.") "," PROPERTY("regex", "boolean",
			       "The pattern is a POSIX extended regular expression, not a text.") "," PROPERTY("ignore_case",
			       "boolean", "Letters of either case are alike."),
			"\"pattern\""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, TOOL_NEEDS_WORKSPACE, tools_search_files },
	{ "write_file",
		"Write a text file in the workspace, as a whole or at its end. Missing folders are "
		"made.",
		OBJECT(PATH "," TEXT("content", "0", "1000000",
			       "The whole text of the file, or what is "
			       "to be added to it.") "," PROPERTY("append", "boolean",
			       "Add it at the end instead of replacing the file."),
			"\"path\",\"content\""),
		TOOL_DESTRUCTIVE, TOOL_NEEDS_WORKSPACE, tools_write_file },
	{ "shell",
		"Run a command by /bin/sh in the workspace, in a sandbox: only the workspace and "
		"/tmp can be written, /tmp is empty each time, nothing goes on when the command "
		"has ended, there may be no network. Shows the exit code and the end of the output.",
		OBJECT(TEXT("command", "1", "100000", "The command.") "," NUMBER("timeout_seconds",
			       "1", "600", "It is killed then; 60 if it is not given."),
			"\"command\""),
		TOOL_DESTRUCTIVE | TOOL_OPEN_WORLD, TOOL_NEEDS_WORKSPACE, tools_shell },
	{ "read_memory_block",
		"Read what is kept about the user under a label, with its version. Without a label "
		"the labels are listed.",
		OBJECT(TEXT("label", "1", "64", "The block's label.") "," NUMBER("page", "1", "100",
			       "Which page of a long text; 1 if it is not given."),
			""),
		TOOL_READ_ONLY | TOOL_IDEMPOTENT, 0, tools_read_memory },
	{ "propose_memory_edit",
		"Propose to change what is kept about the user, or to keep something new. The user "
		"decides; until then nothing is changed. Give the whole new text or a unified "
		"difference against the version that was read.",
		OBJECT(TEXT("label", "1", "64",
			       "The block's label; a new one makes a new block.") "," TEXT("title",
			       "1", "200",
			       "What the block is about, one line.") "," TEXT("body", "0", "65536",
			       "The whole new text. Either this or edit.") "," TEXT("edit", "1",
			       "65536",
			       "A unified difference (as of diff -u) against the base version.") "," NUMBER("base_version",
			       "0", "9007199254740991",
			       "The version that was read; 0 for a new block; the current one if "
			       "it is not given."),
			"\"label\""),
		TOOL_IDEMPOTENT, 0, tools_propose_memory },
};

const struct tool *tool_table(size_t *count)
{
	*count = sizeof(table) / sizeof(*table);
	return table;
}
