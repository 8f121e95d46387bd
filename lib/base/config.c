/* config: settings and where things are */
#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/str.h"

struct setting {
	char *name, *value;
};

enum { FILE_BUFFER = 4096, SECRETS = 65536 };

static struct setting *settings;
static size_t setting_count;

/* A folder that an environment variable names; NULL if it is unset, empty or relative. */
static const char *absolute(const char *name)
{
	const char *path = getenv(name);

	return path && path[0] == '/' ? path : NULL;
}

static char *join(const char *folder, const char *name)
{
	struct str path = { 0 };

	str_addf(&path, "%s/%s", folder, name);
	return str_take(&path);
}

static char *from_here(const char *relative)
{
	char *here = getcwd(NULL, 0), *path;

	if (!here)
		die_errno("cannot get the current directory");
	path = join(here, relative);
	free(here);
	return path;
}

const char *config_home(void)
{
	static char *home;
	const char *own = getenv("BGJOB_HOME"), *base;

	if (home)
		return home;
	if (own && own[0])
		home = own[0] == '/' ? mem_dup(own) : from_here(own);
	else if ((base = absolute("XDG_STATE_HOME")))
		home = join(base, "bgjob");
	else if ((base = absolute("HOME")))
		home = join(base, ".local/state/bgjob");
	else
		die_usage("nowhere to keep the state: set BGJOB_HOME or HOME");
	return home;
}

const char *config_folder(void)
{
	static char *folder;
	const char *base;

	if (folder)
		return folder;
	if ((base = absolute("XDG_CONFIG_HOME")))
		folder = join(base, "bgjob");
	else if ((base = absolute("HOME")))
		folder = join(base, ".config/bgjob");
	return folder;
}

/* ---- the file ---- */

static int is_setting_name(const char *text)
{
	static const char letters[] =
		"0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return *text && (*text < '0' || *text > '9') && text[strspn(text, letters)] == '\0';
}

/* Trim blanks in place, and the \r of a file edited on another system. */
static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

static char *unquote(char *text)
{
	size_t n = strlen(text);

	if (n < 2 || (text[0] != '"' && text[0] != '\'') || text[n - 1] != text[0])
		return text;
	text[n - 1] = '\0';
	return text + 1;
}

int config_secret(const char *name)
{
	static const char *const endings[] = { "TOKEN", "SECRET", "PASSWORD", "PASSWD",
		"PASSPHRASE", "_KEY", "CREDENTIALS" };
	size_t n = strcspn(name, "=");

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t m = strlen(endings[i]);

		if (n >= m && strncmp(name + n - m, endings[i], m) == 0)
			return 1;
	}
	return 0;
}

/* What is wrong with the file. It ends a program that asks for a setting, not one that only traces. */
static struct str trouble;
static int trouble_is_ours; /* the system's fault, not the user's */

static void note_trouble(int error, const char *fmt, ...) DIE_PRINTF(2, 3);
static void note_trouble(int error, const char *fmt, ...)
{
	va_list args;

	if (trouble.len)
		return;
	va_start(args, fmt);
	str_addv(&trouble, fmt, args);
	va_end(args);
	if (error)
		str_addf(&trouble, ": %s", strerror(error));
	trouble_is_ours = error != 0;
}

/*
 * A copy that core files leave out: every program reads the file, whether or
 * not it needs the token.
 */
