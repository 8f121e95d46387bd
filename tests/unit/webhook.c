/* webhook: signatures, the allow list and targets */
#include "net/webhook.h"

#include "base/str.h"
#include "net/http.h"
#include "tap.h"

static void test_signature(void)
{
	char signature[WEBHOOK_SIGNATURE];

	webhook_sign("Jefe", "what do ya want for nothing?", 28, signature);
	is_str(signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		"the signature is the HMAC in hexadecimal digits");
}

static void test_allowed(void)
{
	ok(webhook_allowed("hooks.example.org", "hooks.example.org"), "one name");
	ok(webhook_allowed("a, B.example ,[::1]", "b.example"), "a list, letters of either case");
	ok(webhook_allowed("a,[::1]", "::1") && webhook_allowed("::1,a", "::1"), "an IPv6 address");
	ok(webhook_allowed("127.0.0.1", "127.0.0.1"), "an IPv4 address");
	ok(!webhook_allowed("example.org", "hooks.example.org"), "not a name below it");
	ok(!webhook_allowed("hooks.example.org", "example.org"), "nor above it");
	ok(!webhook_allowed("a,,b", "") && !webhook_allowed(NULL, "a") && !webhook_allowed("", "a"),
		"nor nothing");
}

static void test_check(void)
{
	static const char *const good[] = { "https://example.org/x?y=z", "https://example.org:8443",
		"https://[::1]/", "HTTPS://EXAMPLE.ORG/" };
	static const char *const bad[] = { "http://example.org/", "ftp://example.org/", "https://",
		"example.org", "", "https://exa mple.org/", "file:///etc/passwd",
		"https://example.org:99999/" };
	struct str why = { 0 };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ok(webhook_check(good[i], &why) == 0, "a target: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		str_clear(&why);
		ok(webhook_check(bad[i], &why) < 0 && why.len > 0, "no target: %s", bad[i]);
	}
	str_free(&why);
}

static void is_host(const char *url, const char *wanted)
{
	char *host = http_host(url, NULL);

	is_str(host, wanted, "the host of %s", url);
	free(host);
}

static void test_host(void)
{
	is_host("https://Example.ORG/x", "example.org");
	is_host("https://user:pass@example.org:1/", "example.org");
	is_host("https://2130706433/", "127.0.0.1");
	is_host("https://0x7f.1/", "127.0.0.1");
	is_host("https://127.1/", "127.0.0.1");
	is_host("https://[::1]:8/", "::1");
	is_host("nothing at all", NULL);
}

int main(void)
{
	test_signature();
	test_allowed();
	test_check();
	test_host();
	return done();
}
