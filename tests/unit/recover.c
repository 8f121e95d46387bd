/* recovery from every state in which a death can leave a running attempt */
#include <fcntl.h>
#include <sys/stat.h>

#include "tap.h"

#include "base/clock.h"
#include "base/process.h"
#include "db/db.h"
#include "db/home.h"
#include "run/recover.h"
#include "run/spool.h"
#include "shim/state.h"
#include "store/check.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/transition.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

/* how an attempt was left */
struct scene {
	const char *name;
	int starting, record; /* marks */
	int torn, other_claim, other_boot, synced, wrong_size, removed, locked, cancelled;
	int64_t retries;
	int wait_status;
	/* the expected result */
	enum job_status status;
	const char *reason;
};

static const struct scene scenes[] = {
	{ .name = "claimed, never started", .status = JOB_QUEUED },
	{ .name = "started, nobody saw the end",
		.starting = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "ended well without a pool", .starting = 1, .record = 1, .status = JOB_DONE },
	{ .name = "ended badly without a pool",
		.starting = 1,
		.record = 1,
		.wait_status = STATE_EXIT(7),
		.status = JOB_FAILED,
		.reason = "exit 7" },
	{ .name = "killed without a pool",
		.starting = 1,
		.record = 1,
		.wait_status = 9,
		.status = JOB_FAILED,
		.reason = "killed by SIGKILL" },
	{ .name = "a torn record",
		.starting = 1,
		.record = 1,
		.torn = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "a record of another claim",
		.starting = 1,
		.record = 1,
		.other_claim = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "never started, before a reboot",
		.other_boot = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "a record from before a reboot, not synced",
		.starting = 1,
		.record = 1,
		.other_boot = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "a record from before a reboot, synced",
		.starting = 1,
		.record = 1,
		.other_boot = 1,
		.synced = 1,
		.status = JOB_DONE },
	{ .name = "the same with another size",
		.starting = 1,
		.record = 1,
		.other_boot = 1,
		.synced = 1,
		.wrong_size = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "the file removed",
		.starting = 1,
		.removed = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
	{ .name = "the lock held", .locked = 1, .status = JOB_RUNNING },
	{ .name = "the lock held beside a record",
		.starting = 1,
		.record = 1,
		.locked = 1,
		.status = JOB_RUNNING },
	{ .name = "cancelled between claim and start",
		.cancelled = 1,
		.status = JOB_CANCELLED,
		.reason = "cancelled by user 42" },
	{ .name = "interrupted with a retry left",
		.starting = 1,
		.retries = 1,
		.status = JOB_QUEUED,
		.reason = "interrupted by restart" },
	{ .name = "interrupted and cancelled: no retry",
		.starting = 1,
		.retries = 1,
		.cancelled = 1,
		.status = JOB_FAILED,
		.reason = "interrupted by restart" },
};

static int64_t add_job(const struct scene *scene)
{
	struct job_new job;
	int64_t id, other;

	job_new_init(&job);
	job.command = "true";
	job.command_size = 5;
	job.directory = "/";
	job.retries = scene->retries;
	db_begin();
	job.environment = environment_save("A=b", 4);
	id = job_add(&job, &other);
	db_commit();
	return id;
}

static void write_output(int64_t id, const char *suffix, const char *text)
{
	char name[STATE_NAME];
	int fd;

	state_name(name, id, 1, suffix);
	fd = openat(home_folder(HOME_SPOOL), name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	close(fd);
}

static void write_record(int state, int64_t id, const struct scene *scene)
{
	struct state_record r = { .job = id,
		.attempt = 1,
		.ended_at = clock_now(),
		.ended = STATE_BY_ITSELF,
		.wait_status = scene->wait_status,
		.bytes = { scene->wrong_size ? 99 : 6, 0 },
		.synced = scene->synced };

	snprintf(r.claim, sizeof(r.claim), "%s", scene->other_claim ? "another" : "token");
	snprintf(r.boot, sizeof(r.boot), "%s", process_boot());
	state_seal(&r);
	if (scene->torn)
		r.bytes[0]++;
	state_write(state, STATE_AT_RECORD, &r, sizeof(r));
}

/* claim the job as a pool does, and leave it as the scene says; returns the lock if it is held */
static int set_up(const struct scene *scene, int64_t id)
{
	struct state_command mark = { .starting = 1 };
	int64_t attempt = 1;
	int state, streams;

	db_begin();
	state = spool_reserve(id, &attempt, "token", &streams);
	transition_start(&(struct transition_start){ .job = id,
		.attempt = attempt,
		.claim = "token",
		.boot = process_boot(),
		.pool = -1,
		.slot = 1,
		.now = clock_now() });
	if (scene->cancelled)
		transition_ask_cancel(id, "user 42", clock_now());
	db_commit();
	if (scene->other_boot)
		state_write_head(state, id, 1, "token", "another boot");
	if (scene->starting) {
		state_write(state, STATE_AT_COMMAND, &mark, sizeof(mark));
		write_output(id, "out", "hello\n");
		write_output(id, "err", "");
	}
	if (scene->record)
		write_record(state, id, scene);
	if (scene->removed)
		spool_remove(id, 1);
	if (scene->locked)
		return state;
	close(state);
	return -1;
}

static int spool_has(int64_t id)
{
	char name[STATE_NAME];
	struct stat st;

	state_name(name, id, 1, "state");
	return fstatat(home_folder(HOME_SPOOL), name, &st, 0) == 0;
}

static void check_outcome(const struct scene *scene, int64_t id)
{
	struct job job;

	job_get(id, &job);
	is_str(job_status_name(job.status), job_status_name(scene->status), "%s: status",
		scene->name);
	is_str(job.reason ? job.reason : "", scene->reason ? scene->reason : "", "%s: reason",
		scene->name);
	is_int(spool_has(id), scene->locked, "%s: its files", scene->name);
	if (scene->retries && job.status == JOB_QUEUED)
		ok(job.hold == HOLD_TIME && job.not_before > clock_now(),
			"%s: held for its backoff", scene->name);
	job_free(&job);
}

static void play(const struct scene *scene)
{
	int64_t id = add_job(scene);
	int lock = set_up(scene, id);
	int settled = recover_all(0, NULL, NULL, NULL);

	is_int(settled, scene->status != JOB_RUNNING, "%s: settled", scene->name);
	check_outcome(scene, id);
	is_int(recover_all(0, NULL, NULL, NULL), 0, "%s: a second recovery has nothing to do",
		scene->name);
	if (lock >= 0) {
		close(lock);
		recover_all(0, NULL, NULL, NULL);
	}
	db_begin();
	transition_cancel(id, "the test", clock_now());
	db_commit();
}

static void problem(const char *text, void *unused)
{
	(void)unused;
	printf("# %s\n", text);
}

int main(void)
{
	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	db_open(DB_WRITE);
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		play(&scenes[i]);
	is_int(check_store(problem, NULL), 0, "the store passes its check");
	db_close();
	return done();
}
