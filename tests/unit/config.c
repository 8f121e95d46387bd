/* config: where things are, the configuration file and what it may not contain, typed settings */
#include "base/config.h"

#include <sys/stat.h>

#include "base/die.h"
#include "tap.h"

static char folder[] = "/tmp/bgjob-config-XXXXXX";

/* The environment of a case: NAME=value pairs, everything else unset. */
static void environment(const char *const pairs[])
{
	static const char *const names[] = { "BGJOB_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME",
		"HOME", "A", "B" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
	for (; *pairs; pairs++)
		if (putenv((char *)(uintptr_t)*pairs) != 0)
			abort();
}

static void print_home(void *data)
{
	const char *home;

	environment(data);
	home = config_home();
	printf("%s%s", home, home == config_home() ? "" : " and then another");
}

#define ENV(...) ((const char *[]){ __VA_ARGS__, NULL })

static void is_home(const char *pairs[], const char *wanted, const char *name)
{
	struct tap_child c = tap_fork(print_home, pairs, "");

	is_str(*c.out ? c.out : c.err, wanted, "home: %s", name);
}

static void test_home(void)
{
	static const char none[] = "bgjob: nowhere to keep the state: set BGJOB_HOME or HOME\n";
	struct tap_child c;
	char here[4096], wanted[4200];

	is_home(ENV("BGJOB_HOME=/x", "XDG_STATE_HOME=/s", "HOME=/h"), "/x", "BGJOB_HOME first");
	is_home(ENV("XDG_STATE_HOME=/s", "HOME=/h"), "/s/bgjob", "then XDG_STATE_HOME");
	is_home(ENV("HOME=/h"), "/h/.local/state/bgjob", "then HOME");
	is_home(ENV("BGJOB_HOME=", "XDG_STATE_HOME=", "HOME=/h"), "/h/.local/state/bgjob",
		"empty is unset");
	is_home(ENV("XDG_STATE_HOME=s/t", "HOME=/h"), "/h/.local/state/bgjob",
		"a relative XDG_STATE_HOME is ignored");
	if (!getcwd(here, sizeof here))
		abort();
	snprintf(wanted, sizeof wanted, "%s/x/y", here);
	is_home(ENV("BGJOB_HOME=x/y"), wanted, "a relative BGJOB_HOME is taken from here");
	is_home(ENV("HOME=h"), none, "a relative HOME is none");
	c = tap_fork(print_home, ENV("HOME="), "");
	is_int(c.status, EXIT_USAGE, "no home exits 2");
	is_str(c.err, none, "and says what to set");
}

static void print_folder(void *data)
{
	const char *path;

	environment(data);
	path = config_folder();
	printf("%s", path ? path : "none");
}

static void is_folder(const char *pairs[], const char *wanted)
{
	struct tap_child c = tap_fork(print_folder, pairs, "");

	is_str(c.out, wanted, "the configuration folder");
}

/* ---- the file ---- */

static void write_file(const char *text, size_t n, mode_t mode)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof path, "%s/bgjob", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/bgjob/config", folder);
	remove(path);
	file = fopen(path, "w");
	if (!file || fwrite(text, 1, n, file) != n || fclose(file) != 0 || chmod(path, mode) != 0)
		abort();
}

static void use_folder(void)
{
	static char pair[100];

	snprintf(pair, sizeof pair, "XDG_CONFIG_HOME=%s", folder);
	environment(ENV(pair));
}

static void print_setting(void *data)
{
	const char *value;

	use_folder();
	value = config_get(data);
	printf("%s", value ? value : "(none)");
}

static void is_setting(const char *file, const char *wanted)
{
	struct tap_child c;

	write_file(file, strlen(file), 0600);
	c = tap_fork(print_setting, "A", "");
	is_str(*c.out ? c.out : c.err, wanted, "file %s", file);
}

static void test_file(void)
{
	is_setting("A=1\n", "1");
	is_setting("A=1", "1");
	is_setting("", "(none)");
	is_setting("B=1\n", "(none)");
	is_setting("# A=1\n\n  \n\t# x\nA=2\n", "2");
	is_setting("A=1\nA=2\n", "2");
	is_setting("A=1 # no comment\n", "1 # no comment");
	is_setting("A=x=y\n", "x=y");
	is_setting("  A=  x y \t\r\n", "x y");
	is_setting("A=\"  x \"\n", "  x ");
	is_setting("A='x'\n", "x");
	is_setting("A=\"'x'\"\n", "'x'");
	is_setting("A=\"x'\n", "\"x'");
	is_setting("A=\"\n", "\"");
	is_setting("A=\n", "(none)");
	is_setting("A=\"\"\n", "(none)");
	is_setting("A=$HOME `id` \\n\n", "$HOME `id` \\n");
	is_setting("A=\303\244\377\n", "\303\244\377");
	is_setting("_a9=1\nA=2\n", "2");
}

static void is_bad_file(const char *file, size_t n, int line)
{
	char wanted[200];
	struct tap_child c;

	write_file(file, n, 0600);
	c = tap_fork(print_setting, "A", "");
	is_int(c.status, EXIT_USAGE, "file %s refused", file);
	snprintf(wanted, sizeof wanted, "bgjob: %s/bgjob/config:%d: not NAME=value\n", folder,
		line);
	is_str(c.err, wanted, "with file and line, and not what is in it");
}

