/* text: any bytes become text that can be sent */
#include "base/text.h"
#include "base/utf8.h"

#include "tap.h"

static void cleans(const char *data, size_t n, const char *wanted, const char *name)
{
	struct str text = { 0 };

	text_clean(&text, data, n);
	is_str(text.data, wanted, "%s", name);
	is_int((intmax_t)text.len, (intmax_t)strlen(wanted), "%s: its length", name);
	str_free(&text);
}

#define CLEANS(data, wanted, name) cleans(data, sizeof(data) - 1, wanted, name)

static void test_controls(void)
{
	CLEANS("", "", "nothing");
	CLEANS("a\tb\nc", "a\tb\nc", "tab and newline stay");
	CLEANS("a\0b\1\b\a\177c", "abc", "other control characters go, NUL too");
	CLEANS("a\r\nb\r\r\nc\rd\r", "a\nb\nc\nd\n", "CR LF and CR are newlines");
	CLEANS("a\vb\fc\302\205d\342\200\250e\342\200\251f", "a\nb\nc\nd\ne\nf", "other line ends");
	CLEANS("a\302\200\302\237b", "ab", "C1 controls go");
	CLEANS("\357\273\277a\357\273\277", "a", "byte order marks go");
}

static void test_terminal(void)
{
	CLEANS("\33[1;31mred\33[0m \33[K!", "red !", "colours");
	CLEANS("\33[38:2:1:2:3mx\33[?25l\33[2 qy", "xy", "colons, private and intermediate bytes");
	CLEANS("\33]0;title\7a\33]8;;http://x\33\\b\33]8;;\33\\c", "abc", "OSC: titles, links");
	CLEANS("\33Pq#0\33\\a\33_x\33\\b\33^y\33\\c\33Xz\33\\d", "abcd", "DCS, APC, PM, SOS");
	CLEANS("\33(Ba\0337b\33=c\33Md", "abcd", "character sets and two-byte sequences");
	CLEANS("\302\23331ma\302\2350;t\302\234b", "ab", "C1 spellings");
	CLEANS("\33]0;open\nkept", "0;open\nkept",
		"a string that does not end takes nothing along");
	CLEANS("a\33", "a", "ESC at the end");
	CLEANS("a\33[", "a", "CSI at the end");
	CLEANS("a\33[31", "a31", "a sequence that is cut off");
	CLEANS("a\33\303\244", "a\303\244", "ESC before a letter beyond ASCII");
	CLEANS("\33\33[1mx\33[\33[1my", "xy", "ESC in sequences");
}

static void test_unicode(void)
{
	CLEANS("a\377b", "a\357\277\275b", "an invalid byte");
	CLEANS("a\377\376\200b\303", "a\357\277\275b\357\277\275", "a run of them is one mark");
	CLEANS("\355\240\200", "\357\277\275", "a surrogate");
	CLEANS("\300\200\360\200\200\257", "\357\277\275", "overlong forms");
	CLEANS("\357\277\276\357\277\277\357\267\220", "\357\277\275\357\277\275\357\277\275",
		"noncharacters");
	CLEANS("\364\217\277\277\364\217\277\275", "\357\277\275\364\217\277\275",
		"the last code points");
	CLEANS("a\342\200\256b\342\200\252c\342\201\246d\342\201\251", "abcd",
		"bidirectional overrides, embeddings, isolates");
	CLEANS("\342\200\216\330\247\342\200\217", "\342\200\216\330\247\342\200\217",
		"the marks of right-to-left writing stay");
	CLEANS("\360\237\221\250\342\200\215\360\237\221\251",
		"\360\237\221\250\342\200\215\360\237\221\251", "joined emoji stay");
}

/* Pseudo-random bytes with many special ones. */
static void test_any_bytes(void)
{
	static const char often[] = "\33[]P\\\7;m\n\r\302\233\235\234\342\200\256\377";
	uint32_t state = 1;
	int unclean = 0, changed = 0;

	for (int round = 0; round < 2000; round++) {
		struct str once = { 0 }, twice = { 0 };
		char data[64];

		for (size_t i = 0; i < sizeof(data); i++) {
			state = state * 1664525 + 1013904223;
			data[i] = state >> 31 ? (char)(state >> 16)
					      : often[(state >> 16) % (sizeof(often) - 1)];
		}
		text_clean(&once, data, sizeof(data));
		text_clean(&twice, once.data, once.len);
		changed += strcmp(once.data, twice.data) != 0;
		for (size_t i = 0; i < once.len;) {
			uint32_t cp;

			i += utf8_decode(once.data + i, once.len - i, &cp);
			unclean += cp == UTF8_INVALID || !text_allows(cp);
		}
		str_free(&once);
		str_free(&twice);
	}
	is_int(unclean, 0, "only what is allowed is left of any bytes");
	is_int(changed, 0, "and nothing changes when it is cleaned again");
}

static void test_measures(void)
{
	ok(text_blank("", 0) && text_blank(" \t\n", 3), "white space is blank");
	ok(text_blank("\302\240\342\200\213\342\240\200\343\205\244", 11), "so are fillers");
	ok(!text_blank(" x", 2) && !text_blank("\357\277\275", 3), "a letter is not, nor U+FFFD");
	is_int((intmax_t)text_units("a\303\244\342\202\254\360\237\230\200", 10), 5,
		"UTF-16 units");
}

static void one_line(const char *text, size_t most, enum text_unit unit, const char *wanted)
{
	struct str line = { 0 };

	str_add(&line, "- ");
	text_line(&line, text, strlen(text), most, unit);
	is_str(line.data + 2, wanted, "a line of %s, %zu of unit %d", text, most, unit);
	str_free(&line);
}

static void test_line(void)
{
	struct str line = { 0 };
	char many[1001];

	one_line("", 5, TEXT_BYTES, "");
	one_line(" \n\t a \t\r\n b\n", 3, TEXT_BYTES, "a b");
	one_line("a b c", 3, TEXT_BYTES, "a b...");
	one_line("abcd", 0, TEXT_CHARACTERS, "...");
	one_line("a\303\244\303\266", 4, TEXT_BYTES, "a\303\244...");
	one_line("a\303\244\303\266", 5, TEXT_BYTES, "a\303\244\303\266");
	one_line("a\303\244\303\266", 2, TEXT_CHARACTERS, "a\303\244...");
	one_line("\346\227\245\346\234\254", 3, TEXT_COLUMNS, "\346\227\245...");
	one_line("\346\227\245\346\234\254", 4, TEXT_COLUMNS, "\346\227\245\346\234\254");
	one_line("a\nb c", 3, TEXT_COLUMNS, "a b...");
	one_line("e\314\201\314\201\314\201", 1, TEXT_COLUMNS, "e\314\201...");
	one_line("\33[1mred\33[0m\r\n", 3, TEXT_CHARACTERS, "red");
	text_line(&line, "ab\0c", 4, 3, TEXT_BYTES);
	is_str(line.data, "abc", "a NUL byte goes");
	str_clear(&line);
	memset(many, ' ', sizeof many);
	many[1000] = 'b';
	text_line(&line, many, sizeof many, 3, TEXT_BYTES);
	is_str(line.data, "...", "what lies far beyond the limit is not looked at");
	str_free(&line);
}

int main(void)
{
	test_controls();
	test_terminal();
	test_unicode();
	test_any_bytes();
	test_measures();
	test_line();
	return done();
}
