/* sandbox: a command line that bubblewrap confines to one folder */
#include "access/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/subprocess.h"
#include "base/clock.h"
#include "base/config.h"
#include "service/paths.h"

/*
 * A newer bubblewrap also forbids user namespaces inside (0.8.0) and limits its file systems in
 * memory (0.7.0). UNKNOWN: not tried yet.
 */
enum level { UNKNOWN, NEWER, OLDER, NONE };

#define MEMORY "268435456"    /* bytes of /tmp and of /dev/shm, each */
#define FILE_MAX "1073741824" /* bytes of a file */
#define PROCESSES "512"

struct arguments {
	char **list;
	size_t count;
};

static void add_argument(struct arguments *a, const char *argument)
{
	a->list = mem_resize(a->list, a->count + 2, sizeof(*a->list));
	a->list[a->count++] = mem_dup(argument);
	a->list[a->count] = NULL;
}

static void add_all(struct arguments *a, const char *const *arguments)
{
	for (; *arguments; arguments++)
		add_argument(a, *arguments);
}

static void add_three(struct arguments *a, const char *one, const char *two, const char *three)
{
	add_argument(a, one);
	add_argument(a, two);
	add_argument(a, three);
}

/* on a merged-/usr system the other folders are links into it */
static void add_system(struct arguments *a)
{
	static const char *const folders[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64",
		"/libx32", NULL };
	char link[4096];
	struct stat st;

	add_three(a, "--ro-bind", "/usr", "/usr");
	for (const char *const *f = folders; *f; f++) {
		ssize_t n = readlink(*f, link, sizeof(link) - 1);

		if (n > 0) {
			link[n] = '\0';
			add_three(a, "--symlink", link, *f);
		} else if (stat(*f, &st) == 0) {
			add_three(a, "--ro-bind", *f, *f);
		}
	}
}

/* files that programs need to find names, libraries and certificates; no secrets */
static void add_settings(struct arguments *a)
{
	static const char *const files[] = { "/etc/alternatives", "/etc/ca-certificates",
		"/etc/group", "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime",
		"/etc/nsswitch.conf", "/etc/passwd", "/etc/protocols", "/etc/resolv.conf",
		"/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", NULL };

	for (const char *const *f = files; *f; f++)
		add_three(a, "--ro-bind-try", *f, *f);
}

/* the state may be kept below /usr, all of which is readable inside */
static void hide(struct arguments *a, const char *folder)
{
	char *path = folder ? realpath(folder, NULL) : NULL;

	if (path && strncmp(path, "/usr/", 5) == 0) {
		add_argument(a, "--tmpfs");
		add_argument(a, path);
	}
	free(path);
}

static void add_memory(struct arguments *a, enum level level, const char *path)
{
	if (level == NEWER) {
		add_argument(a, "--size");
		add_argument(a, MEMORY);
	}
	add_argument(a, "--tmpfs");
	add_argument(a, path);
}

static char **build(enum level level, const char *folder, int network, const char *const *argv)
{
	/* choom: the first to be killed when memory is short; children inherit it */
	const char *const first[] = { "/usr/bin/choom", "-n", "1000", "--", paths_bubblewrap(),
		"--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
		"--unshare-cgroup-try", "--new-session", "--die-with-parent", "--cap-drop", "ALL",
		"--proc", "/proc", "--dev", "/dev", NULL };
	static const char *const limits[] = { "/usr/bin/prlimit", "--nproc=" PROCESSES,
		"--fsize=" FILE_MAX, "--core=0", "--", NULL };
	struct arguments a = { 0 };

	add_all(&a, first);
	if (level == NEWER)
		add_argument(&a, "--disable-userns");
	if (!network)
		add_argument(&a, "--unshare-net");
	add_system(&a);
	add_settings(&a);
	add_memory(&a, level, "/dev/shm");
	/* the kernel's settings are in /proc, and root owns them in a user namespace too */
	add_argument(&a, "--remount-ro");
	add_argument(&a, "/proc");
	add_argument(&a, "--remount-ro");
	add_argument(&a, "/dev");
	add_memory(&a, level, "/tmp");
	hide(&a, config_home());
	hide(&a, config_folder());
	add_three(&a, "--bind", folder, folder);
	add_argument(&a, "--remount-ro");
	add_three(&a, "/", "--chdir", folder);
	add_argument(&a, "--");
	add_all(&a, limits);
	add_all(&a, argv);
	return a.list;
}

/* try whether it works: 0, or -1 with its error message in why */
static int try(enum level level, const char *folder, int network, struct str *why)
{
	static const char *const nothing[] = { "true", NULL };
	struct subprocess_result result;
	char **argv = build(level, folder, network, nothing), **variables;
	int status;

	variables = sandbox_environment(folder);
	status = subprocess_run(&(struct subprocess){ .argv = argv,
					.environment = variables,
					.directory = "/",
					.timeout_ms = 10 * CLOCK_SECOND,
					.keep = 1000,
					.most = 100000,
					.stop = -1 },
		&result, why);
	if (status == 0 && (result.end != SUBPROCESS_ITSELF || result.status != 0)) {
		str_addf(why, "bubblewrap does not work here: %.*s",
			(int)strcspn(result.output.data, "\n"), result.output.data);
		status = -1;
	}
	str_free(&result.output);
	sandbox_free(variables);
	sandbox_free(argv);
	return status;
}

/* the best level that works; why: the error message of the last one tried */
static enum level find_level(const char *folder, int network, struct str *why)
{
	if (!paths_bubblewrap()) {
		str_add(why, "bubblewrap (bwrap) is not installed");
		return NONE;
	}
	for (enum level level = NEWER; level < NONE; level++) {
		str_clear(why);
		if (try(level, folder, network, why) == 0)
			return level;
	}
	return NONE;
}

char **sandbox_command(const char *folder, int network, const char *const *argv, struct str *why)
{
	static enum level level;
	static struct str reason; /* kept for later calls */

	if (level == UNKNOWN)
		level = find_level(folder, network, &reason);
	if (level != NONE)
		return build(level, folder, network, argv);
	str_add(why, reason.data);
	return NULL;
}

void sandbox_free(char **argv)
{
	for (char **a = argv; a && *a; a++)
		free(*a);
	free(argv);
}

char **sandbox_environment(const char *folder)
{
	static const char *const fixed[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
		"TERM=dumb", "TMPDIR=/tmp", NULL };
	struct arguments a = { 0 };
	struct str home = { 0 };

	add_all(&a, fixed);
	str_addf(&home, "HOME=%s", folder);
	add_argument(&a, home.data);
	str_free(&home);
	return a.list;
}
