/* mail: addresses and messages */
#include "net/mail.h"

#include "base/str.h"
#include "base/utf8.h"
#include "tap.h"

static void test_addresses(void)
{
	static const char *const good[] = { "a@b", "first.last+tag@mail.example.org", "o'x_y-z@[" };
	static const char *const bad[] = { "", "a", "@b", "a@", "a@b@c", "a b@c",
		"a@b\r\nRCPT TO:<x@y>", "<a@b>", "\"a\"@b", "-a@b", "a@-b", "a,b@c", "\xC3\xA4@b",
		"a@b\x7F", "a@.b" };
	char longest[300];

	for (size_t i = 0; i < 2; i++)
		ok(mail_address_valid(good[i]), "an address: %s", good[i]);
	ok(!mail_address_valid(good[2]), "no literal address");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!mail_address_valid(bad[i]), "no address: %s", bad[i]);
	memset(longest, 'a', sizeof longest);
	longest[1] = '@';
	longest[254] = '\0';
	ok(mail_address_valid(longest), "254 bytes");
	longest[254] = 'a';
	longest[255] = '\0';
	ok(!mail_address_valid(longest), "but not more");
}

static void write_mail(struct str *s, const char *subject, const char *text, size_t n)
{
	struct mail m = { "to@example.org", subject, text, n, "42-1 x", INT64_C(1767225600123) };

	str_clear(s);
	mail_write(s, &m, "from@example.net");
}

static void test_message(void)
{
	struct str s = { 0 };

	write_mail(&s, "Job 42 done", "a = b \nzwei \xC3\xA4\n\n.\nend", 21);
	is_str(s.data,
		"From: from@example.net\r\nTo: to@example.org\r\nSubject: Job 42 done\r\n"
		"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
		"Message-ID: <bgjob.42-1=20x@example.net>\r\nAuto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"a =3D b=20\r\nzwei =C3=A4\r\n\r\n.\r\nend\r\n",
		"a whole message");
	write_mail(&s, NULL, "", 0);
	ok(strstr(s.data, "Subject: \r\n") != NULL, "no subject");
	str_free(&s);
}

/* Check every line and its end; returns how many are wrong. */
static int bad_lines(const struct str *s, size_t limit)
{
	int bad = 0;

	for (size_t i = 0; i < s->len;) {
		char *end = memmem(s->data + i, s->len - i, "\r\n", 2);
		size_t length = end ? (size_t)(end - (s->data + i)) : s->len - i;

		bad += !end || length > limit;
		for (size_t k = 0; k < length; k++)
			bad += s->data[i + k] != '\t' &&
				(s->data[i + k] < ' ' || s->data[i + k] > '~');
		i += length + 2;
	}
	return bad;
}

static void test_hostile(void)
{
	struct str s = { 0 }, long_text = { 0 };

	write_mail(&s, "x\r\nBcc: victim@example.org\r\n\r\nbody", "t", 1);
	ok(strstr(s.data, "\nBcc") == NULL, "a subject makes no other header");
	write_mail(&s, "\xF0\x9F\x94\x84 \xC3\xA4\xC3\xB6\xC3\xBC \xFF =?UTF-8?Q?x?=", "t", 1);
	ok(strstr(s.data, "Subject: =?UTF-8?B?8J+UhCDDpMO2w7wg77+9ID0/VVRGLTg/UT94Pz0=?=\r\n") !=
			NULL,
		"a subject that is not ASCII is encoded, its bad bytes replaced");
	for (int i = 0; i < 300; i++)
		str_add(&long_text,
			"\xF0\x9F\x94\x84"
			"a");
	write_mail(&s, long_text.data, "t", 1);
	is_int(bad_lines(&s, 76), 0, "a long one is folded");
	str_clear(&long_text);
	for (unsigned i = 0; i < 1u << 20; i++)
		str_addc(&long_text, (char)(i * 7919u >> 3));
	write_mail(&s, "s", long_text.data, long_text.len);
	is_int(bad_lines(&s, 76), 0, "1 MiB of any bytes becomes short lines of ASCII");
	str_clear(&long_text);
	for (int i = 0; i < 100000; i++)
		str_addc(&long_text, i % 100 ? ' ' : '\n');
	write_mail(&s, "s", long_text.data, long_text.len);
	is_int(bad_lines(&s, 76), 0, "so do blanks");
	ok(strstr(s.data, " \r\n") == NULL, "and none ends a line");
	str_free(&s);
	str_free(&long_text);
}

int main(void)
{
	test_addresses();
	test_message();
	test_hostile();
	return done();
}
