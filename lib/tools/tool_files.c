/* tool_files: the tools that list, read and write files of the workspace */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/workspace.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

enum {
	ENTRIES_MOST = 100000,
	ENTRIES_PAGE = 200,
	LINES = 500,
	LINE_MOST = 2000, /* bytes of a line that are shown */
	READ_MOST = 256 << 20,
};

/* ---- list_files ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* the names in a folder, sorted; closes the descriptor. Returns how many, or -1. */
static int read_names(int fd, char ***names)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	size_t count = 0, room = 0;

	if (!dir) {
		close(fd);
		return -1;
	}
	*names = mem_zero(1, sizeof(**names));
	while (count < ENTRIES_MOST && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*names = mem_grow(*names, count, &room, sizeof(**names));
		(*names)[count++] = mem_dup(entry->d_name);
	}
	closedir(dir);
	if (count)
		qsort(*names, count, sizeof(**names), by_name);
	return (int)count;
}

static const char *kind(mode_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "folder" : S_ISLNK(mode) ? "link" : "other";
}

static void list_one(int folder, const char *name, struct str *text, cJSON *entries)
{
	cJSON *object;
	char time[CLOCK_TEXT];
	struct stat st;

	/* it may have been deleted meanwhile */
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	object = cJSON_CreateObject();
	json_add_text(object, "name", name);
	cJSON_AddStringToObject(object, "kind", kind(st.st_mode));
	if (S_ISREG(st.st_mode))
		cJSON_AddNumberToObject(object, "size", (double)st.st_size);
	json_add_time(object, "modified_at", (int64_t)st.st_mtime * CLOCK_SECOND);
	cJSON_AddItemToArray(entries, object);
	clock_format_time((int64_t)st.st_mtime * CLOCK_SECOND, time);
	str_addf(text, "%s\t", kind(st.st_mode));
	if (S_ISREG(st.st_mode))
		str_addf(text, "%lld", (long long)st.st_size);
	str_addf(text, "\t%.19s\t", time);
	str_escape(text, name, strlen(name));
	str_add(text, S_ISDIR(st.st_mode) ? "/\n" : "\n");
}

TOOLS_RUN(list_files)
{
	int64_t offset = tool_argument_integer(arguments, "offset", 1) - 1, end;
	int folder =
		workspace_folder(c->workspace, tool_argument_text(arguments, "path", ""), text);
	char **names;
	cJSON *entries;
	int count;

	if (folder < 0)
		return -1;
	count = read_names(fcntl(folder, F_DUPFD_CLOEXEC, 0), &names);
	if (count < 0) {
		str_add(text, "the folder cannot be read");
		close(folder);
		return -1;
	}
	end = offset + ENTRIES_PAGE < count ? offset + ENTRIES_PAGE : count;
	*structured = cJSON_CreateObject();
	entries = cJSON_AddArrayToObject(*structured, "entries");
	cJSON_AddNumberToObject(*structured, "total", count);
	for (int64_t i = offset; i < end; i++)
		list_one(folder, names[i], text, entries);
	if (count == 0)
		str_add(text, "The folder is empty.");
	else if (offset >= count)
		str_addf(text, "There are only %d entries.", count);
	else if (end < count)
		str_addf(text, "[%d entries; continue with offset %lld]", count,
			(long long)end + 1);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	close(folder);
	return 0;
}

/* ---- read_file ---- */

/* whole: the length of the line, including its newline */
static void say_line(struct str *text, const char *line, size_t whole)
{
	size_t shown = utf8_whole(line, strlen(line));

	if (whole > strlen(line) + 1) {
		str_addn(text, line, shown);
		str_addf(text, " [%zu bytes more in this line]", whole - shown);
	} else {
		str_add(text, line);
	}
	str_addc(text, '\n');
}

/*
 * Returns how many lines were shown, or -1: not a text file. *end: why it stopped before the end of
 * the file, or NULL.
 */
static int64_t say_lines(FILE *file, int64_t first, int64_t limit, struct str *text,
	const char **end)
{
	char line[LINE_MOST];
	int64_t number = 0, shown = 0, read = 0;
	size_t n;

	*end = NULL;
	while ((n = tool_text_line(file, line, sizeof(line))) > 0) {
		if (n == TOOL_TEXT_BINARY)
			return -1;
		read += (int64_t)n;
		if (read > READ_MOST)
			*end = "too far into the file";
		if (!*end && ++number < first)
			continue;
		if (shown == limit || text->len + strlen(line) > TOOL_TEXT_PAGE)
			*end = "there is more";
		if (*end)
			break;
		say_line(text, line, n);
		shown++;
	}
	return shown;
}

TOOLS_RUN(read_file)
{
	const char *path = tool_argument_text(arguments, "path", "");
	int64_t first = tool_argument_integer(arguments, "offset", 1), shown;
	int fd = workspace_file(c->workspace, path, text);
	const char *end;
	FILE *file;

	(void)structured;
	if (fd < 0)
		return -1;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return tool_text_refuse(text, "cannot read it: %s", strerror(errno));
	}
	shown = say_lines(file, first, tool_argument_integer(arguments, "limit", LINES), text,
		&end);
	fclose(file);
	if (shown < 0) {
		str_clear(text);
		return tool_text_refuse(text, "this is not a text file: it has a NUL byte");
	}
	if (end && shown)
		str_addf(text, "[lines %lld to %lld; continue with offset %lld]", (long long)first,
			(long long)(first + shown - 1), (long long)(first + shown));
	else if (end)
		str_addf(text, "[%s]", end);
	else if (shown == 0)
		str_add(text, first == 1 ? "[the file is empty]" : "[there is no such line]");
	return 0;
}

/* ---- write_file ---- */

TOOLS_RUN(write_file)
{
	const char *path = tool_argument_text(arguments, "path", "");
	const char *content = tool_argument_text(arguments, "content", "");
	int append = tool_argument_flag(arguments, "append", 0);
	size_t n = strlen(content);

	(void)structured;
	if (workspace_write(c->workspace, path, content, n, append, text) < 0)
		return -1;
	str_addf(text, "%s %zu bytes.", append ? "Added" : "Wrote", n);
	return 0;
}
