/* the table of tools; with arguments, a way to call one of them: tool [OPTIONS] NAME [JSON] */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/utf8.h"
#include "tap.h"

#include "access/workspace.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "db/db.h"
#include "store/memory.h"
#include "tools/tool.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

/* ---- for tests/tools.t ---- */

static int call(struct tool_context *c, const char *name, const char *json, int structured)
{
	const struct tool *tool = tool_find(name);
	cJSON *arguments = json ? cJSON_Parse(json) : NULL, *object;
	struct str text = { 0 };
	char *printed;
	int status;

	if (!tool || (json && !arguments))
		die_usage("no such tool, or no JSON");
	status = tool_call(tool, c, arguments, &text, &object);
	if (structured) {
		printed = cJSON_PrintUnformatted(object);
		puts(printed ? printed : "null");
		free(printed);
	} else {
		printf("%s%s", text.data, text.data[text.len - 1] == '\n' ? "" : "\n");
	}
	cJSON_Delete(object);
	cJSON_Delete(arguments);
	str_free(&text);
	return status < 0;
}

static int drive(int argc, char *argv[])
{
	static const char *const agent[] = { "--max-turns", "3", NULL };
	struct tool_context c;
	struct workspace w;
	struct str why = { 0 };
	int64_t job = 0, approve = 0;
	int structured = 0, status;
	char *folder = NULL;

	die_init("tool");
	tool_context_init(&c, "alice", USER_USER);
	while ((status = getopt(argc, argv, "u:oj:s:t:w:W:SakA:")) >= 0)
		switch (status) {
		case 'u': c.user = optarg; break;
		case 'o': c.role = USER_OPERATOR; break;
		case 'j': job = atoll(optarg); break;
		case 's': c.session = atoll(optarg); break;
		case 't': c.target = optarg; break;
		case 'w': folder = optarg; break;
		case 'W': c.said = optarg; break;
		case 'S': structured = 1; break;
		case 'a': c.agent = agent; break;
		case 'A': approve = atoll(optarg); break;
		case 'k': c.stop = STDIN_FILENO; break;
		default: die_usage("usage");
		}
	if (optind == argc)
		die_usage("no tool is named");
	if (workspace_open(&w, c.user, folder, &why) < 0)
		die_usage("%s", why.data);
	c.workspace = &w;
	db_open(DB_WRITE);
	if (approve) {
		db_begin();
		if (memory_approve(approve, "alice", clock_now(), NULL) < 0)
			die_usage("no such proposal");
		db_commit();
	}
	tool_context_in_job(&c, job);
	status = call(&c, argv[optind], argv[optind + 1], structured);
	db_close();
	workspace_close(&w);
	return status;
}

/* ---- the table ---- */

static void schemas(void)
{
	size_t count;
	const struct tool *table = tool_table(&count);

	for (size_t i = 0; i < count; i++) {
		const char *name = table[i].name;
		cJSON *schema = cJSON_Parse(table[i].schema);
		const cJSON *rule;

		ok(strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name), "%s: a name", name);
		ok(cJSON_IsObject(schema), "%s: its schema is JSON", name);
		cJSON_ArrayForEach(rule, cJSON_GetObjectItem(schema, "required"))
		{
			ok(cJSON_GetObjectItem(cJSON_GetObjectItem(schema, "properties"),
				   rule->valuestring) != NULL,
				"%s: %s is described", name, rule->valuestring);
		}
		cJSON_ArrayForEach(rule, cJSON_GetObjectItem(schema, "properties"))
		{
			ok(cJSON_IsString(cJSON_GetObjectItem(rule, "description")),
				"%s: what %s is", name, rule->string);
		}
		cJSON_Delete(schema);
		ok(tool_find(name) == &table[i], "%s is found", name);
	}
	ok(!tool_find("list_background_job"), "the beginning of a name is none");
}

/* what is wrong with these arguments of a tool, "" if they are valid; a static buffer */
static const char *wrong(const char *tool, const char *json)
{
	static struct str why;
	cJSON *arguments = cJSON_Parse(json);

	str_clear(&why);
	str_add(&why, "");
	tool_arguments_check(tool_find(tool)->schema, arguments, &why);
	cJSON_Delete(arguments);
	return why.data;
}

