/* workspaces: nothing outside the folder is reached, whatever is renamed meanwhile */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tap.h"

#include "access/workspace.h"
#include "base/str.h"

enum { MOST = 200000 }; /* tries, until each outcome of a race was seen */

static char root[] = "/tmp/bgjob-unit.XXXXXX";
static struct workspace w;

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		perror(path);
}

static void point(const char *target, const char *path)
{
	if (symlink(target, path) < 0)
		perror(path);
}

/* the contents of a file of the workspace, or why it cannot be read; a static buffer */
static const char *get(const char *path)
{
	static char text[512];
	struct str why = { 0 };
	int fd = workspace_file(&w, path, &why);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n >= 0)
		text[n] = '\0';
	else
		snprintf(text, sizeof(text), "%s", why.len ? why.data : "?");
	str_free(&why);
	return text;
}

static const char *set(const char *path, const char *data, int append)
{
	static char text[512];
	struct str why = { 0 };

	str_add(&why, "");
	workspace_write(&w, path, data, strlen(data), append, &why);
	snprintf(text, sizeof(text), "%s", why.data);
	str_free(&why);
	return text;
}

/* the folder of a user's workspace; a static buffer */
static const char *named(const char *user)
{
	static char name[256];
	struct workspace its;
	struct str why = { 0 };

	if (workspace_open(&its, user, NULL, &why) < 0) {
		snprintf(name, sizeof(name), "%s", why.data);
		str_free(&why);
		return name;
	}
	snprintf(name, sizeof(name), "%s", strrchr(its.path, '/') + 1);
	ok(strlen(its.path) == strlen(root) + strlen("/work/") + strlen(name),
		"a folder of its own below the workspaces");
	workspace_close(&its);
	return name;
}

