/* fuzz: whatever a model's endpoint sends, the answer is valid, and the same however the stream is
 * cut */
#include "net/llm_join.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void on_text(void *arg, const char *text, size_t n)
{
	require(n > 0 && utf8_valid(text, n));
	str_addn(arg, text, n);
}

static void require_text(const struct str *s)
{
	require(s->data && strlen(s->data) == s->len && utf8_valid(s->data, s->len));
}

static void check(const struct llm_joined *j, const struct str *shown)
{
	require_text(&j->content.whole);
	require(shown->len == j->content.whole.len &&
		strcmp(shown->data, j->content.whole.data) == 0);
	require_text(&j->finish_reason);
	require_text(&j->model);
	require(j->prompt_tokens >= -1 && j->completion_tokens >= -1 && j->cost_nano >= -1);
	require(j->complete || j->error.kind != LLM_NO_ERROR);
	require((j->error.kind != LLM_NO_ERROR) == (j->error.text.len > 0));
	for (size_t i = 0; i < j->call_count; i++) {
		const struct llm_join_call *call = &j->calls[i];

		require_text(&call->id);
		require_text(&call->name);
		require_text(&call->arguments.whole);
		require(call->id.len > 0 && call->name.len > 0 && call->arguments.whole.len > 0);
		for (size_t k = 0; k < i; k++)
			require(strcmp(j->calls[k].id.data, call->id.data) != 0);
	}
}

static void describe(struct str *out, const struct llm_joined *j)
{
	str_addf(out, "%d|%d|%s|%s|%s|%s\n", j->complete, (int)j->error.kind, j->error.text.data,
		j->content.whole.data, j->finish_reason.data, j->model.data);
	for (size_t i = 0; i < j->call_count; i++)
		str_addf(out, "%s|%s|%s|%s\n", j->calls[i].id.data, j->calls[i].name.data,
			j->calls[i].arguments.whole.data,
			j->calls[i].extra ? j->calls[i].extra : "");
}

static void join(struct str *out, const char *data, size_t n, size_t step)
{
	struct str shown = { 0 };
	struct llm_join *j = llm_join_new(on_text, &shown);
	const struct llm_joined *joined;

	str_add(&shown, "");
	for (size_t i = 0; i < n; i += step) {
		size_t size = n - i < step ? n - i : step;
		char *piece = mem_alloc(size);
		int failed;

		memcpy(piece, data + i, size);
		failed = llm_join_feed(j, piece, size) < 0;
		free(piece);
		if (failed)
			break;
	}
	joined = llm_join_end(j);
	check(joined, &shown);
	describe(out, joined);
	llm_join_free(j);
	str_free(&shown);
}

/* Text in pieces is the text. */
static void check_text(const char *data, size_t n, size_t step)
{
	struct llm_text whole = { 0 }, pieces = { 0 };

	llm_text_add(&whole, data, n);
	for (size_t i = 0; i < n; i += step)
		llm_text_add(&pieces, data + i, n - i < step ? n - i : step);
	llm_text_end(&whole);
	llm_text_end(&pieces);
	require(whole.whole.len == pieces.whole.len);
	if (whole.whole.len > 0) {
		require(memcmp(whole.whole.data, pieces.whole.data, whole.whole.len) == 0);
		require(utf8_valid(whole.whole.data, whole.whole.len));
	}
	llm_text_free(&whole);
	llm_text_free(&pieces);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	const char *text = (const char *)data;
	size_t step = n > 0 ? data[n - 1] % 8 + 1 : 1;
	struct str whole = { 0 }, pieces = { 0 };

	join(&whole, text, n, n + 1);
	join(&pieces, text, n, step);
	require(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
	check_text(text, n, step);
	str_free(&whole);
	str_free(&pieces);
	return 0;
}