static void test_bad_files(void)
{
	static const char *const bad[] = { "A\n", "=1\n", "1A=1\n", "A B=1\n", "export A=1\n",
		"A-B=1\n", "A =1\n", "\303\204=1\n", "\033=1\n", "s3cret\n" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_bad_file(bad[i], strlen(bad[i]), 1);
	is_bad_file("A=1\n\n#\nx", 8, 4);
	is_bad_file("A=1\0A=2\n", 8, 1);
}

static void is_secret_file(const char *file, mode_t mode, int refused)
{
	struct tap_child c;

	write_file(file, strlen(file), mode);
	c = tap_fork(print_setting, "A", "");
	is_int(c.status, refused ? EXIT_USAGE : 0, "mode %04o of a file %s", (unsigned)mode, file);
	if (!refused)
		return;
	ok(strstr(c.err, ": chmod 600 /tmp/") != NULL, "the cure is named");
	ok(strstr(c.err, "s3cret") == NULL, "the secret is not");
}

static void test_secrets(void)
{
	is_secret_file("X_TOKEN=s3cret\n", 0600, 0);
	is_secret_file("X_TOKEN=s3cret\n", 0400, 0);
	is_secret_file("X_TOKEN=s3cret\n", 0644, 1);
	is_secret_file("X_TOKEN=s3cret\n", 0640, 1);
	is_secret_file("X_TOKEN=s3cret\n", 0604, 1);
	is_secret_file("X_TOKEN=s3cret\n", 0620, 1);
	is_secret_file("A=1\nX_KEY=s3cret\n", 0644, 1);
	is_secret_file("X_PASSWORD=s3cret\n", 0644, 1);
	is_secret_file("X_SECRET='s3cret'\n", 0644, 1);
	is_secret_file("X_KEY=\n", 0644, 0);
	is_secret_file("X_KEYS=1\nKEY=1\nTOKEN_X=1\n", 0644, 0);
	is_secret_file("#X_KEY=s3cret\n", 0644, 0);
}

static void print_overridden(void *data)
{
	const char *value;

	use_folder();
	setenv("A", data, 1);
	value = config_get("A");
	printf("%s", value ? value : "(none)");
}

static void print_twice(void *data)
{
	use_folder();
	config_get("A");
	write_file(data, strlen(data), 0600);
	printf("%s", config_get("A"));
}

static void test_reading(void)
{
	struct tap_child c;

	write_file("A=file\n", 7, 0600);
	c = tap_fork(print_overridden, "environment", "");
	is_str(c.out, "environment", "the environment wins");
	c = tap_fork(print_overridden, "", "");
	is_str(c.out, "(none)", "an empty one hides the file's");
	c = tap_fork(print_twice, "A=later\n", "");
	is_str(c.out, "file", "the file is read once");
}

/* ---- typed settings ---- */

struct typed {
	char type;
	const char *value; /* NULL: unset */
};

static void print_typed(void *data)
{
	struct typed *t = data;

	environment(ENV("HOME=/nonexistent"));
	if (t->value)
		setenv("A", t->value, 1);
	if (t->type == 'y')
		printf("%d %d", config_yes("A", 0), config_yes("A", 1));
	else
		printf("%" PRId64, (t->type == 's' ? config_size : config_duration)("A", 77));
}

static void is_typed(char type, const char *value, const char *wanted)
{
	struct typed t = { type, value };
	struct tap_child c = tap_fork(print_typed, &t, "");

	is_str(*c.out ? c.out : c.err, wanted, "%c: A=%s", type, value ? value : "(unset)");
}

static void test_typed(void)
{
	static const char *const yes[] = { "yes", "true", "1", "on", "YES", "On" };
	static const char *const no[] = { "no", "false", "0", "off", "NO" };

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		is_typed('y', yes[i], "1 1");
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		is_typed('y', no[i], "0 0");
	is_typed('y', NULL, "0 1");
	is_typed('y', "", "0 1");
	is_typed('y', "maybe\n", "bgjob: A: neither yes nor no: maybe\\n\n");
	is_typed('y', "2", "bgjob: A: neither yes nor no: 2\n");
	is_typed('s', "64K", "65536");
	is_typed('s', NULL, "77");
	is_typed('s', "x", "bgjob: A: not a size: x\n");
	is_typed('d', "5m", "300000");
	is_typed('d', NULL, "77");
	is_typed('d', "-5", "bgjob: A: not a duration: -5\n");
}

int main(void)
{
	if (!tap_folder(folder))
		abort();
	test_home();
	is_folder(ENV("XDG_CONFIG_HOME=/c", "HOME=/h"), "/c/bgjob");
	is_folder(ENV("XDG_CONFIG_HOME=c", "HOME=/h"), "/h/.config/bgjob");
	is_folder(ENV("BGJOB_HOME=/x"), "none");
	test_file();
	test_bad_files();
	test_secrets();
	test_reading();
	test_typed();
	return done();
}