static void names(void)
{
	char long_name[600];

	is_str(named("alice"), "alice", "a plain name");
	is_str(named("4711"), "4711", "a number");
	is_str(named("a.b"), "a.b", "a point inside");
	is_str(named(".."), "%2E.", "points");
	is_str(named("../../etc"), "%2E.%2F..%2Fetc", "a path");
	is_str(named("%2E"), "%252E", "what looks like a mapped one");
	is_str(named(""), "%", "none");
	memset(long_name, '/', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ok(strlen(named(long_name)) < 100 && strncmp(named(long_name), "%sha256-", 8) == 0,
		"a long one");
}

static void paths(void)
{
	char absolute[300];

	put("work/alice/plain", "plain text");
	mkdir("work/alice/folder", 0700);
	put("work/alice/folder/inner", "inner text");
	point("folder/inner", "work/alice/inside");
	point("../../outside", "work/alice/outside");
	point("/proc/self/root", "work/alice/magic");
	point("loop", "work/alice/loop");
	mkfifo("work/alice/fifo", 0600);
	ok(link("secret", "work/alice/linked") == 0, "a hard link");
	point("/dev/zero", "work/alice/zero");
	is_str(get("plain"), "plain text", "a file");
	is_str(get("folder/../plain"), "plain text", "by way of a folder");
	is_str(get("inside"), "inner text", "a link that stays inside");
	snprintf(absolute, sizeof(absolute), "%s/folder/inner", w.path);
	is_str(get(absolute), "inner text", "its absolute path");
	is_str(get("../../secret"), "../../secret: leads out of the workspace", "up");
	is_str(get("folder/../../bob/x"), "folder/../../bob/x: leads out of the workspace",
		"up and to another user");
	is_str(get("/etc/passwd"), "/etc/passwd: leads out of the workspace", "an absolute path");
	snprintf(absolute, sizeof(absolute), "%sx/y", w.path);
	ok(strstr(get(absolute), "leads out") != NULL, "one that only begins alike");
	is_str(get("outside"), "outside: leads out of the workspace", "a link that leads out");
	is_str(get("magic/etc/passwd"), "magic/etc/passwd: leads out of the workspace",
		"/proc/self/root");
	is_str(get("zero"), "zero: leads out of the workspace", "a link to a device");
	is_str(get("loop"), "loop: leads through a link that is not followed", "a loop");
	is_str(get("fifo"), "fifo: is not a regular file", "a FIFO");
	is_str(get("folder"), "folder: is a folder", "a folder");
	is_str(get("none"), "none: No such file or directory", "nothing");
	is_str(get("linked"), "secret text", "a hard link may be read by whoever could make it");
}

static const char *outside(const char *path)
{
	static char text[512];
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	return file ? text : "none";
}

static void writing(void)
{
	struct stat st;

	is_str(set("new", "one", 0), "", "a new file");
	ok(stat("work/alice/new", &st) == 0 && (st.st_mode & 07777) == 0600, "is nobody else's");
	is_str(set("new", "two", 1), "", "more of it");
	is_str(get("new"), "onetwo", "both are there");
	chmod("work/alice/new", 04755);
	is_str(set("new", "three", 0), "", "again");
	ok(stat("work/alice/new", &st) == 0 && (st.st_mode & 07777) == 0755,
		"the permissions stay, set-id bits do not");
	is_str(set("a/b/c", "deep", 0), "", "folders are made");
	is_str(get("a/b/c"), "deep", "with the file in them");
	is_str(set("../bob/x", "x", 0), "../bob/x: leads out of the workspace", "up");
	is_str(set("../new/x", "x", 0), "../new/x: leads out of the workspace", "up, a new folder");
	is_str(set("/tmp/x", "x", 0), "/tmp/x: leads out of the workspace", "absolute");
	is_str(set("outside", "x", 0), "outside: is a symbolic link", "a link");
	is_str(set("linked", "x", 0), "linked: has more than one name (hard links)", "a hard link");
	is_str(set("linked", "x", 1), "linked: has more than one name (hard links)", "and its end");
	is_str(set("fifo", "x", 1), "fifo: is not a regular file", "a FIFO");
	is_str(set("folder", "x", 0), "folder: is a folder", "a folder");
	is_str(set("folder/", "x", 0), "folder/: is a folder", "with a slash");
	is_str(set("folder/..", "x", 0), "folder/..: is a folder", "points");
	is_str(set("plain/x", "x", 0), "plain/x: Not a directory", "a file is no folder");
	point("../..", "work/alice/up");
	is_str(set("up/x", "x", 0), "up/x: leads out of the workspace", "a folder that leads out");
	is_str(outside("secret"), "secret text", "what is outside is as it was");
	is_str(outside("x"), "none", "and no more");
	is_str(outside("work/bob/x"), "none", "nor of another user");
}

/* swaps two names for ever: a folder, and a link that points outside */
static _Noreturn void swap(const char *a, const char *b)
{
	for (;;)
		renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static pid_t start_swapping(const char *a, const char *b)
{
	pid_t pid = fork();

	if (pid == 0)
		swap(a, b);
	return pid;
}

static void end_swapping(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void race_reading(void)
{
	int inside = 0, refused = 0, leaked = 0;
	pid_t pid;

	mkdir("work/alice/turn", 0700);
	put("work/alice/turn/secret", "inside");
	point("../..", "work/alice/turned");
	pid = start_swapping("work/alice/turn", "work/alice/turned");
	for (int i = 0; i < MOST && (inside < 1000 || refused < 1000); i++) {
		const char *text = get("turn/secret");

		inside += strcmp(text, "inside") == 0;
		refused += strstr(text, ": ") != NULL;
		leaked += strstr(text, "secret text") != NULL;
	}
	end_swapping(pid);
	ok(inside >= 1000 && refused >= 1000, "read both while a folder and a link are swapped");
	is_int(leaked, 0, "and never what is outside");
}

static void race_writing(void)
{
	int written = 0, refused = 0;
	pid_t pid = start_swapping("work/alice/turn", "work/alice/turned");

	for (int i = 0; i < MOST && (written < 50 || refused < 50); i++) {
		if (*set("turn/raced", "raced", 0))
			refused++;
		else
			written++;
	}
	end_swapping(pid);
	ok(written >= 50 && refused >= 50, "wrote and was refused while they are swapped");
	is_str(outside("raced"), "none", "nothing outside was written");
}

/* a file, and a link to a file outside */
static void race_file(void)
{
	int inside = 0, refused = 0, leaked = 0;
	pid_t pid;

	put("work/alice/one", "inside");
	point("../../secret", "work/alice/other");
	pid = start_swapping("work/alice/one", "work/alice/other");
	for (int i = 0; i < MOST && (inside < 1000 || refused < 1000); i++) {
		const char *text = get("one");

		inside += strncmp(text, "inside", 6) == 0;
		refused += strstr(text, "leads out") != NULL;
		leaked += strstr(text, "secret text") != NULL;
	}
	end_swapping(pid);
	ok(inside >= 1000 && refused >= 1000, "read both while a file and a link are swapped");
	is_int(leaked, 0, "and never the file outside");
	is_str(outside("secret"), "secret text", "which is as it was");
}

static int opens(const char *user, const char *folder, char *reason, size_t size)
{
	struct workspace other;
	struct str why = { 0 };
	int status = workspace_open(&other, user, folder, &why);

	snprintf(reason, size, "%s", why.len ? why.data : "");
	str_free(&why);
	workspace_close(&other);
	return status;
}

static void folders(void)
{
	char reason[600];
	struct stat st;

	is_int(opens("bob", NULL, reason, sizeof(reason)), 0, "one for another user");
	ok(stat("work/bob", &st) == 0 && (st.st_mode & 0777) == 0700, "made for them alone");
	is_int(opens("bob", "work/none", reason, sizeof(reason)), -1, "a named one is not made");
	is_int(opens("bob", root, reason, sizeof(reason)), -1, "not around the state");
	ok(strstr(reason, "separate from the state") != NULL, "and it says so");
	mkdir("state/work", 0700);
	is_int(opens("bob", "state/work", reason, sizeof(reason)), -1, "nor in it");
	is_int(opens("bob", "settings", reason, sizeof(reason)), -1,
		"nor around the configuration");
	chmod("work/bob", 0777);
	is_int(opens("bob", NULL, reason, sizeof(reason)), -1, "not one that others may write");
	rmdir("work/bob");
	point("../state", "work/bob");
	is_int(opens("bob", NULL, reason, sizeof(reason)), -1, "nor a link to the state");
	unlink("work/bob");
	setenv("BGJOB_WORKSPACE", "relative", 1);
	is_int(opens("bob", NULL, reason, sizeof(reason)), -1, "nor below a relative path");
	unsetenv("BGJOB_WORKSPACE");
	setenv("XDG_DATA_HOME", root, 1);
	is_int(opens("bob", NULL, reason, sizeof(reason)), 0, "by default among the user's data");
	ok(stat("bgjob/work/bob", &st) == 0, "in bgjob/work");
	unsetenv("XDG_DATA_HOME");
	setenv("HOME", root, 1);
	is_int(opens("bob", NULL, reason, sizeof(reason)), 0, "or at home");
	ok(stat(".local/share/bgjob/work/bob", &st) == 0, "in .local/share");
}

static void in_root(const char *variable, const char *name)
{
	struct str path = { 0 };

	str_addf(&path, "%s/%s", root, name);
	setenv(variable, path.data, 1);
	str_free(&path);
}

int main(void)
{
	struct str why = { 0 };

	if (!tap_folder(root) || chdir(root) < 0) {
		perror(root);
		return 1;
	}
	in_root("BGJOB_WORKSPACE", "work");
	in_root("BGJOB_HOME", "state");
	in_root("XDG_CONFIG_HOME", "settings");
	mkdir("state", 0700);
	mkdir("settings", 0700);
	mkdir("settings/bgjob", 0700);
	put("secret", "secret text");
	names();
	if (!ok(workspace_open(&w, "alice", NULL, &why) == 0, "a workspace"))
		printf("# %s\n", why.data);
	paths();
	writing();
	race_reading();
	race_writing();
	race_file();
	folders();
	workspace_close(&w);
	workspace_close(&w);
	str_free(&why);
	return done();
}
