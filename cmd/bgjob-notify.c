/* bgjob-notify: deliver queued messages */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "notify/notifier.h"
#include "notify/process_watch.h"
#include "notify/send.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "store/target.h"

enum { DRAIN = 256, LINGER, AUTORUN, TITLE, PID, MARKDOWN, MOST_TEXT = 45 << 20 };

static const struct arg_option options[] = {
	{ DRAIN, "drain", NULL, "deliver what is due and exit; tty messages go to stdout" },
	{ LINGER, "linger", "DURATION", "exit after being idle this long" },
	{ AUTORUN, "autorun", NULL, "(for programs that start a notifier in the background)" },
	{ TITLE, "title", "TEXT", "with TARGET: a bold line above the message" },
	{ MARKDOWN, "markdown", NULL, "with TARGET: the message is Markdown" },
	{ PID, "pid", "N", "report when process N ends; without TARGET: wait for it" },
	{ 0 },
};

struct request {
	int drain, markdown;
	int64_t linger; /* ms; -1: not given */
	const char *title;
	int64_t pid;
	char *target; /* freed by main() */
};

static void parse(int argc, char *argv[], struct request *r)
{
	static struct str why; /* static: not a leak when die_usage() exits */
	int id;

	while ((id = arg_next(argc, argv, 0)) >= 0) {
		switch (id) {
		case DRAIN: r->drain = 1; break;
		case LINGER: r->linger = arg_duration("--linger", optarg); break;
		case AUTORUN: break;
		case TITLE: r->title = optarg; break;
		case MARKDOWN: r->markdown = 1; break;
		case PID: r->pid = arg_number("--pid", optarg, 1, INT32_MAX); break;
		}
	}
	if (argc - optind > 1)
		die_usage("only one TARGET");
	r->target = argv[optind];
	if (r->target && target_check(r->target, &why) < 0)
		die_usage("%s", why.data);
	if (r->target)
		r->target = target_here(r->target);
	if ((r->drain || r->linger >= 0) && (r->target || r->pid || (r->drain && r->linger >= 0)))
		die_usage(
			"--drain and --linger cannot be combined with each other, --pid or a TARGET");
	if ((r->title || r->markdown) && (!r->target || r->pid))
		die_usage("--title and --markdown need a TARGET");
}

/* read everything before the store is opened, since it may come slowly */
static void read_text(struct str *text)
{
	struct str why = { 0 };
	int result = input_read(STDIN_FILENO, MOST_TEXT, INPUT_NUL_BLANK, text, &why);

	if (result == INPUT_NOT_READ)
		die_errno("cannot read stdin");
	if (result < 0)
		die_usage("the message is %s", why.data);
}

static int queue(const struct request *r)
{
	struct str text = { 0 };
	struct delivery_new note = { .kind = DELIVERY_NOTE,
		.target = r->target,
		.title = r->title,
		.markdown = r->markdown };

	read_text(&text);
	note.text = text.data;
	db_open(DB_WRITE);
	db_begin();
	delivery_queue(&note, clock_now());
	db_commit();
	db_close();
	runner_ensure_notifier();
	str_free(&text);
	return EXIT_DONE;
}

static int watch(const struct request *r)
{
	int found = 0;

	if (!r->target) {
		found = process_watch_wait(r->pid) == 0;
	} else {
		db_open(DB_WRITE);
		db_begin();
		found = process_watch_add(r->pid, r->target, clock_now()) != 0;
		db_commit();
		db_close();
		runner_ensure_notifier();
	}
	if (!found)
		die_usage("--pid: no process %lld", (long long)r->pid);
	return EXIT_DONE;
}

/* a core file would hold the token; the limit alone does not stop one that is piped (core(5)) */
static void keep_secrets(void)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		warn_errno("cannot turn core files off");
}

static int deliver(const struct request *r)
{
	enum notifier_mode mode = r->drain ? NOTIFIER_DRAIN
		: r->linger >= 0           ? NOTIFIER_LINGER
					   : NOTIFIER_SERVICE;
	int status;

	keep_secrets();
	db_open(DB_WRITE);
	status = notifier_run(mode, r->linger);
	db_close();
	return status;
}

int main(int argc, char *argv[])
{
	struct request r = { .linger = -1 };
	int status;

	arg_init("bgjob-notify", "Deliver queued messages.",
		"[--drain | --linger DURATION]\n[--title TEXT] [--markdown] TARGET < MESSAGE\n--pid N [TARGET]",
		options);
	parse(argc, argv, &r);
	if (r.pid)
		status = watch(&r);
	else if (r.target)
		status = queue(&r);
	else
		status = deliver(&r);
	free(r.target);
	out_done();
	return status;
}
