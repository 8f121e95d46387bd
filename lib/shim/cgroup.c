/* cgroup: where a cgroup of our own may be made */
#include "shim/cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* the "0::/path" line of proc(5)'s cgroup file */
static int own_path(char *path, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t room = 0;
	int found = 0;

	while (f && !found && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		found = strncmp(line, "0::", 3) == 0 &&
			snprintf(path, size, "%s", line + 3) < (int)size;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static int mount_point(char *point, size_t size)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, mount[PATH_MAX];
	size_t room = 0;
	int found = 0;

	while (f && !found && getline(&line, &room, f) > 0)
		found = strstr(line, " - cgroup2 ") &&
			sscanf(line, "%*d %*d %*s %*s %4095s", mount) == 1 &&
			snprintf(point, size, "%s", mount) < (int)size;
	free(line);
	if (f)
		fclose(f);
	return found;
}

static int delegated(const char *folder)
{
	char value[4] = "";

	return getxattr(folder, "user.delegate", value, sizeof(value)) == 1 && value[0] == '1' &&
		access(folder, W_OK) == 0;
}

const char *cgroup_delegated(void)
{
	static char folder[2 * PATH_MAX];
	static int known;
	char path[PATH_MAX], point[PATH_MAX];

	if (known)
		return known > 0 ? folder : NULL;
	known = -1;
	if (own_path(path, sizeof(path)) && mount_point(point, sizeof(point))) {
		snprintf(folder, sizeof(folder), "%s%s", point, path);
		if (delegated(folder))
			known = 1;
	}
	return known > 0 ? folder : NULL;
}
