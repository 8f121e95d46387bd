/* delivery: the outbox; what somebody is still to be told */
#include "store/delivery.h"

#include <ctype.h>
#include <string.h>

#include "store/db.h"

/* the outcome of the job before this one in its series, -1 for the first */
static int status_before(int64_t job)
{
	struct db_statement *s = db_prepare(
		"SELECT before.status FROM job AS before, job"
		" WHERE job.id = :id AND before.notify_on = 'change'"
		" AND before.label IS job.label AND before.type = job.type AND before.id < job.id"
		" AND before.status IN ('done', 'failed')"
		" ORDER BY before.id DESC LIMIT 1");
	int status = -1;

	db_bind_int(s, ":id", job);
	if (db_step(s))
		status = job_status_parse(db_text(s, 0));
	db_end(s);
	return status;
}

static int wanted(int64_t job, enum job_status status, const char *notify_on)
{
	if (!notify_on || strcmp(notify_on, "always") == 0)
		return 1;
	if (strcmp(notify_on, "done") == 0)
		return status == JOB_DONE;
	if (strcmp(notify_on, "failed") == 0)
		return status == JOB_FAILED;
	if (strcmp(notify_on, "change") != 0)
		return 0;
	if (status == JOB_FAILED)
		return status_before(job) != JOB_FAILED;
	return status == JOB_DONE && status_before(job) == JOB_FAILED;
}

void delivery_add(int64_t job, enum job_status status, int64_t event, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT (SELECT notify_on FROM job WHERE id = :job)"
					    " FROM notify WHERE job_id = :job LIMIT 1");
	int wants;

	db_bind_int(s, ":job", job);
	if (!db_step(s))
		return;
	wants = wanted(job, status, db_text(s, 0));
	db_end(s);
	if (!wants)
		return;
	s = db_prepare("INSERT INTO delivery (event_id, job_id, target, created_at)"
		       " SELECT :event, :job, target, :now FROM notify WHERE job_id = :job"
		       " ORDER BY target");
	db_bind_int(s, ":event", event);
	db_bind_int(s, ":job", job);
	db_bind_int(s, ":now", now);
	db_run(s);
}

int64_t delivery_open(void)
{
	struct db_statement *s = db_prepare("SELECT count(*) FROM delivery"
					    " WHERE status IN ('pending', 'sending', 'uncertain')");
	int64_t count = db_step(s) ? db_int(s, 0) : 0;

	db_end(s);
	return count;
}

static const char *digits(const char *p)
{
	const char *start = p;

	while (isdigit((unsigned char)*p))
		p++;
	return p > start && p - start <= 19 ? p : NULL;
}

/* CHAT is a number, negative for groups, or @name */
static int telegram_valid(const char *p)
{
	if (*p == '@') {
		size_t n = strspn(p + 1,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

		p = n ? p + 1 + n : NULL;
	} else {
		p = digits(*p == '-' ? p + 1 : p);
	}
	if (p && *p == '/')
		p = digits(p + 1);
	return p && *p == '\0';
}

static int printable(const char *p)
{
	if (!*p)
		return 0;
	for (; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return 0;
	return 1;
}

int delivery_target_valid(const char *text)
{
	const char *at;

	if (strcmp(text, "tty") == 0)
		return 1;
	if (strncmp(text, "telegram:", 9) == 0)
		return telegram_valid(text + 9);
	if (strncmp(text, "https://", 8) == 0)
		return printable(text + 8) && text[8] != '/';
	if (strncmp(text, "exec:", 5) == 0)
		return text[5] != '\0';
	if (strncmp(text, "mailto:", 7) != 0 || !printable(text + 7))
		return 0;
	at = strchr(text + 7, '@');
	return at && at > text + 7 && at[1];
}