static void arguments(void)
{
	is_str(wrong("show_background_job", "{\"job_id\":7}"), "", "a number");
	is_str(wrong("show_background_job", "{\"job_id\":\"#7\"}"), "", "as a text");
	is_str(wrong("show_background_job", "{\"job_id\":7,\"page\":null}"), "", "a null");
	is_str(wrong("show_background_job", "{}"), "job_id is missing", "nothing");
	is_str(wrong("show_background_job", "{\"job_id\":null}"), "job_id is missing", "only null");
	is_str(wrong("show_background_job", "{\"job_id\":7.5}"), "job_id is not a whole number",
		"a fraction");
	is_str(wrong("show_background_job", "{\"job_id\":\"x\"}"), "job_id is not a whole number",
		"a word");
	is_str(wrong("show_background_job", "{\"job_id\":0}"), "job_id is below 1", "zero");
	is_str(wrong("show_background_job", "{\"job_id\":1e300}"), "job_id is not a whole number",
		"too large a number");
	is_str(wrong("show_background_job", "{\"job_id\":7,\"user\":\"bob\"}"),
		"there is no argument user", "one that is not known");
	is_str(wrong("show_background_job", "[7]"), "the arguments are not a JSON object",
		"a list");
	is_str(wrong("show_background_job", "null"), "the arguments are not a JSON object", "null");
	is_str(wrong("list_background_jobs", "{\"status_filter\":\"ready\"}"),
		"status_filter is not one of all, done, running, failed", "a choice");
	is_str(wrong("list_background_jobs", "{\"status_filter\":7}"),
		"status_filter is not a string", "a number for a text");
	is_str(wrong("list_background_jobs", "{\"limit\":51}"), "limit is above 50", "too many");
	is_str(wrong("read_file", "{\"path\":\"\"}"), "path is empty", "an empty text");
	is_str(wrong("write_file", "{\"path\":\"x\",\"content\":\"\"}"), "", "which may be empty");
	is_str(wrong("search_files", "{\"pattern\":\"x\",\"regex\":\"yes\"}"),
		"regex is neither true nor false", "a flag");
}

static int names(const char *list, const struct tool_context *c, const char *wanted)
{
	struct str why = { 0 }, got = { 0 };
	size_t count;
	const struct tool **tools = tool_list(list, c, &count, &why);
	int same;

	str_add(&got, tools ? "" : why.data);
	for (size_t i = 0; i < count; i++)
		str_addf(&got, "%s ", tools[i]->name);
	same = strcmp(got.data, wanted) == 0;
	if (!same)
		printf("# got %s\n", got.data);
	free(tools);
	str_free(&got);
	str_free(&why);
	return same;
}

static void offers(void)
{
	struct tool_context c;
	struct workspace w = { .fd = -1 };

	tool_context_init(&c, "alice", USER_USER);
	ok(names(NULL, &c,
		   "list_background_jobs show_background_job start_background_job "
		   "cancel_background_job run_workflow read_memory_block propose_memory_edit "),
		"in a conversation without a workspace");
	ok(names(" shell, milestone list_background_jobs", &c, "list_background_jobs "),
		"some of them, as far as there are");
	ok(names("shell,shel", &c, "no such tool: shel"), "a wrong name");
	ok(names("", &c, ""), "none");
	c.workspace = &w;
	ok(names("shell,read_file", &c, "read_file shell "), "with a workspace");
	c.job = 1;
	c.depth = 1;
	ok(names("milestone start_background_job run_workflow", &c, "milestone "),
		"in a background job");
}

static void cuts(void)
{
	struct str text = { 0 };
	struct tool_context c;
	cJSON *object;

	is_int((intmax_t)utf8_whole("abc", 2), 2, "between letters");
	is_int((intmax_t)utf8_whole("a\xC3\xA4z", 2), 1, "not within a character");
	is_int((intmax_t)utf8_whole("a\xC3\xA4z", 3), 3, "behind it");
	is_int((intmax_t)utf8_whole("a\xF0\x9F\x98\x80", 4), 1, "nor a longer one");
	is_int((intmax_t)utf8_whole("\x80\x80\x80\x80\x80", 4), 4, "or what is none");
	is_int(tool_text_pages(0), 1, "an empty text has a page");
	is_int(tool_text_pages(TOOL_TEXT_PAGE), 1, "a page");
	is_int(tool_text_pages(TOOL_TEXT_PAGE + 1), 2, "and a byte more");
	tool_context_init(&c, "alice", USER_USER);
	c.job = 3;
	is_int(tool_call(tool_find("milestone"), &c, NULL, &text, &object), -1, "refused");
	is_str(text.data, "milestone cannot be used: this is not a background job", "and why");
	is_int(tool_call(tool_find("show_background_job"), &c, NULL, &text, &object), -1,
		"refused");
	is_str(text.data, "job_id is missing", "for its arguments");
	ok(!object, "nothing else");
	str_free(&text);
}

int main(int argc, char *argv[])
{
	if (argc > 1)
		return drive(argc, argv);
	schemas();
	arguments();
	offers();
	cuts();
	return done();
}
