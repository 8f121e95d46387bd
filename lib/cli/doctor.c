/* doctor: check this installation, row by row */
#include "cli/doctor.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "db/schema.h"
#include "net/telegram_token.h"
#include "run/leftovers.h"
#include "run/spool.h"
#include "service/paths.h"
#include "service/runner.h"
#include "shim/cgroup.h"
#include "store/attempt.h"
#include "store/bot.h"
#include "store/check.h"
#include "store/delivery.h"
#include "store/inbox.h"
#include "store/job.h"
#include "store/pool.h"

struct doctor {
	void (*line)(int ok, const char *name, const char *text);
	int bad;
	struct str text;
};

static void say_row(struct doctor *d, int ok, const char *name)
{
	d->bad += !ok;
	d->line(ok, name, d->text.data);
	str_clear(&d->text);
}

static void first_problem(const char *text, void *arg)
{
	struct doctor *d = arg;

	if (!d->text.len)
		str_addf(&d->text,
			"%s: run bgjob-recover --check, or restore a copy made by bgjob-backup",
			text);
}

static void look_at_store(struct doctor *d)
{
	int ok;

	str_clear(&d->text);
	ok = check_quick(first_problem, d) == 0;
	if (ok)
		str_addf(&d->text, "%s, schema %d", home_file("bgjob.db"), schema_version());
	say_row(d, ok, "store");
}

static void look_at_space(struct doctor *d, int64_t min_free)
{
	int64_t bytes = home_free_space();

	str_addf(&d->text, "%lld MiB free", (long long)(bytes >> 20));
	if (bytes < min_free)
		str_addf(&d->text,
			", no job starts below %lld: make room, e.g. with bgjob-prune --older 30d",
			(long long)(min_free >> 20));
	say_row(d, bytes >= min_free, "space");
}

static void look_at_waiting(struct doctor *d)
{
	int watch = home_watch();

	if (watch >= 0)
		close(watch);
	str_add(&d->text,
		watch >= 0 ? "inotify"
			   : "no inotify instance is left, so programs poll once a second: "
			     "raise fs.inotify.max_user_instances");
	say_row(d, watch >= 0, "waiting");
}

static void count_pool(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg)
{
	struct doctor *d = arg;

	(void)started_at;
	if (pool_alive(id))
		str_addf(&d->text, "%spid %ld with %d slots", d->text.len ? ", " : "", (long)pid,
			slots);
}

static void look_at_runner(struct doctor *d)
{
	int autorun = config_yes("BGJOB_AUTORUN", 1);

	str_add(&d->text, "");
	pool_list(count_pool, d);
	if (d->text.len) {
		say_row(d, 1, "runner");
		return;
	}
	str_add(&d->text,
		autorun ? "none is running; the next bgjob-submit starts one"
			: "none is running and BGJOB_AUTORUN=no: start bgjob-run");
	say_row(d, autorun, "runner");
}

static void look_at_spool(struct doctor *d)
{
	int stray;

	db_begin();
	stray = spool_clean();
	db_commit();
	str_addf(&d->text, "%s", home_file("spool"));
	if (stray)
		str_addf(&d->text, ", %d stray attempts removed", stray);
	say_row(d, 1, "spool");
}

static int is_running(int64_t job, int64_t attempt)
{
	struct attempt *list;
	size_t count = attempt_of(job, &list);
	int same = count == 1 && list[0].attempt == attempt;

	attempt_free_list(list, count);
	return same;
}

static void leftover(pid_t pid, int64_t job, int64_t attempt, void *arg)
{
	struct doctor *d = arg;

	if (!is_running(job, attempt))
		str_addf(&d->text, "%spid %ld of job %lld", d->text.len ? ", " : "", (long)pid,
			(long long)job);
}

static void look_for_leftovers(struct doctor *d)
{
	int bad;

	str_add(&d->text, "");
	leftovers_find(0, 0, 0, leftover, d);
	bad = d->text.len > 0;
	str_add(&d->text, bad ? " outlived their job: check them, then kill PID" : "none");
	say_row(d, !bad, "leftovers");
}

/* without lingering, a user's services end with the last session (loginctl(1)) */
static void look_at_services(struct doctor *d)
{
	const struct passwd *user = getpwuid(geteuid());
	struct str unit = { 0 }, linger = { 0 };
	struct stat st;
	int enabled, ok = 1;

	str_addf(&unit, "%s/.config/systemd/user/default.target.wants/bgjob-run.service",
		user ? user->pw_dir : "");
	str_addf(&linger, "/var/lib/systemd/linger/%s", user ? user->pw_name : "");
	enabled = user && lstat(unit.data, &st) == 0;
	if (enabled && geteuid() != 0 && stat(linger.data, &st) < 0) {
		ok = 0;
		str_addf(&d->text,
			"bgjob-run.service ends when you log out: loginctl enable-linger %s",
			user->pw_name);
	} else {
		str_add(&d->text,
			enabled ? "bgjob-run.service is enabled"
				: "no systemd user service (not needed)");
	}
	say_row(d, ok, "services");
	str_free(&unit);
	str_free(&linger);
}

