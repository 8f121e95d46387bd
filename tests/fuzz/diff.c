/* fuzz: the diff of two texts turns one into the other; any edit is applied whole or refused */
#include <stdlib.h>
#include <string.h>

#include "base/diff.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void check_made(const char *before, size_t n, const char *after, size_t m)
{
	struct str diff = { 0 }, result = { 0 }, why = { 0 };

	str_add(&result, "");
	diff_make(&diff, "a", before, n, "b", after, m);
	if (diff.len == 0) {
		require(n == m && memcmp(before, after, n) == 0);
	} else {
		require(diff_apply(&result, before, n, diff.data, diff.len, &why) == 0);
		require(result.len == m && memcmp(result.data, after, m) == 0 && why.len == 0);
	}
	str_free(&diff);
	str_free(&result);
	str_free(&why);
}

static void check_applied(const char *text, size_t n, const char *diff, size_t m)
{
	struct str result = { 0 }, why = { 0 };

	if (diff_apply(&result, text, n, diff, m, &why) < 0)
		require(result.len == 0 && why.len > 0);
	else
		require(result.len <= n + m + 1 && why.len == 0);
	str_free(&result);
	str_free(&why);
}

/* two texts, separated by a NUL */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	const char *text = (const char *)data, *middle = n ? memchr(data, '\0', n) : NULL;
	size_t m;

	if (!middle)
		return 0;
	m = n - (size_t)(middle - text) - 1;
	check_made(text, (size_t)(middle - text), middle + 1, m);
	check_applied(text, (size_t)(middle - text), middle + 1, m);
	return 0;
}
