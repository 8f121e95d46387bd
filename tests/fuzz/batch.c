/* fuzz: a line of a batch is refused with a reason, or means the same when it is written again */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "submit/batch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void require_strings(const struct str *block)
{
	require(block->len == 0 || block->data[block->len - 1] == '\0');
}

static int same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void require_same(const struct submission *a, const struct submission *b)
{
	require(a->command.len == b->command.len);
	require(a->command.len == 0 ||
		memcmp(a->command.data, b->command.data, a->command.len) == 0);
	require(same_text(a->shell, b->shell) && same_text(a->input_text, b->input_text));
	require(same_text(a->directory, b->directory) && same_text(a->environment, b->environment));
	require(same_text(a->job.queue, b->job.queue) && same_text(a->job.label, b->job.label));
	require(a->job.priority == b->job.priority && a->job.timeout_ms == b->job.timeout_ms);
	require(a->job.retries == b->job.retries && a->job.max_output == b->job.max_output);
	require(a->job.after_count == b->job.after_count && a->target_count == b->target_count);
}

static void check_again(const struct submission *first, const cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);
	struct submission again;
	cJSON *other;

	require(text != NULL);
	submission_init(&again);
	require(batch_line(&again, text, strlen(text), &other) == 0);
	require_same(first, &again);
	batch_free(other);
	submission_free(&again);
	cJSON_free(text);
}

static void check_line(const char *line, size_t n)
{
	struct submission s;
	cJSON *json;

	submission_init(&s);
	if (batch_line(&s, line, n, &json) < 0) {
		require(s.why.len > 0);
	} else {
		require(json && s.why.len == 0);
		require_strings(&s.command);
		check_again(&s, json);
	}
	batch_free(json);
	submission_free(&s);
}

/* Any arguments, written as JSON by another library, arrive byte for byte. */
static void check_arguments(const char *data, size_t n)
{
	cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "command");
	struct str want = { 0 };
	struct submission s;
	cJSON *json;
	char *text;

	str_addn(&want, data, n);
	str_addc(&want, '\0');
	for (const char *at = want.data; at < want.data + want.len; at += strlen(at) + 1)
		cJSON_AddItemToArray(list, cJSON_CreateString(at));
	text = cJSON_PrintUnformatted(object);
	submission_init(&s);
	require(batch_line(&s, text, strlen(text), &json) == 0);
	require(s.command.len == want.len && memcmp(s.command.data, want.data, want.len) == 0);
	batch_free(json);
	submission_free(&s);
	cJSON_free(text);
	cJSON_Delete(object);
	str_free(&want);
}

/* A first byte of "!" chooses arguments, ended by NUL each; everything else is a line. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	/* a copy with nothing after it, so that a read beyond the end is noticed */
	char *copy = malloc(n ? n : 1);

	require(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	if (n && copy[0] == '!')
		check_arguments(copy + 1, n - 1);
	else
		check_line(copy, n);
	free(copy);
	return 0;
}