static void look_at_containment(struct doctor *d)
{
	const char *bubblewrap = paths_bubblewrap();

	str_addf(&d->text, "%s; %s",
		bubblewrap ? bubblewrap : "no bubblewrap: --contain is refused",
		cgroup_delegated()
			? "cgroup delegated"
			: "no delegated cgroup: process trees are killed one process at a time");
	say_row(d, 1, "containment");
}

static void add_refused(const struct delivery_state *refused, void *arg)
{
	struct doctor *d = arg;

	str_addf(&d->text, "; the last one to %s: %s", refused->target,
		refused->error ? refused->error : "no reason given");
}

static void look_at_notifier(struct doctor *d)
{
	long long open = (long long)delivery_open(), dead = (long long)delivery_dead();
	int alive = home_locked(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1);

	str_add(&d->text, alive ? "running" : "none is running");
	if (!alive && open)
		str_add(&d->text, " and messages are waiting: start bgjob-notify or bgjob up");
	else if (!alive && config_yes("BGJOB_AUTORUN", 1))
		str_add(&d->text, "; the next message starts one");
	say_row(d, alive || !open, "notifier");
	str_addf(&d->text, "%lld waiting to be sent", open);
	if (dead) {
		str_addf(&d->text, ", %lld permanently refused", dead);
		delivery_list_dead(1, add_refused, d);
	}
	say_row(d, 1, "outbox");
}

/* whether messages are expected, so that something must receive them */
static int poller_wanted(int64_t id)
{
	char *source = bot_source(id);
	int64_t received_at;
	int wanted = config_get("BGJOB_TELEGRAM_ALLOW") || inbox_last(source, &received_at);

	free(source);
	return wanted;
}

static void look_at_poller(struct doctor *d, int64_t id)
{
	char since[CLOCK_TEXT];
	struct str trouble = { 0 };
	int64_t at = bot_trouble(id, &trouble);
	int alive = bot_polled(id), wanted = poller_wanted(id);

	str_add(&d->text, alive ? "running" : "none is running");
	if (at) {
		clock_format_time(at, since);
		str_addf(&d->text, ", failing since %s: %s", since, trouble.data);
	} else if (!alive) {
		str_addf(&d->text, ": bgjob up starts one");
	}
	say_row(d, !at && (alive || !wanted), "poller");
	str_free(&trouble);
}

static void look_at_inbox(struct doctor *d)
{
	int64_t failed = inbox_failed();

	str_addf(&d->text, "%lld waiting to be handled", (long long)inbox_waiting());
	if (failed)
		str_addf(&d->text, ", %lld set aside after several tries", (long long)failed);
	say_row(d, 1, "inbox");
}

static void look_at_telegram(struct doctor *d, int exists)
{
	const char *token = bot_token();
	int64_t id = token ? telegram_bot_id(token) : 0;

	if (!token)
		str_add(&d->text, "no BGJOB_TELEGRAM_TOKEN (not needed)");
	else if (id < 0)
		str_add(&d->text,
			"BGJOB_TELEGRAM_TOKEN is not a bot token: copy the one from @BotFather");
	else
		str_addf(&d->text, "token of bot %lld is set", (long long)id);
	say_row(d, id >= 0, "telegram");
	if (token && id >= 0 && exists)
		look_at_poller(d, id);
}

int doctor_run(int exists, const char *broken, int64_t min_free,
	void (*line)(int ok, const char *name, const char *text))
{
	struct doctor d = { .line = line };

	str_addf(&d.text, "SQLite %s, without the WAL-reset bug", db_library());
	say_row(&d, 1, "library");
	str_add(&d.text, paths_shim());
	say_row(&d, 1, "shim");
	look_at_containment(&d);
	look_at_services(&d);
	look_at_telegram(&d, exists && !*broken);
	if (*broken) {
		str_add(&d.text, broken);
		say_row(&d, 0, "store");
	} else if (!exists) {
		str_addf(&d.text, "%s is created by the first bgjob-submit", config_home());
		say_row(&d, 1, "store");
	} else {
		look_at_store(&d);
		look_at_space(&d, min_free);
		look_at_waiting(&d);
		look_at_runner(&d);
		look_at_spool(&d);
		look_for_leftovers(&d);
		look_at_inbox(&d);
		look_at_notifier(&d);
	}
	str_free(&d.text);
	return d.bad;
}
