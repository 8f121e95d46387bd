/* check: whether the store is intact and consistent */
#include "store/check.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "db/db.h"
#include "db/home.h"
#include "store/job.h"

struct check {
	void (*problem)(const char *text, void *arg);
	void *arg;
	int count;
};

/* each query returns the ids of the jobs, memory blocks or proposals that break the rule */
static const struct rule {
	const char *sql, *text;
} rules[] = {
	{ "SELECT id FROM job WHERE (status = 'running') <> (claim IS NOT NULL)",
		"has a claim without running, or runs without one" },
	{ "SELECT id FROM job WHERE (status IN ('queued', 'running')) <> (completed_at IS NULL)",
		"has an end without having ended, or ended without one" },
	{ "SELECT id FROM job WHERE status = 'running' AND NOT EXISTS (SELECT 1 FROM attempt"
	  " WHERE job_id = id AND attempt.attempt = job.attempt AND attempt.claim = job.claim"
	  " AND ended_at IS NULL)",
		"runs without an open attempt" },
	{ "SELECT job_id FROM attempt JOIN job ON job.id = job_id WHERE ended_at IS NULL"
	  " AND (status <> 'running' OR job.attempt <> attempt.attempt)",
		"has an open attempt that is not its running one" },
	{ "SELECT job_id FROM attempt JOIN job ON job.id = job_id"
	  " WHERE attempt.attempt > job.attempt",
		"has an attempt beyond its latest" },
	{ "SELECT id FROM job WHERE status = 'done' AND NOT EXISTS (SELECT 1 FROM attempt"
	  " WHERE job_id = id AND attempt.attempt = job.attempt AND wait_status = 0)",
		"is done, but its latest attempt did not end with 0" },
	{ "SELECT job_id FROM attempt JOIN job ON job.id = job_id WHERE status = 'done'"
	  " AND job.attempt = attempt.attempt AND (stdout_bytes + stderr_bytes) <> coalesce("
	  " (SELECT sum(size + omitted) FROM result WHERE result.job_id = attempt.job_id"
	  "  AND result.attempt = attempt.attempt), 0)",
		"is done, but its stored output has another size than it wrote" },
	{ "SELECT job_id FROM result WHERE data IS NOT NULL AND length(data) <> size",
		"has a result of another size than stated" },
	{ "SELECT min(id) FROM job WHERE run_id IS NOT NULL GROUP BY run_id, user_id"
	  " HAVING count(*) > 1",
		"is not the only one of its run for its user" },
	{ "SELECT id FROM job WHERE NOT EXISTS (SELECT 1 FROM event WHERE job_id = job.id"
	  " AND kind = 'queued')",
		"has no event of having been queued" },
	{ "SELECT id FROM job WHERE status IN ('done', 'failed', 'cancelled')"
	  " AND (SELECT count(*) FROM event WHERE job_id = job.id AND kind = status"
	  "  AND attempt = job.attempt) <> 1",
		"ended, but not with exactly one event of it" },
	{ "SELECT id FROM job WHERE status = 'queued' AND (hold & " HOLD_DEPENDENCY_SQL
	  ") <> EXISTS (SELECT 1"
	  " FROM dependency AS d JOIN job AS other ON other.id = d.on_id"
	  " WHERE d.job_id = job.id AND other.status IN ('queued', 'running'))",
		"waits for nothing, or does not wait for an unfinished dependency" },
	{ "SELECT d.job_id FROM dependency AS d JOIN job ON job.id = d.job_id"
	  " JOIN job AS other ON other.id = d.on_id WHERE job.status = 'queued'"
	  " AND d.kind = 'done' AND other.status IN ('failed', 'cancelled')",
		"waits for a job that has failed" },
	{ "SELECT id FROM job WHERE status <> 'queued' AND hold <> 0",
		"is held without being queued" },
	{ "SELECT job_id FROM session WHERE job_id IS NOT NULL AND NOT EXISTS (SELECT 1"
	  " FROM attempt WHERE attempt.job_id = session.job_id"
	  " AND attempt.attempt = session.attempt)",
		"has a session of an attempt that it never had" },
	{ "SELECT delivery.job_id FROM delivery JOIN event ON event.id = event_id"
	  " WHERE event.job_id <> delivery.job_id",
		"has a delivery for another job's event" },
};

