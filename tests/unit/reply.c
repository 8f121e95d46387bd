/* reply: what the chat makes of texts, names and codes */
#include "access/pair.h"
#include "chat/command.h"
#include "chat/reply.h"

#include "tap.h"

static void line(const char *text, size_t characters, const char *wanted)
{
	struct reply reply = { 0 };

	reply_say(&reply, "%s", "");
	reply_say_line(&reply, text, strlen(text), characters);
	is_str(reply.text.data, wanted, "%s, at most %zu", text, characters);
	reply_free(&reply);
}

static void test_line(void)
{
	line("", 5, "");
	line("one", 3, "one");
	line("four", 3, "fou...");
	line("  a \n\t b\r\n\r\n", 9, "a b");
	line("äöü", 3, "äöü");
	line("äöüß", 3, "äöü...");
	line("😀😀😀", 2, "😀😀...");
	line("\033[31mred\033[0m", 3, "red");
	line("a\x01\xff"
	     "b",
		9, "a\357\277\275b");
	line("abc   ", 3, "abc");
	line("abc d", 3, "abc...");
}

static void test_blanks_do_not_count_twice(void)
{
	line("a          b", 3, "a b");
	line("a          b", 2, "a ...");
}

static void code(const char *text, int wanted, const char *read)
{
	char got[PAIR_CODE + 1] = "";

	is_int(pair_read(text, got), wanted, "'%s' is %s code", text, wanted ? "no" : "a");
	if (wanted == 0)
		is_str(got, read, "'%s' is read", text);
}

static void test_code(void)
{
	code("ACDEFGHJ", 0, "ACDEFGHJ");
	code("acdefghj please", 0, "ACDEFGHJ");
	code("acdefghj\n", 0, "ACDEFGHJ");
	code("ACDEFGH", -1, NULL);
	code("ACDEFGHJK", -1, NULL);
	code("ACDEFGH0", -1, NULL);
	code("ACDEFGHÄ", -1, NULL);
	code("", -1, NULL);
}

static void nearest(const char *name, const char *wanted)
{
	char *got = command_nearest(name);

	is_str(got ? got : "(none)", wanted, "nearest to %s", name);
	free(got);
}

static void test_nearest(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	nearest("jbos", "jobs");
	nearest("taks", "tasks");
	nearest("cancell", "cancel");
	nearest("stauts", "status");
	nearest("rnu", "(none)");
	nearest("rum", "run");
	nearest("x", "(none)");
	nearest("", "(none)");
	nearest("entirely", "(none)");
	nearest("abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", "(none)");
}

static void test_table(void)
{
	size_t count;
	const struct command *table = command_table(&count);

	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(table[i].name);

		ok(n >= 1 && n <= 32 && strspn(table[i].name, "abcdefghijklmnopqrstuvwxyz") == n,
			"%s may be a command of Telegram's", table[i].name);
		ok(strlen(table[i].description) <= 256, "its description, too");
		ok(command_find(table[i].name) == &table[i], "it is found");
	}
	ok(command_find("nothing") == NULL, "another is not");
}

int main(void)
{
	test_line();
	test_blanks_do_not_count_twice();
	test_code();
	test_nearest();
	test_table();
	return done();
}
