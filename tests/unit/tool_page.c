/* tool_page: bgjob-tools(7) lists the tools as the table has them; "tool_page print" writes that part of it */
#include "tap.h"

#include <cjson/cJSON.h>

#include "base/str.h"
#include "tools/tool_table.h"

#define PAGE "share/man/bgjob-tools.7"
#define BEGIN ".\\\" ---- made from the table: tool_page print ----\n"
#define END ".\\\" ---- to here ----\n"

/* As text of mdoc(7): a sentence a line, no line that looks like a request. */
static void add_text(struct str *page, const char *text)
{
	int start = 1;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			str_add(page, "\\&");
		if (*text == '\\')
			str_add(page, "\\e");
		else
			str_addc(page, *text);
		start = 0;
		if (*text == '.' && text[1] == ' ') {
			str_addc(page, '\n');
			text++;
			start = 1;
		}
	}
	str_addc(page, '\n');
}

static void add_choices(struct str *page, const cJSON *choices)
{
	const cJSON *choice;
	int count = 0;

	cJSON_ArrayForEach(choice, choices)
		str_addf(page, "%s%s", count++ ? ", " : "One of ", choice->valuestring);
	if (count)
		str_add(page, ".\n");
}

static void add_arguments(struct str *page, const cJSON *schema)
{
	const cJSON *properties = cJSON_GetObjectItem(schema, "properties"), *property, *name;

	if (!cJSON_GetArraySize(properties))
		return;
	str_add(page, ".Bl -tag -width Ds\n");
	cJSON_ArrayForEach(property, properties)
	{
		const cJSON *type = cJSON_GetObjectItem(property, "type");
		const cJSON *description = cJSON_GetObjectItem(property, "description");
		int required = 0;

		cJSON_ArrayForEach(name, cJSON_GetObjectItem(schema, "required")) required |=
			strcmp(name->valuestring, property->string) == 0;
		str_addf(page, ".It Va %s Pq %s%s\n", property->string,
			cJSON_IsString(type) ? type->valuestring : "any",
			required ? ", required" : "");
		add_choices(page, cJSON_GetObjectItem(property, "enum"));
		if (cJSON_IsString(description))
			add_text(page, description->valuestring);
	}
	str_add(page, ".El\n");
}

static void make_page(struct str *page)
{
	size_t count;
	const struct tool *table = tool_table(&count);

	str_add(page, BEGIN ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < count; i++) {
		cJSON *schema = cJSON_Parse(table[i].schema);

		str_addf(page, ".It Cm %s\n", table[i].name);
		add_text(page, table[i].description);
		add_arguments(page, schema);
		cJSON_Delete(schema);
	}
	str_add(page, ".El\n" END);
}

int main(int argc, char *argv[])
{
	struct str made = { 0 }, there = { 0 };
	char piece[4096];
	const char *begin;
	size_t n;
	FILE *file;

	(void)argv;
	make_page(&made);
	if (argc > 1) {
		fputs(made.data, stdout);
		return 0;
	}
	str_add(&there, "");
	file = fopen(PAGE, "r");
	while (file && (n = fread(piece, 1, sizeof(piece), file)) > 0)
		str_addn(&there, piece, n);
	if (file)
		fclose(file);
	begin = strstr(there.data, BEGIN);
	ok(begin && strncmp(begin, made.data, made.len) == 0, "the page says what the table says");
	str_free(&made);
	str_free(&there);
	return done();
}
