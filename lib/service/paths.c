/* paths: where the programs are */
#include "service/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/str.h"

/* the folder of the running program */
static const char *folder(void)
{
	static char path[PATH_MAX];
	ssize_t n;
	char *slash;

	if (path[0])
		return path;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0)
		die_errno("cannot find my own folder");
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

const char *paths_program(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	return path;
}

const char *paths_helper(const char *name)
{
	static char path[PATH_MAX + 64];
	static const char *const places[] = { "../libexec", "../libexec/bgjob" };

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", folder(), places[i], name);
		if (access(path, X_OK) == 0)
			return path;
	}
	snprintf(path, sizeof(path), "%s/%s", BGJOB_LIBEXEC, name);
	if (access(path, X_OK) < 0)
		die_errno("cannot find %s (installed to %s/%s)", name, folder(), places[1]);
	return path;
}

const char *paths_shim(void)
{
	static char *path;

	if (!path)
		path = mem_dup(paths_helper("bgjob-shim"));
	return path;
}

const char *paths_share(void)
{
	static char path[PATH_MAX + 64];

	if (path[0])
		return path;
	snprintf(path, sizeof(path), "%s/../share/bgjob", folder());
	if (access(path, F_OK) < 0)
		snprintf(path, sizeof(path), "%s", BGJOB_SHARE);
	return path;
}

const char *paths_bubblewrap(void)
{
	static char path[PATH_MAX];
	const char *list = getenv("PATH");

	if (!list || !*list)
		list = "/usr/local/bin:/usr/bin:/bin";
	while (*list) {
		int n = (int)strcspn(list, ":");

		if (n > 0 && list[0] == '/' &&
			snprintf(path, sizeof(path), "%.*s/bwrap", n, list) < (int)sizeof(path) &&
			access(path, X_OK) == 0)
			return path;
		list += n + (list[n] == ':');
	}
	return NULL;
}
