/* the outbox: what may still be sent after something else has happened */
#include "tap.h"

#include "base/clock.h"
#include "db/db.h"
#include "store/delivery.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/job_event.h"
#include "store/outbox.h"

enum { LATER = 1000000 };

static char home[] = "/tmp/bgjob-unit.XXXXXX";

/* A running job whose messages go to a chat. */
static int64_t running_job(char *target, int64_t now)
{
	char *notify[] = { target, NULL };
	struct job_new job;
	int64_t id, other;

	job_new_init(&job);
	job.command = "true";
	job.command_size = 5;
	job.directory = "/";
	job.notify = notify;
	db_begin();
	job.environment = environment_save("A=b", 4);
	id = job_add(&job, &other);
	db_exec("UPDATE job SET status = 'running', started_at = created_at, attempt = 1");
	is_int(job_event_milestone(id, "half of it", 0, 20, now), 0, "a milestone");
	db_commit();
	return id;
}

/* Take the next message for the receiver. Returns its kind, "" if there is none. */
static const char *next(const char *receiver, int64_t now, struct outbox_row *row)
{
	int64_t at;

	*row = (struct outbox_row){ 0 };
	if (outbox_next(receiver, now, row, &at) < 0 || !outbox_take(row, now))
		return "";
	return delivery_kind_name(row->kind);
}

/* A milestone is being sent when its job ends, and fails: it must not be sent after the final. */
static void overtaken(int doubtful, int64_t now)
{
	char target[] = "telegram:7";
	struct outbox_row milestone, final, none;
	int64_t job = running_job(target, now);

	db_begin();
	is_str(next(target, now, &milestone), "milestone", "it is on its way");
	db_exec("UPDATE job SET status = 'done', completed_at = 2000");
	delivery_add(job, JOB_DONE, job_event_add(job, 1, EVENT_DONE, now, NULL), now);
	if (doubtful)
		is_int(outbox_recover(now), 1, "the sender was killed");
	else
		outbox_again(&milestone, target, now + 1, "429");
	is_str(next(target, now + LATER, &final), "final", "the final goes");
	outbox_sent(&final, 1, now + LATER);
	is_str(next(target, now + 2 * LATER, &none), "", "and the milestone does not follow it");
	outbox_free(&milestone);
	outbox_free(&final);
	outbox_free(&none);
	db_commit();
}

/* While the job is running it is tried again. */
static void delayed(int64_t now)
{
	char target[] = "telegram:8";
	struct outbox_row milestone, again;

	running_job(target, now);
	db_begin();
	is_str(next(target, now, &milestone), "milestone", "it is on its way");
	outbox_again(&milestone, target, now + 1, "429");
	is_str(next(target, now + LATER, &again), "milestone", "it goes again");
	outbox_sent(&again, 2, now + LATER);
	outbox_free(&milestone);
	outbox_free(&again);
	db_commit();
}

/*
 * A chat that is reported as moved, and then as moved back: its messages are due, not moved for
 * ever.
 */
static void moved_back(int64_t now)
{
	const struct delivery_new note = { .kind = DELIVERY_NOTE,
		.target = "telegram:-9",
		.text = "x" };
	struct outbox_row row, there, back;

	db_begin();
	delivery_queue(&note, now);
	is_str(next("telegram:-9", now, &row), "note", "it is on its way");
	outbox_moved(&row, "telegram:-10");
	is_str(next("telegram:-9", now, &there), "", "the chat is elsewhere");
	outbox_follow();
	is_str(next("telegram:-10", now + LATER, &there), "note", "it follows");
	outbox_moved(&there, "telegram:-9");
	outbox_follow();
	is_str(next("telegram:-10", now + LATER, &back), "", "the chat is where it was");
	is_str(next("telegram:-9", now + 2 * LATER, &back), "note", "and it is sent there");
	outbox_sent(&back, 3, now + 2 * LATER);
	outbox_free(&row);
	outbox_free(&there);
	outbox_free(&back);
	db_commit();
}

/*
 * The flood gates record when they were used; after the clock was set back that is in the future.
 */
static void clock_set_back(int64_t now)
{
	const struct delivery_new note = { .kind = DELIVERY_NOTE,
		.target = "telegram:11",
		.text = "x" };
	struct outbox_row row, again;

	db_begin();
	delivery_queue(&note, now);
	is_str(next("telegram:11", now, &row), "note", "one is sent");
	outbox_sent(&row, 4, now);
	delivery_queue(&note, now - LATER);
	is_str(next("telegram:11", now - LATER, &again), "note",
		"a clock that is set back closes no gate");
	outbox_again(&again, "telegram:11", now + CLOCK_HOUR, "later");
	outbox_free(&row);
	is_str(next("telegram:11", now, &row), "", "a failure holds it up");
	outbox_free(&again);
	is_str(next("telegram:11", now - 2 * CLOCK_DAY, &again), "note",
		"not for days, when the clock is set back by as much");
	outbox_free(&row);
	outbox_free(&again);
	db_commit();
}

int main(void)
{
	if (!tap_folder(home) || setenv("BGJOB_HOME", home, 1) < 0)
		return 1;
	db_open(DB_WRITE);
	overtaken(0, LATER);
	overtaken(1, 10 * LATER);
	delayed(20 * LATER);
	moved_back(30 * LATER);
	clock_set_back(50 * LATER);
	db_close();
	return done();
}
