/* targets: one parser and one message for all ways to give a target */
#include "tap.h"

#include "base/clock.h"
#include "store/target.h"
#include "submit/batch.h"
#include "submit/submission.h"
#include "task/task_form.h"

#define MESSAGE \
	"not a target (telegram:CHAT[/THREAD], https://..., mailto:ADDRESS, exec:PROGRAM, tty): "

static const struct {
	const char *text;
	int kind; /* -1: not a target */
} table[] = {
	{ "telegram:42", TARGET_TELEGRAM },
	{ "telegram:-1001234567890", TARGET_TELEGRAM },
	{ "telegram:42/7", TARGET_TELEGRAM },
	{ "telegram:@name_1", TARGET_TELEGRAM },
	{ "telegram:123456789012345678", TARGET_TELEGRAM },
	{ "telegram:1234567890123456789", -1 },
	{ "telegram:", -1 },
	{ "telegram:x", -1 },
	{ "telegram:-", -1 },
	{ "telegram:@", -1 },
	{ "telegram:@na-me", -1 },
	{ "telegram:42/", -1 },
	{ "telegram:42/x", -1 },
	{ "telegram:42/7/8", -1 },
	{ "telegram:42 ", -1 },
	{ "Telegram:42", -1 },
	{ "https://example.org/x?y=z", TARGET_WEBHOOK },
	{ "https://", -1 },
	{ "https:///x", -1 },
	{ "https://a b", -1 },
	{ "https://a\nb", -1 },
	{ "http://example.org", -1 },
	{ "mailto:ann@example.org", TARGET_MAIL },
	{ "mailto:@example.org", -1 },
	{ "mailto:ann@", -1 },
	{ "mailto:ann", -1 },
	{ "mailto:ann@example.org\r\nBcc:x", -1 },
	{ "exec:true", TARGET_EXEC },
	{ "exec:/bin/a program", TARGET_EXEC },
	{ "exec:", -1 },
	{ "tty", TARGET_TTY },
	{ "tty:/dev/pts/1", TARGET_TTY },
	{ "tty:", -1 },
	{ "tty:/etc/passwd", -1 },
	{ "ttyS0", -1 },
	{ "", -1 },
	{ "nowhere", -1 },
};

/* each returns 0, or -1 with the reason in why */
static int as_text(const char *target, struct str *why)
{
	return target_check(target, why) < 0 ? -1 : 0;
}

static int as_option(const char *target, struct str *why)
{
	struct submission s;
	int status;

	submission_init(&s);
	status = submission_set(&s, "notify", target);
	ok((status == 0) == (s.target_count == 1), "it is kept if it is taken");
	str_add(why, s.why.data);
	submission_free(&s);
	return status;
}

static int as_caller(const char *target, struct str *why)
{
	struct submission s;
	int status;

	submission_init(&s);
	status = submission_notify(&s, target);
	if (status < 0)
		str_add(why, s.why.data);
	submission_free(&s);
	return status;
}

static int as_task_option(const char *target, struct str *why)
{
	struct task_form f;
	int status;

	task_form_init(&f);
	status = task_form_set(&f, "notify", target);
	str_add(why, f.why.data);
	task_form_free(&f);
	return status;
}

/* {"BEFORE"notify":TARGET}; newlines are the only bytes of the table to be escaped */
static void make_json(struct str *json, const char *before, const char *target)
{
	str_addf(json, "{%s\"notify\":\"", before);
	str_escape(json, target, strlen(target));
	str_add(json, "\"}");
}

static int as_batch_line(const char *target, struct str *why)
{
	struct str line = { 0 };
	struct submission s;
	struct cJSON *json;
	int status;

	make_json(&line, "", target);
	submission_init(&s);
	status = batch_line(&s, line.data, line.len, &json);
	str_add(why, s.why.data);
	submission_free(&s);
	batch_free(json);
	str_free(&line);
	return status;
}

static int as_task_json(const char *target, struct str *why)
{
	struct str text = { 0 };
	struct task_form f;
	int status;

	make_json(&text, "\"name\":\"a\",\"trigger\":{\"type\":\"every\",\"every\":\"1h\"},",
		target);
	task_form_init(&f);
	status = task_form_json(&f, text.data, text.len);
	str_add(why, f.why.data);
	task_form_free(&f);
	str_free(&text);
	return status;
}

/* a target with %u is checked for each user, once they are known */
static int as_expanded(const char *target, struct str *why)
{
	struct task_form f;
	int status;

	task_form_init(&f);
	task_form_set(&f, "name", "a");
	task_form_set(&f, "every", "1h");
	task_form_set(&f, "shell", "true");
	task_form_set(&f, "user", target);
	status = task_form_set(&f, "notify", "telegram:%u") < 0 ||
			task_form_finish(&f, clock_now()) < 0
		? -1
		: 0;
	str_add(why, f.why.data);
	task_form_free(&f);
	return status;
}

static const struct {
	const char *name, *before; /* before: what precedes the message */
	int (*set)(const char *target, struct str *why);
} doors[] = {
	{ "target_check", "", as_text },
	{ "submit --notify", "", as_option },
	{ "submission_notify", "", as_caller },
	{ "task add --notify", "", as_task_option },
	{ "batch JSON", "notify: ", as_batch_line },
	{ "task JSON", "notify: ", as_task_json },
};

static void check_door(size_t door, const char *target, int kind)
{
	struct str got = { 0 }, wanted = { 0 };
	int status;

	str_add(&got, "");
	str_add(&wanted, "");
	status = doors[door].set(target, &got);
	if (kind < 0)
		str_addf(&wanted, "%s" MESSAGE "%s", doors[door].before, target);
	is_int(status, kind < 0 ? -1 : 0, "%s: '%s'", doors[door].name, target);
	is_str(got.data, wanted.data, "%s: what is said of '%s'", doors[door].name, target);
	str_free(&got);
	str_free(&wanted);
}

static void expanded(void)
{
	struct str why = { 0 };

	is_int(as_expanded("42", &why), 0, "%%u that makes a target");
	is_str(why.data, "", "nothing is said of it");
	is_int(as_expanded("ann", &why), -1, "%%u that makes none");
	is_str(why.data, "--notify: " MESSAGE "telegram:ann",
		"with the expanded target in the message");
	str_free(&why);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		is_int(target_kind(table[i].text), table[i].kind, "the kind of '%s'",
			table[i].text);
		for (size_t door = 0; door < sizeof(doors) / sizeof(*doors); door++)
			check_door(door, table[i].text, table[i].kind);
	}
	expanded();
	return done();
}
