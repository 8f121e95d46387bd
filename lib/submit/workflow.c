/* workflow: the programs that chat users may run */
#include "submit/workflow.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/trust.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "service/paths.h"
#include "submit/workflow_header.h"

int workflow_named(const char *name, size_t n)
{
	return n > 0 && n <= WORKFLOW_NAME_MAX &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") >= n;
}

void workflow_free(struct workflow *w)
{
	free(w->name);
	free(w->path);
	free(w->title);
	free(w->description);
	free(w->refused);
	memset(w, 0, sizeof *w);
}

void workflow_list_free(struct workflow *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		workflow_free(&list[i]);
	free(list);
}

/* ---- the two folders ---- */

static void set_defaults(struct workflow *w)
{
	if (!w->title) {
		w->title = mem_dup(w->name);
		for (char *s = w->title; *s; s++)
			if (*s == '-' || *s == '_')
				*s = ' ';
	}
	if (!w->description)
		w->description = mem_dup("");
}

static void load_workflow(struct workflow *w, const char *folder, const char *name)
{
	struct str path = { 0 }, why = { 0 }, shown = { 0 };
	int fd;

	str_addf(&path, "%s/%s", folder, name);
	str_escape(&shown, name, strlen(name));
	*w = (struct workflow){ .name = str_take(&shown),
		.path = str_take(&path),
		.timeout_ms = CLOCK_HOUR,
		.detach = WORKFLOW_AUTO };
	if (!workflow_named(name, strlen(name))) {
		str_addf(&why, "%s/%s: a workflow's name has only a-z 0-9 _ -, at most %d of them",
			folder, w->name, WORKFLOW_NAME_MAX);
	} else if ((fd = trust_open(w->path, TRUST_PROGRAM, &why)) >= 0) {
		workflow_header_read(fd, w, &why);
		close(fd);
	}
	if (why.len)
		w->refused = mem_dup(why.data);
	str_free(&why);
	set_defaults(w);
}

/* A folder of workflows, 0 the operator's and 1 the installed one; NULL: none. The caller frees it. */
static char *folder_path(int which)
{
	const char *base = which == 0 ? config_folder() : paths_share();
	struct str path = { 0 };

	if (!base)
		return NULL;
	str_addf(&path, "%s/workflows", base);
	return str_take(&path);
}

/* not hidden files and backups of editors */
static int is_candidate(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_name[n - 1] != '~';
}

/* other files, such as a README, may be in the folder too */
static int looks_like(const char *folder, const char *name)
{
	struct str path = { 0 };
	struct stat st;
	int yes = workflow_named(name, strlen(name));

	str_addf(&path, "%s/%s", folder, name);
	if (stat(path.data, &st) == 0)
		yes = !S_ISDIR(st.st_mode) && (yes || (st.st_mode & S_IXUSR));
	str_free(&path);
	return yes;
}

static int same_letter(char a, char b)
{
	return (a == '-' ? '_' : a) == (b == '-' ? '_' : b);
}

static int same_name(const char *a, const char *b)
{
	while (*a && *b && same_letter(*a, *b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* The folder itself as a refused workflow: unread, it may hide any other. */
static void load_unreadable(struct workflow *w, const char *folder)
{
	struct str why = { 0 };

	str_addf(&why, "cannot read %s: %s", folder, strerror(errno));
	*w = (struct workflow){ .name = mem_dup("workflows"),
		.path = mem_dup(folder),
		.timeout_ms = CLOCK_HOUR,
		.refused = str_take(&why) };
	set_defaults(w);
}

/* The files of a folder, sorted; -1 with errno. A missing folder is empty. */
static int scan(const char *folder, struct dirent ***entries)
{
	int n;

	*entries = NULL;
	n = folder ? scandir(folder, entries, is_candidate, alphasort) : 0;
	return n < 0 && (errno == ENOENT || errno == ENOTDIR) ? 0 : n;
}

static void free_entries(struct dirent **entries, int n)
{
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
}

int workflow_find(const char *name, struct workflow *w)
{
	memset(w, 0, sizeof *w);
	if (!workflow_named(name, strlen(name)))
		return 0;
	for (int which = 0; which < 2 && !w->name; which++) {
		char *folder = folder_path(which);
		struct dirent **entries;
		int n = scan(folder, &entries);
		const char *found = NULL;

		for (int i = 0; i < n; i++) {
			const char *file = entries[i]->d_name;

			if (same_name(file, name) && looks_like(folder, file) &&
				(!found || strcmp(file, name) == 0))
				found = file;
		}
		if (found)
			load_workflow(w, folder, found);
		else if (n < 0)
			load_unreadable(w, folder);
		free_entries(entries, n);
		free(folder);
	}
	if (!w->name)
		return 0;
	return w->refused ? -1 : 1;
}

static int hidden(const struct workflow *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (same_name(list[i].name, name))
			return 1;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct workflow *)a)->name, ((const struct workflow *)b)->name);
}

static struct workflow *more(struct workflow *list, size_t *count)
{
	return mem_resize(list, ++*count, sizeof *list);
}

struct workflow *workflow_list(size_t *count)
{
	struct workflow *list = NULL;

	*count = 0;
	for (int which = 0; which < 2; which++) {
		char *folder = folder_path(which);
		struct dirent **entries;
		size_t before = *count;
		int n = scan(folder, &entries);

		if (n < 0) {
			list = more(list, count);
			load_unreadable(&list[*count - 1], folder);
		}
		for (int i = 0; i < n; i++) {
			const char *name = entries[i]->d_name;

			if (looks_like(folder, name) && !hidden(list, before, name)) {
				list = more(list, count);
				load_workflow(&list[*count - 1], folder, name);
			}
		}
		free_entries(entries, n);
		free(folder);
	}
	if (list)
		qsort(list, *count, sizeof *list, by_name);
	return list;
}
