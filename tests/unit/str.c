/* str: growing, escaping and its reverse, allocation; and the messages of die, which use it */
#include "base/str.h"

#include <errno.h>

#include "base/utf8.h"
#include "tap.h"

static char *escaped(const char *data, size_t n)
{
	struct str s = { 0 };

	str_escape(&s, data, n);
	return str_take(&s);
}

static void is_escape(const char *data, size_t n, const char *wanted, const char *name)
{
	char *text = escaped(data, n);

	is_str(text, wanted, "escape: %s", name);
	free(text);
}

static void test_growth(void)
{
	struct str s = { 0 };
	char *taken;

	str_add(&s, "");
	ok(s.data && s.data[0] == '\0' && s.len == 0, "adding nothing still gives a string");
	for (int i = 0; i < 1000; i++)
		str_addc(&s, (char)('a' + i % 26));
	ok(s.len == 1000 && s.data[999] == 'a' + 999 % 26 && s.data[1000] == '\0', "1000 bytes");
	str_clear(&s);
	ok(s.len == 0 && s.data[0] == '\0' && s.cap >= 1000, "clear keeps the memory");
	str_addn(&s, "a\0b", 3);
	ok(s.len == 3 && memcmp(s.data, "a\0b", 4) == 0, "NUL is a byte like others");
	str_addn(&s, NULL, 0);
	is_int((intmax_t)s.len, 3, "no bytes from nowhere");
	str_free(&s);
	str_free(&s);
	ok(s.data == NULL && s.len == 0 && s.cap == 0, "free twice");
	str_clear(&s);
	is_str(s.data, "", "clear on a new string");
	str_free(&s);
	taken = str_take(&s);
	is_str(taken, "", "take from a new string");
	ok(s.data == NULL, "nothing left after take");
	free(taken);
}

static void test_format(void)
{
	struct str s = { 0 };
	char *big = mem_alloc(100001);

	memset(big, 'x', 100000);
	big[100000] = '\0';
	str_addf(&s, "%d-%s", 42, "a");
	is_str(s.data, "42-a", "addf");
	str_addf(&s, "%s", big);
	ok(s.len == 100004 && strcmp(s.data + 4, big) == 0, "addf of 100,000 bytes");
	str_clear(&s);
	for (size_t n = 0; n < 200; n++) {
		str_clear(&s);
		str_addf(&s, "%.*s", (int)n, big);
		if (s.len != n || strlen(s.data) != n)
			break;
	}
	is_int((intmax_t)s.len, 199, "addf at each length around the growth steps");
	str_free(&s);
	free(big);
}

/* Each byte alone: what comes out is printable ASCII and comes back. */
static void test_each_byte(void)
{
	int wrong = 0;

	for (int i = 0; i < 256; i++) {
		struct str back = { 0 };
		char byte = (char)i, wanted[8], *text = escaped(&byte, 1);

		snprintf(wanted, sizeof wanted,
			i == '\\'                   ? "\\\\"
				: i == '\t'         ? "\\t"
				: i == '\n'         ? "\\n"
				: i == '\r'         ? "\\r"
				: i < 32 || i > 126 ? "\\x%02x"
						    : "%c",
			i);
		wrong += strcmp(text, wanted) != 0;
		wrong += str_unescape(&back, text, strlen(text)) != 0;
		wrong += back.len != 1 || back.data[0] != byte;
		str_free(&back);
		free(text);
	}
	is_int(wrong, 0, "each byte alone is escaped and comes back");
}

/* Each pair of bytes, and all 256 in a row. */
static void test_round_trip(void)
{
	struct str text = { 0 }, back = { 0 };
	char all[256];
	int wrong = 0;

	for (int i = 0; i < 65536; i++) {
		char pair[2] = { (char)(i >> 8), (char)i };

		str_clear(&text);
		str_clear(&back);
		str_escape(&text, pair, 2);
		wrong += !utf8_valid(text.data, text.len) || strpbrk(text.data, "\t\n\r\x1b\x7f");
		wrong += str_unescape(&back, text.data, text.len) != 0 || back.len != 2 ||
			memcmp(back.data, pair, 2) != 0;
	}
	is_int(wrong, 0, "each pair of bytes comes back, by way of clean text");
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	str_clear(&text);
	str_clear(&back);
	str_escape(&text, all, 256);
	ok(str_unescape(&back, text.data, text.len) == 0 && back.len == 256 &&
			memcmp(back.data, all, 256) == 0,
		"all bytes in a row come back");
	str_free(&text);
	str_free(&back);
}

static void test_escape(void)
{
	is_escape("", 0, "", "nothing");
	is_escape("plain text, 100%", 16, "plain text, 100%", "plain text");
	is_escape("a\tb\nc\rd\\e", 9, "a\\tb\\nc\\rd\\\\e", "short forms");
	is_escape("a\0b", 3, "a\\x00b", "NUL");
	is_escape("\033[2J", 4, "\\x1b[2J", "an escape sequence");
	is_escape("\302\233"
		  "2J",
		4, "\\xc2\\x9b2J", "CSI as a C1 control in UTF-8");
	is_escape("\302\240", 2, "\302\240", "the no-break space after the C1 controls stays");
	is_escape("\177", 1, "\\x7f", "DEL");
	is_escape("\303\244\342\202\254\360\237\230\200", 9, "\303\244\342\202\254\360\237\230\200",
		"UTF-8 of 2, 3 and 4 bytes stays");
	is_escape("\342\200\256x", 4, "\\xe2\\x80\\xaex", "right-to-left override");
	is_escape("\342\201\246", 3, "\\xe2\\x81\\xa6", "left-to-right isolate");
	is_escape("\330\234", 2, "\\xd8\\x9c", "arabic letter mark");
	is_escape("\342\200\217", 3, "\\xe2\\x80\\x8f", "right-to-left mark");
	is_escape("\300\212", 2, "\\xc0\\x8a", "an overlong newline");
	is_escape("\355\240\200", 3, "\\xed\\xa0\\x80", "a surrogate");
	is_escape("\364\220\200\200", 4, "\\xf4\\x90\\x80\\x80", "beyond U+10FFFF");
	is_escape("x\342\202", 3, "x\\xe2\\x82", "cut off at the end");
	is_escape("\342\202\303\244", 4, "\\xe2\\x82\303\244", "cut off by the next character");
}