static char *keep_secret(const char *text)
{
	static char *free_from, *end;
	size_t n = strlen(text) + 1;
	char *copy;

	if (!free_from) {
		free_from = mmap(NULL, SECRETS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
		if (free_from == MAP_FAILED || madvise(free_from, SECRETS, MADV_DONTDUMP) < 0) {
			note_trouble(errno, "cannot keep a secret");
			free_from = NULL;
			return mem_dup(text);
		}
		end = free_from + SECRETS;
	}
	if (n > (size_t)(end - free_from)) {
		note_trouble(0, "the settings hold too many secrets");
		return mem_dup(text);
	}
	copy = memcpy(free_from, text, n);
	free_from += n;
	return copy;
}

/*
 * Parse one line in place. Returns -1 if it is not a setting; the line is never
 * shown, as it may hold a secret.
 */
static int take_setting(char *line)
{
	char *name = trim(line), *equals, *value;

	if (*name == '\0' || *name == '#')
		return 0;
	equals = strchr(name, '=');
	if (!equals)
		return -1;
	*equals = '\0';
	if (!is_setting_name(name))
		return -1;
	settings = mem_resize(settings, setting_count + 1, sizeof *settings);
	value = unquote(trim(equals + 1));
	settings[setting_count].name = mem_dup(name);
	settings[setting_count++].value = config_secret(name) ? keep_secret(value) : mem_dup(value);
	return 0;
}

static void check_secrets(FILE *file, const char *path)
{
	struct stat st;

	if (fstat(fileno(file), &st) < 0) {
		note_trouble(errno, "cannot stat %s", path);
		return;
	}
	if ((st.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) == 0)
		return;
	for (size_t i = 0; i < setting_count; i++)
		if (settings[i].value[0] && config_secret(settings[i].name))
			note_trouble(0,
				"%s holds a secret (%s) and others have access: chmod 600 %s", path,
				settings[i].name, path);
}

static void read_lines(FILE *file, const char *path)
{
	static char buffer[FILE_BUFFER];
	size_t size = FILE_BUFFER, number = 0;
	char *line = mem_alloc(size);
	ssize_t n;

	setvbuf(file, buffer, _IOFBF, sizeof buffer);
	while ((n = getline(&line, &size, file)) >= 0) {
		number++;
		if (strlen(line) != (size_t)n || take_setting(line) < 0)
			note_trouble(0, "%s:%zu: not NAME=value", path, number);
	}
	if (ferror(file))
		note_trouble(errno, "cannot read %s", path);
	explicit_bzero(buffer, sizeof buffer);
	explicit_bzero(line, size);
	free(line);
}

static void read_config(void)
{
	static int done;
	const char *folder = done ? NULL : config_folder();
	char *path;
	FILE *file;

	if (!folder)
		return;
	done = 1;
	path = join(folder, "config");
	file = fopen(path, "re");
	if (file) {
		read_lines(file, path);
		check_secrets(file, path);
		fclose(file);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		note_trouble(errno, "cannot open %s", path);
	}
	free(path);
}

const char *config_get(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		read_config();
		if (trouble.len && trouble_is_ours)
			die_system("%s", trouble.data);
		if (trouble.len)
			die_usage("%s", trouble.data);
		for (size_t i = 0; i < setting_count; i++) /* the last one counts, as in sh */
			if (strcmp(settings[i].name, name) == 0)
				value = settings[i].value;
	}
	return value && value[0] ? value : NULL;
}

/* ---- secrets in texts ---- */

static size_t longer(const char *at, const char *value, size_t least, size_t found)
{
	size_t n = strlen(value);

	return n >= least && n > found && strncmp(at, value, n) == 0 ? n : found;
}

/* The length of the longest secret that begins there; 0: none. */
static size_t secret_at(const char *at)
{
	size_t found = 0;

	for (size_t i = 0; i < setting_count; i++)
		if (config_secret(settings[i].name))
			found = longer(at, settings[i].value, 1, found);
	for (char **v = environ; v && *v; v++)
		if (config_secret(*v) && strchr(*v, '='))
			found = longer(at, strchr(*v, '=') + 1,
				strncmp(*v, "BGJOB_", 6) == 0 ? 1 : 8, found);
	return found;
}

/* The length of the secret in a URL, which starts at `at`, after "/bot" or "://"; 0: none. */
static size_t url_secret(const char *text, const char *at)
{
	size_t n;

	if (at - text >= 4 && memcmp(at - 4, "/bot", 4) == 0) {
		n = strcspn(at, "/ \t\n\"'?#");
		return memchr(at, ':', n) || memmem(at, n, "%3A", 3) ? n : 0;
	}
	if (at - text >= 3 && memcmp(at - 3, "://", 3) == 0) {
		n = strcspn(at, "/ \t\n\"'?#");
		while (n && at[n - 1] != '@')
			n--;
		return n ? n - 1 : 0;
	}
	return 0;
}

void config_redact(struct str *out, const char *text)
{
	const char *at = text;

	read_config();
	str_add(out, "");
	while (*at) {
		size_t n = secret_at(at), in_url = url_secret(text, at);

		n = n > in_url ? n : in_url;
		if (n)
			str_add(out, "***");
		else
			str_addc(out, *at);
		at += n ? n : 1;
	}
}

/* ---- typed ---- */

int config_yes(const char *name, int otherwise)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1", "off", "on" };
	const char *value = config_get(name);

	if (!value)
		return otherwise;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(value, words[i]) == 0)
			return i % 2 == 1;
	die_usage("%s: neither yes nor no: %s", name, value);
}

int64_t config_size(const char *name, int64_t otherwise)
{
	const char *value = config_get(name);

	return value ? arg_size(name, value) : otherwise;
}

int64_t config_duration(const char *name, int64_t otherwise)
{
	const char *value = config_get(name);

	return value ? arg_duration(name, value) : otherwise;
}
