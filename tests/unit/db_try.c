/* db_try: a transaction that fails at any read or write of the store leaks nothing, changes
 * nothing, and does nothing outside the store */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tap.h"

#include "base/clock.h"
#include "base/process.h"
#include "chat/route.h"
#include "db/db.h"
#include "db/home.h"
#include "notify/record_outcome.h"
#include "notify/sending.h"
#include "run/launch_local.h"
#include "run/settle.h"
#include "run/spool.h"
#include "shim/state.h"
#include "store/check.h"
#include "store/claim.h"
#include "store/delivery.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/outbox.h"
#include "store/result.h"
#include "store/task_run.h"
#include "store/transition.h"

enum { OUTPUT = 60000, MOST_READS = 400 };

static char home[] = "/tmp/bgjob-unit.XXXXXX";

/* SQLite's reads come here: they fail once the countdown has ended */
static int armed, hit;
static long countdown;

ssize_t pread64(int fd, void *data, size_t n, off64_t offset)
{
	if (armed && --countdown <= 0) {
		hit = 1;
		errno = ETIMEDOUT; /* SQLite takes EIO for a damaged file, and that ends the program */
		return -1;
	}
	return syscall(SYS_pread64, fd, data, n, offset);
}

struct trial {
	void (*work)(void *arg);
	void *arg;
	long reads; /* reads that succeed before one fails; 0: all */
};

static void run_trial(void *arg)
{
	struct trial *t = arg;

	hit = 0;
	countdown = t->reads;
	armed = t->reads > 0;
	t->work(t->arg);
	armed = 0;
}

static int try_work(void (*work)(void *arg), void *arg, long reads)
{
	struct trial t = { work, arg, reads };

	db_exec("PRAGMA shrink_memory"); /* nothing is cached: each page is read */
	return db_try(run_trial, &t);
}

static size_t in_use(void)
{
	return mallinfo2().uordblks;
}

static int descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/*
 * fail at each read in turn until the work succeeds; after each failure check() reports what
 * changed
 */
static void at_each_read(const char *name, void (*work)(void *arg), void *arg, int (*check)(void))
{
	int open = descriptors(), wrong = 0;
	long reads = 0;
	int status;

	do {
		status = try_work(work, arg, ++reads);
		wrong += hit && (status == 0 || !*db_error());
		wrong += hit && check && check();
	} while (hit && reads < MOST_READS);
	ok(reads > 1 && reads < MOST_READS && status == 0, "%s: gets through after %ld failures",
		name, reads - 1);
	is_int(wrong, 0, "%s: each failure is one, and changes nothing", name);
	is_int(descriptors(), open, "%s: no descriptor is left open", name);
}

/* ---- a job that has ended ---- */

static int64_t add_job(const char *input)
{
	char *targets[] = { "telegram:7", "mailto:a@example.org", NULL };
	struct job_new job;
	int64_t id, other;

	job_new_init(&job);
	job.command = "true";
	job.command_size = 5;
	job.directory = "/";
	job.user = "7";
	job.notify = targets;
	job.has_input = input != NULL;
	job.input = input;
	job.input_size = input ? strlen(input) : 0;
	db_begin();
	job.environment = environment_save("A=b", 4);
	id = job_add(&job, &other);
	db_commit();
	return id;
}

