/* split: every part fits, nothing is lost, and the cuts are where they should be */
#include "markup/split.h"

#include "base/str.h"
#include "split_check.h"
#include "tap.h"

static void holds(const struct str *text, int markdown, const char *name)
{
	static const size_t limits[][2] = { { 4096, 4096 }, { 4096, 3900 }, { 1000, 256 },
		{ 256, 256 } };

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		is_str(split_check(text->data, text->len, markdown, limits[i][0], limits[i][1]),
			NULL, "%s, %s, limits %zu and %zu", name, markdown ? "Markdown" : "plain",
			limits[i][0], limits[i][1]);
}

/* `unit` again and again, up to about n bytes, between `before` and `behind`. */
static void holds_repeated(const char *before, const char *unit, const char *behind, size_t n,
	const char *name)
{
	struct str text = { 0 };

	str_add(&text, before);
	while (text.len < n)
		str_add(&text, unit);
	str_add(&text, behind);
	holds(&text, 0, name);
	holds(&text, 1, name);
	str_free(&text);
}

static void test_hostile(void)
{
	holds_repeated("", "x", "", 1 << 20, "1 MB without a space");
	holds_repeated("", "\360\237\230\200", "", 20000, "5,000 emoji");
	holds_repeated("",
		"\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247", "",
		20000, "families");
	holds_repeated("", "\360\237\207\251\360\237\207\252", "", 20000, "flags");
	holds_repeated("a", "\314\201", "", 20000, "combining marks on one letter");
	holds_repeated("", "\342\200\213", "x", 20000, "characters without width");
	holds_repeated("a", " ", "b", 20000, "blanks");
	holds_repeated("a", "\n", "b", 20000, "newlines");
	holds_repeated("", "*a* ", "", 20000, "emphasis");
	holds_repeated("", "&<>\"", "", 20000, "entities");
	holds_repeated("", "- ", "x", 20000, "nested lists");
	holds_repeated("", "> - ", "x", 20000, "nested quotes");
	holds_repeated("", "`", "", 20000, "backticks");
	holds_repeated("", "~~~~\n", "", 20000, "fences");
	holds_repeated("", "``` x\n", "", 20000, "fences that do not close");
	holds_repeated("```c\n", "\n", "x\n```", 20000, "newlines in a code block");
	holds_repeated("```c\n", " ", "x\n```", 20000, "blanks in a code block");
	holds_repeated("```", "x", "\n```\ny", 20000, "a long info string");
	holds_repeated("", "[a](http://example.com/?a&b) ", "", 20000, "links");
	holds_repeated("[a]: http://example.com/1234567890\n\n", "[a] ", "", 20000, "references");
	holds_repeated("", "***\n", "", 20000, "thematic breaks");
	holds_repeated("", "|---|---|\n|---|---|\n| a | b |\n\n", "", 20000, "tables");
	holds_repeated("|---|---|---|---|\n|---|---|---|---|\n", "|a\n|xxxxxxxxxxxxxxxxxxxxxxxxx\n",
		"", 20000, "a table that is padded");
	holds_repeated("", "|---", "\n|-|-\n", 6000, "columns");
	holds_repeated("", "[", "", 20000, "brackets");
	holds_repeated("", "![", "](x)", 20000, "images");
}

/* `before`, a number of three digits and `behind`, count times. Free it. */
static char *text_of(const char *before, const char *behind, int count)
{
	struct str text = { 0 };

	for (int i = 0; i < count; i++)
		str_addf(&text, "%s%03d%s", before, i, behind);
	return str_take(&text);
}

static void test_small(void)
{
	struct split s;

	split_text(&s, "", 0, 1, 4096, 4096);
	is_int((intmax_t)s.count, 0, "an empty text has no part");
	split_free(&s);
	split_text(&s, " \n\t\302\240\n", 6, 1, 4096, 4096);
	is_int((intmax_t)s.count, 0, "nor has a blank one");
	split_free(&s);
	split_text(&s, "\n\n  a *b*\n\n", 11, 1, 4096, 4096);
	ok(s.count == 1 && strcmp(s.parts[0], "  a *b*") == 0, "a short one is one part");
	ok(s.spans[0].from == 2 && s.spans[0].to == 9, "and says which bytes it shows");
	split_free(&s);
	split_free(&s);
}

