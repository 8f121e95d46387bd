/* intent: which workflow or command a free text means */
#include "chat/intent.h"

#include <errno.h>
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/trust.h"
#include "base/config.h"
#include "base/expression.h"
#include "base/text.h"
#include "base/utf8.h"
#include "service/paths.h"
#include "submit/workflow.h"

enum { NAME_MAX_BYTES = 100 };

struct rule {
	char *name;
	regex_t expression;
};

struct intents {
	struct rule *rules;
	size_t count;
	locale_t locale;
};

/* ---- one line ---- */

/* A workflow's name, or "/command argument ..." of printable ASCII, so that it stays one line. */
static int is_workflow_name(const char *name)
{
	size_t n = strlen(name);

	if (name[0] != '/')
		return workflow_named(name, n);
	if (n > NAME_MAX_BYTES || !workflow_named(name + 1, strcspn(name + 1, " ")))
		return 0;
	for (const char *s = name; *s; s++)
		if (*s < ' ' || *s > '~')
			return 0;
	return 1;
}

static void add_problem(struct str *problems, const char *path, size_t line, const char *reason)
{
	if (problems)
		str_addf(problems, "%s:%zu: %s\n", path, line, reason);
}

/* Takes a line without its newline, which is cut in place. Returns NULL, or what is wrong with it. */
static const char *take_intent(struct intents *intents, char *line, char *reason, size_t size)
{
	char *tab = strchr(line, '\t'), *expression;
	const char *costly;
	struct rule rule;
	int error;

	if (!tab)
		return "not NAME<TAB>EXPRESSION";
	*tab = '\0';
	expression = tab + 1 + strspn(tab + 1, "\t");
	if (!is_workflow_name(line))
		return "no workflow name or command before the tab";
	if (!*expression)
		return "no expression";
	costly = expression_costly(expression);
	if (costly)
		return costly;
	error = regcomp(&rule.expression, expression, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (error) {
		regerror(error, &rule.expression, reason, size);
		return reason;
	}
	rule.name = mem_dup(line);
	intents->rules = mem_resize(intents->rules, intents->count + 1, sizeof rule);
	intents->rules[intents->count++] = rule;
	return NULL;
}

/* ---- the file ---- */

static void read_lines(struct intents *intents, FILE *file, const char *path, struct str *problems)
{
	char *line = NULL, reason[200];
	size_t size = 0, number = 0;
	ssize_t n;

	while ((n = getline(&line, &size, file)) >= 0) {
		const char *bad;

		number++;
		bad = strlen(line) != (size_t)n ? "contains a NUL byte" : NULL;
		while (n > 0 && strchr(" \t\r\n", line[n - 1]))
			line[--n] = '\0';
		if (!bad && (line[0] == '\0' || line[0] == '#'))
			continue;
		if (!bad)
			bad = take_intent(intents, line, reason, sizeof reason);
		if (bad)
			add_problem(problems, path, number, bad);
	}
	if (ferror(file) && problems)
		str_addf(problems, "%s: %s\n", path, strerror(errno));
	free(line);
}

/* Opens the operator's file, or the installed one if there is none. */
static FILE *open_rules(struct str *path, struct str *problems)
{
	const char *folders[] = { config_folder(), paths_share() };
	struct str why = { 0 };
	FILE *file = NULL;
	int fd = -1;

	errno = ENOENT;
	for (int i = 0; i < 2 && fd < 0 && errno == ENOENT; i++) {
		if (!folders[i])
			continue;
		str_clear(path);
		str_clear(&why);
		str_addf(path, "%s/intents", folders[i]);
		fd = trust_open(path->data, TRUST_FILE, &why);
	}
	if (fd >= 0)
		file = fdopen(fd, "r");
	else if (problems)
		str_addf(problems, "%s\n", why.data);
	str_free(&why);
	return file;
}

struct intents *intents_load(struct str *problems)
{
	struct intents *intents = mem_zero(1, sizeof *intents);
	struct str path = { 0 };
	locale_t before;
	FILE *file;

	intents->locale = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
	file = open_rules(&path, problems);
	if (file) {
		before = uselocale(intents->locale);
		read_lines(intents, file, path.data, problems);
		uselocale(before);
		fclose(file);
	}
	str_free(&path);
	return intents;
}

void intents_free(struct intents *intents)
{
	if (!intents)
		return;
	for (size_t i = 0; i < intents->count; i++) {
		free(intents->rules[i].name);
		regfree(&intents->rules[i].expression);
	}
	free(intents->rules);
	if (intents->locale)
		freelocale(intents->locale);
	free(intents);
}

/* ---- matching ---- */

/* The start of the text, cleaned and trimmed. */
static void clean_start(struct str *clean, const char *text)
{
	size_t n = strnlen(text, INTENT_TEXT_MAX + 1);
	struct str all = { 0 };
	size_t start;

	if (n > INTENT_TEXT_MAX)
		n = utf8_whole(text, INTENT_TEXT_MAX);
	str_add(&all, "");
	text_clean(&all, text, n);
	while (all.len > 0 && strchr(" \t\n", all.data[all.len - 1]))
		all.data[--all.len] = '\0';
	start = strspn(all.data, " \t\n");
	str_addn(clean, all.data + start, all.len - start);
	str_free(&all);
}

const char *intents_match(const struct intents *intents, const char *text)
{
	struct str clean = { 0 };
	const char *name = NULL;
	locale_t before = uselocale(intents->locale);

	clean_start(&clean, text);
	for (size_t i = 0; i < intents->count && !name; i++)
		if (regexec(&intents->rules[i].expression, clean.data, 0, NULL, 0) == 0)
			name = intents->rules[i].name;
	uselocale(before);
	str_free(&clean);
	return name;
}

int intent_match(const char *text, char **name)
{
	struct intents *intents = intents_load(NULL);

	*name = mem_dup(intents_match(intents, text));
	intents_free(intents);
	return *name != NULL;
}