static void write_stream(int64_t id, const char *suffix, size_t size)
{
	char name[STATE_NAME], *text = calloc(1, size + 1);
	int fd;

	state_name(name, id, 1, suffix);
	fd = openat(home_folder(HOME_SPOOL), name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	memset(text, 'x', size);
	if (write(fd, text, size) != (ssize_t)size)
		exit(1);
	close(fd);
	free(text);
}

/* started, and ended with some output; the pool has not looked yet. Returns the lock's descriptor */
static int start_job(int64_t id, int ended)
{
	struct state_command mark = { .starting = 1 };
	struct state_record r = { .job = id,
		.attempt = 1,
		.ended_at = clock_now(),
		.ended = STATE_BY_ITSELF,
		.bytes = { OUTPUT, 0 } };
	int64_t attempt = 1;
	int streams, state;

	db_begin();
	state = spool_reserve(id, &attempt, "token", &streams);
	transition_start(&(struct transition_start){ .job = id,
		.attempt = 1,
		.claim = "token",
		.boot = process_boot(),
		.pool = -1,
		.slot = 1,
		.now = clock_now() });
	db_commit();
	snprintf(r.claim, sizeof(r.claim), "token");
	snprintf(r.boot, sizeof(r.boot), "%s", process_boot());
	state_seal(&r);
	state_write(state, STATE_AT_COMMAND, &mark, sizeof(mark));
	write_stream(id, "out", OUTPUT);
	write_stream(id, "err", 0);
	if (ended)
		state_write(state, STATE_AT_RECORD, &r, sizeof(r));
	return state;
}

static void examine(struct settlement *s, int64_t id)
{
	struct attempt *list;
	size_t count = attempt_of(id, &list);

	close(start_job(id, 1));
	attempt_free_list(list, count);
	count = attempt_of(id, &list);
	settle_examine(s, &list[0], 0);
	s->claim = "token";
	attempt_free_list(list, count);
}

static void apply(void *settlement)
{
	settle_apply(settlement, clock_now());
}

static int64_t settled_job;

static int not_running(void)
{
	return job_status(settled_job) != JOB_RUNNING;
}

static void test_settle(void)
{
	struct settlement s;
	char dependent[128];

	settled_job = add_job(NULL);
	examine(&s, settled_job);
	snprintf(dependent, sizeof(dependent),
		"INSERT INTO dependency (job_id, on_id, kind) VALUES (%lld, %lld, 'done')",
		(long long)add_job(NULL), (long long)settled_job);
	db_begin();
	db_exec(dependent);
	db_exec("UPDATE job SET hold = 1 WHERE id IN (SELECT job_id FROM dependency)");
	db_commit();
	at_each_read("settle", apply, &s, not_running);
	is_int(job_status(settled_job), JOB_DONE, "settle: then the job is done");
	settle_clear(&s);
}

/* ---- a disk that is full ---- */

static void limit_pages(int64_t more)
{
	int64_t most = db_query_int("PRAGMA page_count") + more;
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)most);
	db_query_int(sql);
}

static void test_full(void)
{
	int failures = 0, wrong = 0;
	struct settlement s;
	size_t before = 0;
	int64_t more = 0;

	settled_job = add_job(NULL);
	examine(&s, settled_job);
	for (int i = 0; i < 40; i++) {
		limit_pages(0);
		failures += try_work(apply, &s, 0) < 0;
		if (i == 9)
			before = in_use();
	}
	is_int(failures, 40, "a full store: it fails again and again");
	is_int((intmax_t)in_use(), (intmax_t)before, "no byte is lost by that");
	ok(strstr(db_error(), "make room on the disk") != NULL, "and the reason is told");
	for (limit_pages(more); try_work(apply, &s, 0) < 0 && more < 1000; limit_pages(++more))
		wrong += not_running() || s.changed == 99;
	ok(more > 5 && more < 1000, "with %d pages more it gets through", (int)more);
	is_int(wrong, 0, "each time before the job goes on running");
	is_int(job_status(settled_job), JOB_DONE, "then it is done");
	limit_pages(1000000);
	settle_clear(&s);
}

/* ---- the files of running jobs ---- */

static int64_t running_job;

static void clean(void *unused)
{
	(void)unused;
	spool_clean();
}

static int spool_has(int64_t id)
{
	char name[STATE_NAME];
	struct stat st;

	state_name(name, id, 1, "state");
	return fstatat(home_folder(HOME_SPOOL), name, &st, 0) == 0;
}

static int files_are_gone(void)
{
	return !spool_has(running_job);
}

static void test_clean(void)
{
	running_job = add_job(NULL);
	/* nobody holds its lock: only its row says that it is running */
	close(start_job(running_job, 0));
	at_each_read("clean", clean, NULL, files_are_gone);
	ok(spool_has(running_job), "clean: the files of a running job stay");
}

