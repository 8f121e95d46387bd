/* tool_text: parts of which tools make their results */
#include "tools/tool_text.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "submit/workflow.h"

int tool_text_refuse(struct str *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_addv(text, fmt, args);
	va_end(args);
	return -1;
}

void tool_text_member(cJSON *object, const char *name, const char *data, size_t n)
{
	struct str clean = { 0 };

	str_add(&clean, "");
	text_clean(&clean, data, n);
	cJSON_AddStringToObject(object, name, clean.data);
	str_free(&clean);
}

int64_t tool_text_pages(int64_t size)
{
	return size <= TOOL_TEXT_PAGE ? 1 : (size + TOOL_TEXT_PAGE - 1) / TOOL_TEXT_PAGE;
}

size_t tool_text_line(FILE *file, char *line, size_t size)
{
	enum { LINE_MOST = 256 << 20 };
	size_t whole = 0, kept = 0;
	int c;

	while (whole < LINE_MOST && (c = getc_unlocked(file)) != EOF) {
		if (c == '\0')
			return TOOL_TEXT_BINARY;
		whole++;
		if (c == '\n')
			break;
		if (kept + 1 < size)
			line[kept++] = (char)c;
	}
	line[kept] = '\0';
	return whole;
}

void tool_text_workflows(struct str *text)
{
	size_t count;
	struct workflow *list = workflow_list(&count);

	for (size_t i = 0; i < count; i++)
		if (!list[i].refused)
			str_addf(text, "\n%s: %s%s%s", list[i].name, list[i].title,
				*list[i].description ? ": " : "", list[i].description);
	workflow_list_free(list, count);
}
