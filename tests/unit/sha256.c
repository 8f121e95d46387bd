/* sha256: the examples of FIPS 180-4 and RFC 4231, every length around a block */
#include "base/sha256.h"

#include "tap.h"

static const char *hex(const unsigned char digest[SHA256_SIZE])
{
	static char text[2 * SHA256_SIZE + 1];

	for (int i = 0; i < SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return text;
}

static void is_digest(const char *text, const char *wanted)
{
	unsigned char digest[SHA256_SIZE];

	sha256(text, strlen(text), digest);
	is_str(hex(digest), wanted, "SHA-256 of %zu bytes", strlen(text));
}

static void test_digest(void)
{
	unsigned char digest[SHA256_SIZE];
	char *million = malloc(1000000);

	is_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	is_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	is_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	is_digest("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
		  "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
	if (!million)
		abort();
	memset(million, 'a', 1000000);
	sha256(million, 1000000, digest);
	is_str(hex(digest), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"SHA-256 of a million bytes");
	free(million);
}

/* The digest of the digests of 0 to 200 bytes, as coreutils' sha256sum has it. */
static void test_lengths(void)
{
	unsigned char digests[201 * SHA256_SIZE], data[200], digest[SHA256_SIZE];

	for (int i = 0; i < 200; i++)
		data[i] = (unsigned char)i;
	for (size_t n = 0; n <= 200; n++)
		sha256(data, n, digests + n * SHA256_SIZE);
	sha256(digests, sizeof digests, digest);
	is_str(hex(digest), "64ef7c229fce2408b5336b6a542fea0e078c3a87d2da85cb3fc52e2008b65021",
		"SHA-256 of 0 to 200 bytes");
}

static void is_hmac(int number, const void *key, size_t key_size, const void *data, size_t n,
	const char *wanted)
{
	unsigned char digest[SHA256_SIZE];

	sha256_hmac(key, key_size, data, n, digest);
	is_str(hex(digest), wanted, "RFC 4231, test case %d", number);
}

static void test_hmac(void)
{
	char b[20], aa[131], dd[50], cd[50], count[25];
	const char *large = "Test Using Larger Than Block-Size Key - Hash Key First";
	const char *larger =
		"This is a test using a larger than block-size key and a larger than block-size data. "
		"The key needs to be hashed before being used by the HMAC algorithm.";

	memset(b, 0x0b, sizeof b);
	memset(aa, 0xaa, sizeof aa);
	memset(dd, 0xdd, sizeof dd);
	memset(cd, 0xcd, sizeof cd);
	for (size_t i = 0; i < sizeof count; i++)
		count[i] = (char)(i + 1);
	is_hmac(1, b, 20, "Hi There", 8,
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	is_hmac(2, "Jefe", 4, "what do ya want for nothing?", 28,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	is_hmac(3, aa, 20, dd, 50,
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	is_hmac(4, count, 25, cd, 50,
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	is_hmac(6, aa, 131, large, strlen(large),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	is_hmac(7, aa, 131, larger, strlen(larger),
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
	is_hmac(0, NULL, 0, NULL, 0,
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
	test_digest();
	test_lengths();
	test_hmac();
	return done();
}
