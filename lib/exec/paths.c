/* paths: where the programs are */
#include "exec/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"

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

const char *paths_shim(void)
{
	static char path[PATH_MAX + 64];
	static const char *const places[] = { "../libexec/bgjob-shim",
		"../libexec/bgjob/bgjob-shim" };

	if (path[0])
		return path;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder(), places[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	snprintf(path, sizeof(path), "%s/bgjob-shim", BGJOB_LIBEXEC);
	if (access(path, X_OK) < 0)
		die_errno("cannot find bgjob-shim (installed to %s/%s)", folder(), places[1]);
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
