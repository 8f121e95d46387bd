/* utf8: decoding of everything that is and is not UTF-8, widths, cuts */
#include "base/utf8.h"

#include "tap.h"

/* Write cp as UTF-8 without checking that it is valid; returns the bytes. */
static size_t encode(uint32_t cp, char s[4])
{
	if (cp < 0x80) {
		s[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		s[0] = (char)(0xC0 | cp >> 6);
		s[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		s[0] = (char)(0xE0 | cp >> 12);
		s[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		s[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	s[0] = (char)(0xF0 | cp >> 18);
	s[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	s[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	s[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

static void test_every_code_point(void)
{
	int wrong = 0, cut = 0;

	for (uint32_t cp = 0; cp < 0x1FFFFF; cp++) {
		int valid = cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
		char s[4], again[4];
		size_t n = encode(cp, s);
		uint32_t got;
		size_t length = utf8_decode(s, n, &got);

		if (valid)
			wrong += utf8_encode(cp, again) != n || memcmp(s, again, n) != 0;
		wrong += valid ? length != n || got != cp : length != 1 || got != UTF8_INVALID;
		for (size_t less = 1; less < n; less++)
			cut += utf8_decode(s, less, &got) != 1 || got != UTF8_INVALID;
	}
	is_int(wrong, 0, "every code point, surrogates and those beyond Unicode");
	is_int(cut, 0, "none is taken when it is cut off");
}

static void is_invalid(const char *s, size_t n, const char *name)
{
	uint32_t cp = 0;

	ok(utf8_decode(s, n, &cp) == 1 && cp == UTF8_INVALID && !utf8_valid(s, n), "%s", name);
}

static void test_invalid(void)
{
	int wrong = 0;

	is_invalid("\300\200", 2, "overlong NUL");
	is_invalid("\301\277", 2, "overlong DEL");
	is_invalid("\340\200\212", 3, "overlong newline in 3 bytes");
	is_invalid("\340\237\277", 3, "overlong U+07FF");
	is_invalid("\360\200\200\212", 4, "overlong newline in 4 bytes");
	is_invalid("\360\217\277\277", 4, "overlong U+FFFF");
	is_invalid("\370\210\200\200\200", 5, "5 bytes");
	is_invalid("\374\204\200\200\200\200", 6, "6 bytes");
	is_invalid("\200", 1, "a lone continuation");
	is_invalid("\303(", 2, "no continuation after the lead");
	is_invalid("\342\202(", 3, "no second continuation");
	is_invalid("\360\237\230(", 4, "no third continuation");
	for (int byte = 0x80; byte < 0x100; byte++) {
		char s[4] = { (char)byte, 'a', 'a', 'a' };
		uint32_t cp;

		wrong += utf8_decode(s, 4, &cp) != 1 || cp != UTF8_INVALID;
	}
	is_int(wrong, 0, "no byte from 0x80 up stands alone");
	ok(utf8_valid("", 0), "nothing is valid");
	ok(utf8_valid("a\0\303\244", 4), "NUL is a character");
	ok(!utf8_valid("a\303\244\303", 4), "not with a lead byte at the end");
}

static void test_width(void)
{
	static const struct {
		uint32_t cp;
		int width;
	} cases[] = {
		{ 'a', 1 },
		{ 0, 0 },
		{ 0x1B, 0 },
		{ 0x7F, 0 },
		{ 0x9F, 0 },
		{ 0xA0, 1 },
		{ 0xAD, 1 },
		{ 0xE4, 1 },
		{ 0x300, 0 },
		{ 0x36F, 0 },
		{ 0x370, 1 },
		{ 0x200B, 0 },
		{ 0x200D, 0 },
		{ 0x2010, 1 },
		{ 0x20AC, 1 },
		{ 0x1100, 2 },
		{ 0x1161, 0 },
		{ 0x3042, 2 },
		{ 0x65E5, 2 },
		{ 0xAC00, 2 },
		{ 0xFE0F, 0 },
		{ 0xFEFF, 0 },
		{ 0xFF21, 2 },
		{ 0xFF71, 1 },
		{ 0x2705, 2 },
		{ 0x1F600, 2 },
		{ 0x1F980, 2 },
		{ 0x20000, 2 },
		{ 0x3FFFD, 2 },
		{ 0x3FFFE, 1 },
		{ 0xE0101, 0 },
		{ 0x10FFFF, 1 },
		{ UTF8_INVALID, 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_int(utf8_width(cases[i].cp), cases[i].width, "width of U+%04" PRIX32,
			cases[i].cp);
}

static void is_cut(const char *s, int columns, size_t bytes, int used)
{
	int got = -1;

	is_int((intmax_t)utf8_cut(s, strlen(s), columns, &got), (intmax_t)bytes,
		"%s cut to %d columns", s, columns);
	is_int(got, used, "fills %d of them", used);
}

static void test_cut(void)
{
	is_cut("", 5, 0, 0);
	is_cut("abc", 5, 3, 3);
	is_cut("abc", 2, 2, 2);
	is_cut("abc", 0, 0, 0);
	is_cut("abc", -1, 0, 0);
	is_cut("\346\227\245\346\234\254", 4, 6, 4);
	is_cut("\346\227\245\346\234\254", 3, 3, 2);
	is_cut("\346\227\245\346\234\254", 1, 0, 0);
	is_cut("ae\314\201b", 2, 4, 2);
	is_cut("\377\376x", 2, 2, 2);
	is_int((intmax_t)utf8_cut("abc", 3, 2, NULL), 2, "nobody asks for the columns");
}

/* Every place in a text of characters of 1, 2, 3 and 4 bytes. */
static void test_whole(void)
{
	static const char text[] = "a\303\244\342\202\254\360\237\230\200b";
	static const size_t wanted[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11 };

	for (size_t n = 0; n < sizeof wanted / sizeof *wanted; n++)
		is_int((intmax_t)utf8_whole(text, n), (intmax_t)wanted[n], "cut at byte %zu", n);
	is_int((intmax_t)utf8_whole("\377\376", 2), 2, "bytes that begin nothing stay");
	is_int((intmax_t)utf8_whole("\200\200\200\200", 4), 4, "so do those that continue nothing");
	is_int((intmax_t)utf8_whole("\360\200\200\200\200", 5), 5, "and a byte too many");
	is_int((intmax_t)utf8_whole("a\301\200", 3), 3, "and overlong forms");
	ok(utf8_continues('\200') && utf8_continues('\277') && !utf8_continues('\300') &&
			!utf8_continues('\177'),
		"which bytes continue a character");
}

int main(void)
{
	test_every_code_point();
	test_invalid();
	test_width();
	test_cut();
	test_whole();
	return done();
}