static void is_malformed(const char *text, size_t n)
{
	struct str s = { 0 };

	str_add(&s, "kept");
	is_int(str_unescape(&s, text, n), -1, "unescape refuses %s", text);
	is_str(s.data, "kept", "and adds nothing");
	str_free(&s);
}

static void test_unescape(void)
{
	static const char *const bad[] = { "\\", "a\\", "\\x", "\\x1", "\\xg0", "\\x0g", "\\X41",
		"\\0", "\\a", "\\ ", "ok\\n\\" };
	struct str s = { 0 };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_malformed(bad[i], strlen(bad[i]));
	is_malformed("\\x41", 3);
	is_malformed("\\\0", 2);
	is_int(str_unescape(&s, "\\x4A\\x4a\\\\x41", 13), 0, "unescape takes both cases");
	is_str(s.data, "JJ\\x41", "and each backslash once");
	str_free(&s);
}

static void test_memory(void)
{
	char *p = mem_alloc(0), *q = mem_zero(0, 8), *copy = mem_dupn("a\0b", 3);

	ok(p && q && p != q, "no bytes are a pointer, too");
	p = mem_resize(p, 0, 4);
	ok(p != NULL, "resized to nothing");
	ok(memcmp(copy, "a\0b", 4) == 0, "dupn copies NUL and ends with one");
	ok(mem_dup(NULL) == NULL, "dup of NULL");
	free(p);
	free(q);
	free(copy);
}

static void eat_memory(void *data)
{
	struct str s = { 0 };

	str_addn(&s, data, SIZE_MAX - 1);
}

static void die_hostile(void *data)
{
	die_init("prog");
	die_no("no such job: %s", (const char *)data);
}

static void die_error(void *data)
{
	(void)data;
	errno = ENOENT;
	die_errno("cannot open %s", "/x\n");
}

static void die_for_job(void *data)
{
	die_stand_in();
	die_hostile(data);
}

static void warn_only(void *data)
{
	(void)data;
	errno = EACCES;
	warn("first");
	warn_errno("second");
	exit(errno == EACCES ? 7 : 8);
}

static void test_die(void)
{
	struct tap_child c = tap_fork(die_hostile, "a\nprog: forged\033[2J\\\377", "");

	is_int(c.status, EXIT_NO, "die_no exits 1");
	is_str(c.err, "prog: no such job: a\\nprog: forged\\x1b[2J\\\\xff\n", "in one clean line");
	c = tap_fork(die_error, NULL, "");
	is_int(c.status, EXIT_SYSTEM, "die_errno exits 3");
	is_str(c.err, "bgjob: cannot open /x\\n: No such file or directory\n", "with the reason");
	c = tap_fork(die_for_job, "x", "");
	is_int(c.status, EXIT_STAND_IN, "a stand-in exits 125");
	c = tap_fork(warn_only, NULL, "");
	is_int(c.status, 7, "warn keeps errno and goes on");
	is_str(c.err, "bgjob: first\nbgjob: second: Permission denied\n", "and says its lines");
	c = tap_fork(eat_memory, "x", "");
	is_int(c.status, EXIT_SYSTEM, "out of memory exits 3");
	is_str(c.err, "bgjob: out of memory\n", "and says so");
}

static void grow_too_far(void *data)
{
	size_t room = SIZE_MAX / 2 + 1;

	mem_grow(data, room, &room, 1);
}

static void grow_too_wide(void *data)
{
	size_t room = SIZE_MAX / 16;

	mem_grow(data, room, &room, 16);
}

static void test_grow(void)
{
	size_t room = 0, before = 0, moves = 0;
	struct tap_child c;
	int *list = NULL, wrong = 0;

	for (int i = 0; i < 1000; i++) {
		list = mem_grow(list, (size_t)i, &room, sizeof *list);
		wrong += room <= (size_t)i;
		moves += room != before;
		before = room;
		list[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		wrong += list[i] != i;
	is_int(wrong, 0, "mem_grow has room for one more each time and keeps the others");
	ok(moves < 12, "and moves seldom");
	free(list);
	room = 0;
	list = mem_grow(NULL, 100, &room, sizeof *list);
	ok(room > 100, "a list that begins with more");
	free(list);
	room = 0;
	list = mem_grow(NULL, 16, &room, sizeof *list);
	ok(room > 16, "and one that would just fill the first room");
	free(list);
	c = tap_fork(grow_too_far, NULL, "");
	is_str(c.err, "bgjob: out of memory\n", "a count that cannot be doubled is out of memory");
	c = tap_fork(grow_too_wide, NULL, "");
	is_str(c.err, "bgjob: out of memory\n", "so are bytes beyond what a size can be");
}

int main(void)
{
	test_growth();
	test_format();
	test_each_byte();
	test_round_trip();
	test_escape();
	test_unescape();
	test_memory();
	test_grow();
	test_die();
	return done();
}