static void test_paragraphs(void)
{
	char *text = text_of("Paragraph ", " has a few words, one line\nand another one.\n\n", 40);
	struct split s;
	int good = 0;

	split_text(&s, text, strlen(text), 1, 1000, 1000);
	for (size_t i = 0; i < s.count; i++)
		good += strncmp(s.parts[i], "Paragraph ", 10) == 0 &&
			strcmp(s.parts[i] + strlen(s.parts[i]) - 12, "another one.") == 0;
	ok(s.count >= 3 && s.count <= 4 && good == (int)s.count, "cut between paragraphs");
	split_free(&s);
	free(text);
}

static void test_lines(void)
{
	char *text = text_of("line ", " of a log, with more words than one\n", 99);
	struct split s;
	int good = 0;

	split_text(&s, text, strlen(text), 0, 1000, 500);
	for (size_t i = 0; i < s.count; i++)
		good += strncmp(s.parts[i], "line ", 5) == 0 &&
			strcmp(s.parts[i] + strlen(s.parts[i]) - 4, " one") == 0;
	ok(s.count == 5 && good == 5, "cut between lines, parts filled");
	ok(strlen(s.parts[0]) <= 500 && strlen(s.parts[1]) > 900, "the first has its own limit");
	split_free(&s);
	free(text);
	text = text_of("word", " ", 200);
	split_text(&s, text, strlen(text), 0, 300, 300);
	good = 0;
	for (size_t i = 0; i < s.count; i++)
		good += strncmp(s.parts[i], "word", 4) == 0 && strlen(s.parts[i]) % 8 == 7;
	ok(s.count > 4 && good == (int)s.count, "cut at blanks");
	split_free(&s);
	free(text);
}

static void test_code(void)
{
	char *code = text_of("\tline(", ");\n\n", 60);
	struct str text = { 0 };
	struct split s;
	int good = 0;

	str_addf(&text, "Before\n\n  ~~~~ c title\n%s  ~~~~\nAfter", code);
	split_text(&s, text.data, text.len, 1, 300, 300);
	for (size_t i = 0; i + 1 < s.count; i++) {
		const char *part = s.parts[i], *end = part + strlen(part);
		const char *fence = i ? "~~~~ c title\n\tline(" : "Before";

		good += strncmp(part, fence, strlen(fence)) == 0 &&
			strcmp(end - 7, ");\n~~~~") == 0;
	}
	ok(s.count > 2 && good == (int)s.count - 1, "a code block is closed and opened again");
	ok(strstr(s.parts[s.count - 1], "  ~~~~\nAfter") != NULL, "and its end is its own");
	split_free(&s);
	str_clear(&text);
	str_addf(&text, "%s\n```\n%s```", "A paragraph that comes before the code in this text.",
		code);
	text.data[text.len -= 600] = '\0';
	split_text(&s, text.data, text.len, 1, 256, 256);
	ok(s.count > 1, "a code block without an end");
	split_free(&s);
	str_free(&text);
	free(code);
}

/* No part begins with a mark that belongs to the character before. */
static void test_characters(void)
{
	struct str text = { 0 };
	struct split s;
	int bad = 0;

	for (int i = 0; i < 2000; i++)
		str_add(&text, "e\314\201\360\237\221\215\360\237\217\275\342\235\244\357\270\217");
	split_text(&s, text.data, text.len, 0, 257, 256);
	for (size_t i = 0; i < s.count; i++)
		bad += strncmp(s.parts[i], "\314\201", 2) == 0 ||
			strncmp(s.parts[i], "\360\237\217\275", 4) == 0 ||
			strncmp(s.parts[i], "\357\270\217", 3) == 0;
	ok(s.count > 10 && bad == 0, "combined characters stay together");
	split_free(&s);
	str_clear(&text);
	str_add(&text, "x");
	for (int i = 0; i < 500; i++)
		str_add(&text, "\360\237\207\251\360\237\207\252");
	split_text(&s, text.data, text.len, 0, 258, 258);
	bad = 0;
	for (size_t i = 1; i < s.count; i++)
		bad += strncmp(s.parts[i], "\360\237\207\251", 4) != 0;
	ok(s.count > 2 && bad == 0, "flags stay together");
	split_free(&s);
	str_free(&text);
}

int main(void)
{
	test_small();
	test_paragraphs();
	test_lines();
	test_code();
	test_characters();
	test_hostile();
	is_int((intmax_t)split_units("<b>&lt;</b>\360\237\230\200x"), 4, "units of our HTML");
	return done();
}
