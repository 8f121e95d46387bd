/* input: whole files and descriptors, their limits and what is refused */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tap.h"

static char folder[] = "/tmp/bgjob-input-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const void *data, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) < 0)
		abort();
}

static void reads(const char *name, size_t limit, int options, int result, const char *text,
	const char *reason)
{
	struct str got = { 0 }, why = { 0 };

	str_add(&why, "");
	is_int(input_file(AT_FDCWD, path_of(name), limit, options, &got, &why), result,
		"%s, limit %zu, options %d", name, limit, options);
	is_str(got.data, text, "%s: its text", name);
	is_int((intmax_t)got.len, (intmax_t)strlen(text), "%s: its length", name);
	is_str(why.data, reason, "%s: the reason", name);
	str_free(&got);
	str_free(&why);
}

static void test_limit(void)
{
	put("five", "12345", 5);
	put("empty", "", 0);
	reads("empty", 0, 0, 0, "", "");
	reads("five", 5, 0, 0, "12345", "");
	reads("five", SIZE_MAX, 0, 0, "12345", "");
	reads("five", 4, 0, INPUT_TOO_LONG, "1234", "longer than 4 bytes");
	reads("five", 0, 0, INPUT_TOO_LONG, "", "longer than 0 bytes");
}

/* More than one piece, a limit in the second, and the words for round limits. */
static void test_long(void)
{
	size_t n = 3 << 20;
	char *data = mem_alloc(n);
	struct str text = { 0 }, why = { 0 };

	for (size_t i = 0; i < n; i++)
		data[i] = (char)('a' + i % 23);
	put("long", data, n);
	str_add(&text, "before ");
	is_int(input_file(AT_FDCWD, path_of("long"), n, INPUT_NUL_REFUSED, &text, &why), 0,
		"3 MiB within 3 MiB");
	ok(text.len == n + 7 && memcmp(text.data, "before ", 7) == 0 &&
			memcmp(text.data + 7, data, n) == 0,
		"are appended as they are");
	str_clear(&text);
	is_int(input_file(AT_FDCWD, path_of("long"), 2 << 20, 0, &text, &why), INPUT_TOO_LONG,
		"not within 2 MiB");
	ok(text.len == 2 << 20 && memcmp(text.data, data, text.len) == 0,
		"the first 2 MiB are kept");
	is_str(why.data, "longer than 2 MiB", "the reason, in MiB");
	str_clear(&why);
	is_int(input_file(AT_FDCWD, path_of("long"), 65 << 10, 0, &text, &why), INPUT_TOO_LONG,
		"nor within 65 KiB");
	is_str(why.data, "longer than 65 KiB", "the reason, in KiB");
	str_free(&text);
	str_free(&why);
	free(data);
}

static void test_nul(void)
{
	struct str text = { 0 };

	put("nul", "a\0b\0", 4);
	is_int(input_file(AT_FDCWD, path_of("nul"), 9, 0, &text, NULL), 0, "a NUL byte is data");
	ok(text.len == 4 && memcmp(text.data, "a\0b\0", 5) == 0, "and is kept");
	str_free(&text);
	reads("nul", 9, INPUT_NUL_BLANK, 0, "a b ", "");
	reads("nul", 9, INPUT_NUL_REFUSED, INPUT_HAS_NUL, "", "contains a NUL byte");
}

static void test_opening(void)
{
	struct str text = { 0 };

	put("file", "text", 4);
	if (symlink("file", path_of("link")) < 0 || mkfifo(path_of("fifo"), 0600) < 0)
		abort();
	reads("link", 9, 0, 0, "text", "");
	reads("link", 9, INPUT_NOFOLLOW, INPUT_NOT_OPENED, "", "Too many levels of symbolic links");
	reads("file", 9, INPUT_NOFOLLOW | INPUT_REGULAR, 0, "text", "");
	reads("fifo", 9, INPUT_REGULAR, INPUT_NOT_OPENED, "", "not a regular file");
	reads("none", 9, 0, INPUT_NOT_OPENED, "", "No such file or directory");
	reads(".", 9, 0, INPUT_NOT_READ, "", "Is a directory");
	reads(".", 9, INPUT_REGULAR, INPUT_NOT_OPENED, "", "Is a directory");
	errno = 0;
	input_file(AT_FDCWD, path_of("none"), 9, 0, &text, NULL);
	is_int(errno, ENOENT, "errno says why, too");
	str_free(&text);
}

static void from_stdin(void *options)
{
	struct str text = { 0 }, why = { 0 };
	int result = input_file(AT_FDCWD, "-", 9, *(int *)options, &text, &why);

	printf("%d %s", result, result ? why.data : text.data);
	str_free(&text);
	str_free(&why);
}

static void test_stdin(void)
{
	int options = INPUT_STDIN;
	struct tap_child c = tap_fork(from_stdin, &options, "piped");

	is_str(c.out, "0 piped", "- is standard input");
	options = 0;
	c = tap_fork(from_stdin, &options, "piped");
	is_str(c.out, "-1 No such file or directory", "unless it is not asked for");
}

int main(void)
{
	if (!tap_folder(folder))
		abort();
	test_limit();
	test_long();
	test_nul();
	test_opening();
	test_stdin();
	return done();
}