/* ---- a job with a large input ---- */

static int64_t owner;
static char staged[RESULT_NAME];

static void add_with_input(void *unused)
{
	struct job_dependency after = { .id = owner };
	struct job_new job;
	int64_t other;

	(void)unused;
	job_new_init(&job);
	job.command = "true";
	job.command_size = 5;
	job.directory = "/";
	job.environment = environment_save("A=b", 4);
	job.unique_key = "once";
	job.has_input = 1;
	job.input_file = staged;
	job.input_size = 6;
	job.after = &after;
	job.after_count = 1;
	job_add(&job, &other);
}

static void write_result(const char *name, const char *text)
{
	int fd = openat(home_folder(HOME_RESULTS), name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (write(fd, text, strlen(text)) < 0)
		exit(1);
	close(fd);
}

/* the input of another job, and the one that is being handed over */
static int input_is_taken(void)
{
	char name[64], text[16] = "";
	int fd;

	snprintf(name, sizeof(name), "%lld.in", (long long)owner);
	fd = openat(home_folder(HOME_RESULTS), name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return 1;
	close(fd);
	write_result(staged, "theirs"); /* as a second try does */
	return strcmp(text, "mine") != 0;
}

static void test_input(void)
{
	char name[64], last[160];

	owner = add_job(NULL);
	snprintf(name, sizeof(name), "%lld.in", (long long)owner);
	write_result(name, "mine");
	/* the last id handed out: not the id of the job that was not recorded */
	snprintf(last, sizeof(last),
		"INSERT INTO watch (id, pid, started, boot, name, target, created_at)"
		" VALUES (%lld, 1, 1, '', '', 'tty', 1)",
		(long long)owner);
	db_exec(last);
	snprintf(staged, sizeof(staged), "stage-1-1.in");
	write_result(staged, "theirs");
	at_each_read("input", add_with_input, NULL, input_is_taken);
}

/* ---- a job that is claimed ---- */

static int64_t claimed;

static void claim(void *unused)
{
	struct claim *c = claim_open(NULL);
	struct launch_local l;
	int64_t attempt = 1;
	int streams, state;

	(void)unused;
	claim_release_due(clock_now());
	claimed = claim_next(c);
	claim_close(c);
	if (!claimed)
		return;
	state = spool_reserve(claimed, &attempt, "other", &streams);
	transition_start(&(struct transition_start){ .job = claimed,
		.attempt = attempt,
		.claim = "other",
		.boot = process_boot(),
		.pool = -1,
		.slot = 2,
		.now = clock_now() });
	launch_local_prepare(&l, claimed, attempt, "other", state, 2, streams);
	launch_local_free(&l);
}

/* a failed attempt must not look as if its command had failed */
static int has_record(void)
{
	struct state_record record;
	int found = 0;

	for (int64_t attempt = 1; claimed && attempt < MOST_READS; attempt++) {
		int fd = spool_open_state(claimed, attempt);

		if (fd < 0)
			break;
		found |= state_read(fd, STATE_AT_RECORD, &record, sizeof(record)) == 0 &&
			state_sealed(&record, claimed, attempt, "other");
		close(fd);
	}
	return found;
}

static void test_claim(void)
{
	at_each_read("claim", claim, NULL, has_record);
	is_int(job_status(claimed), JOB_RUNNING, "claim: then the job is started");
}

/* ---- a message to be sent, a task, a chat ---- */

static void send_one(void *unused)
{
	struct outbox_part parts[] = { { .text = "one" }, { .text = "two" } };
	char receiver[OUTBOX_RECEIVER];
	struct outbox_row row;
	int64_t at;

	(void)unused;
	outbox_follow();
	if (outbox_receiver("", receiver) < 0 || outbox_next(receiver, clock_now(), &row, &at) < 0)
		return;
	outbox_expand(&row, 1, parts, 2, clock_now());
	outbox_take(&row, clock_now());
	outbox_again(&row, row.receiver, clock_now() + CLOCK_HOUR, "no network");
	outbox_free(&row);
}

static struct sending sending;
static int said; /* stands for stderr */

static void record(void *unused)
{
	int err = dup(STDERR_FILENO);

	(void)unused;
	dup2(said, STDERR_FILENO);
	record_outcome(&sending, clock_now());
	dup2(err, STDERR_FILENO);
	close(err);
}

static int something_said(void)
{
	struct stat st;

	return fstat(said, &st) < 0 || st.st_size > 0;
}

/* a service tries again and again: each time it would say what it did not record */
static void test_outcomes(void)
{
	static const struct {
		const char *name;
		enum outcome_kind kind;
	} outcomes[] = { { "refused", OUTCOME_REFUSED }, { "not authorized", OUTCOME_UNAUTHORIZED },
		{ "dead", OUTCOME_DEAD } };
	const struct delivery_new d = { .kind = DELIVERY_REPLY,
		.target = "telegram:99",
		.text = "x",
		.markdown = 1 };
	int64_t at;

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++) {
		said = memfd_create("said", MFD_CLOEXEC);
		db_begin();
		delivery_queue(&d, clock_now());
		if (outbox_next("telegram:99", clock_now(), &sending.row, &at) < 0 ||
			!outbox_take(&sending.row, clock_now()))
			ok(0, "%s: a message is taken", outcomes[i].name);
		db_commit();
		sending.outcome = (struct outcome){ .kind = outcomes[i].kind, .reason = "why" };
		at_each_read(outcomes[i].name, record, NULL, something_said);
		ok(something_said(), "%s: then it is said", outcomes[i].name);
		outbox_free(&sending.row);
		db_begin();
		db_exec("DELETE FROM delivery WHERE target = 'telegram:99'");
		db_exec("DELETE FROM receiver");
		db_commit();
		close(said);
	}
}

static struct task task;

static void run_task(void *unused)
{
	struct task_run_new run = { .task = &task, .kind = TASK_MANUAL, .due_at = -1 };
	int64_t jobs;

	(void)unused;
	task_run_add(&run, clock_now(), &jobs);
}

static void test_task(void)
{
	char *users[] = { "7", "8", "9", NULL }, *targets[] = { "telegram:%u", NULL };
	int64_t id;

	task_init(&task);
	task.name = strdup("nightly");
	task.kind = TASK_EVERY;
	task.period_ms = CLOCK_HOUR;
	task.command = calloc(1, 5);
	memcpy(task.command, "true", 5);
	task.command_size = 5;
	task.directory = strdup("/");
	task.queue = strdup("default");
	task.environment = 1;
	db_begin();
	id = task_add(&task, users, targets, clock_now());
	db_commit();
	task_free(&task);
	task_get(id, &task);
	at_each_read("task", run_task, NULL, NULL);
	task_free(&task);
}

static void say(void *text)
{
	struct reply reply = { .user = "7",
		.role = USER_OPERATOR,
		.by = "user 7",
		.target = "telegram:7",
		.now = clock_now() };

	route_text(&reply, "Seven", text);
	reply_free(&reply);
}

static void test_chat(void)
{
	char retry[32], result[32];
	char *texts[] = { "/jobs", "/status", "/tasks", "/queue", retry, result };

	snprintf(retry, sizeof(retry), "/retry %lld", (long long)settled_job);
	snprintf(result, sizeof(result), "/result %lld", (long long)settled_job);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		at_each_read(texts[i], say, texts[i], NULL);
}

static void problem(const char *text, void *unused)
{
	(void)unused;
	printf("# %s\n", text);
}

int main(void)
{
	alarm(300); /* work that waits for a row that never comes */
	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	setenv("BGJOB_AUTORUN", "no", 1);
	setenv("XDG_CONFIG_HOME", home, 1);
	db_open(DB_WRITE);
	test_settle();
	test_full();
	test_clean();
	test_input();
	at_each_read("send", send_one, NULL, NULL);
	test_outcomes();
	test_task();
	test_chat();
	test_claim();
	is_int(db_failing(), 0, "outside of it nothing has failed");
	is_int(check_store(problem, NULL), 0, "the store passes its check");
	db_close();
	return done();
}
