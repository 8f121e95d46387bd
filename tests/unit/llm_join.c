/* llm_join: the streams of many servers (tests/unit/streams), cut in every way */
#include "net/llm_join.h"

#include <dirent.h>

#include "tap.h"

static const char folder[] = "tests/unit/streams";

static char *read_file(const char *name, size_t *n)
{
	char path[300], *data;
	FILE *file;
	long size;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0)
		abort();
	rewind(file);
	data = mem_alloc((size_t)size + 1);
	*n = fread(data, 1, (size_t)size, file);
	data[*n] = '\0';
	fclose(file);
	return data;
}

static void on_text(void *arg, const char *text, size_t n)
{
	str_addn(arg, text, n);
}

static void add_line(struct str *out, const char *name, const char *text)
{
	if (!*text)
		return;
	str_addf(out, "%s ", name);
	str_escape(out, text, strlen(text));
	str_addc(out, '\n');
}

/* The joined answer, in the form of the .want files. */
static void describe(struct str *out, const struct llm_joined *j)
{
	static const char *const kinds[] = { "none", "passing", "doubtful", "lasting" };

	add_line(out, "content", j->content.whole.data);
	for (size_t i = 0; i < j->call_count; i++) {
		const struct llm_join_call *call = &j->calls[i];

		str_addf(out, "call %s %s ", call->id.data, call->name.data);
		str_escape(out, call->arguments.whole.data, call->arguments.whole.len);
		str_addf(out, "%s%s\n", call->extra ? " " : "", call->extra ? call->extra : "");
	}
	add_line(out, "finish", j->finish_reason.data);
	add_line(out, "model", j->model.data);
	if (j->prompt_tokens >= 0)
		str_addf(out, "usage %" PRId64 " %" PRId64 " %" PRId64 "\n", j->prompt_tokens,
			j->completion_tokens, j->cost_nano);
	if (j->error.kind != LLM_NO_ERROR)
		str_addf(out, "error %s: %s\n", kinds[j->error.kind], j->error.text.data);
	str_addf(out, "%s\n", j->complete ? "complete" : "not complete");
}

/* In pieces of `step` bytes, the first one of `first`. Returns the description. */
static char *join(const char *data, size_t n, size_t first, size_t step)
{
	struct str shown = { 0 }, out = { 0 };
	struct llm_join *j = llm_join_new(on_text, &shown);
	const struct llm_joined *joined;
	size_t size = first;

	str_add(&shown, "");
	for (size_t i = 0; i < n; i += size, size = step) {
		char *piece;

		if (i > 0)
			size = step;
		if (size > n - i)
			size = n - i;
		/* a copy, so that a sanitizer sees a read beyond its end */
		piece = mem_dupn(data + i, size);
		if (llm_join_feed(j, piece, size) < 0)
			n = 0;
		free(piece);
		if (n == 0)
			break;
	}
	joined = llm_join_end(j);
	describe(&out, joined);
	if (strcmp(shown.data, joined->content.whole.data) != 0)
		str_addf(&out, "shown was something else: %s\n", shown.data);
	str_free(&shown);
	llm_join_free(j);
	return str_take(&out);
}

/* The same stream with other line ends, after a byte order mark. */
static char *with_ends(const char *data, size_t n, const char *end, size_t *size)
{
	struct str s = { 0 };

	str_add(&s, "\xEF\xBB\xBF");
	for (size_t i = 0; i < n; i++) {
		if (data[i] == '\n')
			str_add(&s, end);
		else
			str_addc(&s, data[i]);
	}
	*size = s.len;
	return str_take(&s);
}

static int differs(const char *wanted, const char *data, size_t n, size_t first, size_t step)
{
	char *got = join(data, n, first, step);
	int other = strcmp(got, wanted) != 0;

	free(got);
	return other;
}

static void check_cuts(const char *name, const char *wanted, const char *data, size_t n)
{
	int wrong = 0;

	for (size_t i = 1; i < n; i++)
		wrong += differs(wanted, data, n, i, n);
	for (size_t step = 1; step < 8; step++)
		wrong += differs(wanted, data, n, step, step);
	is_int(wrong, 0, "%s: the same however it is cut", name);
}

static void check_ends(const char *name, const char *wanted, const char *data, size_t n)
{
	static const char *const ends[] = { "\r\n", "\r", "\n" };
	int wrong = 0;

	for (int i = 0; i < 3; i++) {
		size_t size;
		char *other = with_ends(data, n, ends[i], &size);

		for (size_t step = 1; step < 4; step++)
			wrong += differs(wanted, other, size, step, step);
		wrong += differs(wanted, other, size, size, size);
		free(other);
	}
	is_int(wrong, 0, "%s: with CR LF, CR or LF, after a byte order mark", name);
}

static void check(const char *name)
{
	size_t n, wanted_size;
	char want_name[300], *data = read_file(name, &n), *wanted, *got;

	snprintf(want_name, sizeof want_name, "%s.want", name);
	wanted = read_file(want_name, &wanted_size);
	got = join(data, n, n, n);
	if (is_str(got, wanted, "%s", name)) {
		check_cuts(name, wanted, data, n);
		if (strstr(name, ".sse") && n > 0)
			check_ends(name, wanted, data, n);
	}
	free(got);
	free(wanted);
	free(data);
}

static int is_stream(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot &&
		(strcmp(dot, ".sse") == 0 || strcmp(dot, ".json") == 0 ||
			strcmp(dot, ".html") == 0);
}

/* Memory is limited, even if a server never stops sending. */
static void check_limits(void)
{
	struct llm_join *j = llm_join_new(NULL, NULL);
	char *piece = mem_zero(1, (size_t)1 << 20);
	int fed = 0;

	memset(piece, 'x', (size_t)1 << 20);
	while (fed < 100 && llm_join_feed(j, piece, (size_t)1 << 20) == 0)
		fed++;
	is_int(fed, 16, "16 MiB without an end are taken, not more");
	is_str(llm_join_end(j)->error.text.data, "The model's answer is longer than 16 MiB",
		"which is an error");
	llm_join_free(j);
	j = llm_join_new(NULL, NULL);
	for (int i = 0; i < 200; i++) {
		char text[200];
		int size = snprintf(text, sizeof text,
			"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,"
			"\"function\":{\"name\":\"x\"}}]}}]}\n\n",
			i);

		llm_join_feed(j, text, (size_t)size);
	}
	is_int((intmax_t)llm_join_end(j)->call_count, 128, "and 128 tool calls");
	llm_join_free(j);
	free(piece);
}

int main(int argc, char *argv[])
{
	struct dirent **entries;
	int count;

	if (argc == 2) {
		/* to write a .want file */
		size_t n;
		char *data = read_file(argv[1], &n), *got = data ? join(data, n, n, n) : NULL;

		fputs(got ? got : "no such file\n", stdout);
		return got ? 0 : 1;
	}
	count = scandir(folder, &entries, is_stream, alphasort);
	ok(count >= 50, "there are %d streams", count);
	for (int i = 0; i < count; i++) {
		check(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	check_limits();
	return done();
}