static const struct rule block_rules[] = {
	{ "SELECT id FROM memory_block AS b WHERE NOT EXISTS (SELECT 1 FROM memory_version AS v"
	  " WHERE v.block_id = b.id AND v.version = b.version AND v.title = b.title"
	  " AND v.body = b.body)",
		"is another than its newest version" },
};

static const struct rule proposal_rules[] = {
	{ "SELECT id FROM memory_proposal WHERE status = 'approved' AND NOT EXISTS (SELECT 1"
	  " FROM memory_version WHERE proposal_id = memory_proposal.id)",
		"was approved, but made no version" },
};

static void found(struct check *c, const char *text)
{
	c->count++;
	c->problem(text, c->arg);
}

/* a pragma that answers "ok", or else with problems in its first column */
static void run_pragma(struct check *c, const char *sql)
{
	struct db_statement *s = db_compile(sql);

	while (db_step(s)) {
		const char *text = db_text(s, 0);

		if (text && strcmp(text, "ok") != 0)
			found(c, text);
	}
	db_free(s);
}

static void run_rule(struct check *c, const char *what, const struct rule *rule)
{
	struct db_statement *s = db_compile(rule->sql);
	char text[160];

	while (db_step(s)) {
		snprintf(text, sizeof(text), "%s %lld %s", what, (long long)db_int(s, 0),
			rule->text);
		found(c, text);
	}
	db_free(s);
}

static void run_rules(struct check *c)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		run_rule(c, "job", &rules[i]);
	for (size_t i = 0; i < sizeof(block_rules) / sizeof(*block_rules); i++)
		run_rule(c, "memory block", &block_rules[i]);
	for (size_t i = 0; i < sizeof(proposal_rules) / sizeof(*proposal_rules); i++)
		run_rule(c, "proposal", &proposal_rules[i]);
}

static void check_foreign_keys(struct check *c)
{
	struct db_statement *s = db_compile("PRAGMA foreign_key_check");
	char text[160];

	while (db_step(s)) {
		snprintf(text, sizeof(text), "table %.40s, row %lld: no such row in %.40s",
			db_text(s, 0), (long long)db_int(s, 1), db_text(s, 2));
		found(c, text);
	}
	db_free(s);
}

static void check_files(struct check *c)
{
	struct db_statement *s = db_compile(
		"SELECT job_id, file, size + omitted FROM result WHERE file IS NOT NULL"
		" UNION ALL SELECT job_id, file, size FROM input WHERE file IS NOT NULL");
	char text[300];

	while (db_step(s)) {
		struct stat st;

		if (fstatat(home_folder(HOME_RESULTS), db_text(s, 1), &st, AT_SYMLINK_NOFOLLOW) ==
				0 &&
			S_ISREG(st.st_mode) && st.st_size == db_int(s, 2))
			continue;
		snprintf(text, sizeof(text),
			"job %lld: results/%.100s is missing or has another size",
			(long long)db_int(s, 0), db_text(s, 1));
		found(c, text);
	}
	db_free(s);
}

int check_quick(void (*problem)(const char *text, void *arg), void *arg)
{
	struct check c = { problem, arg, 0 };

	run_pragma(&c, "PRAGMA quick_check");
	return c.count;
}

int check_store(void (*problem)(const char *text, void *arg), void *arg)
{
	struct check c = { problem, arg, 0 };

	db_snapshot();
	run_pragma(&c, "PRAGMA integrity_check");
	check_foreign_keys(&c);
	run_rules(&c);
	check_files(&c);
	db_rollback();
	return c.count;
}
