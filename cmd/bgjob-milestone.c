/* bgjob-milestone: report progress from inside a job */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "notify/milestone.h"
#include "store/own_job.h"

enum { TEXT_MAX = 65536 };

static const struct arg_option options[] = {
	{ 'j', "job", "ID", "report for this job (default: $BGJOB_ID, the job it runs in)" },
	{ 0 },
};

/* read it before the store is opened, since it may come slowly */
static void read_text(struct str *text)
{
	struct str why = { 0 };
	int result = input_read(STDIN_FILENO, TEXT_MAX, INPUT_NUL_BLANK, text, &why);

	if (result == INPUT_NOT_READ)
		die_errno("cannot read stdin");
	if (result < 0)
		die_usage("the text is %s", why.data);
}

static void take_text(struct str *text, int count, char *words[])
{
	if (count == 0)
		die_usage("no text given; - reads stdin");
	str_add(text, "");
	if (count == 1 && strcmp(words[0], "-") == 0)
		read_text(text);
	else
		for (int i = 0; i < count; i++)
			str_addf(text, "%s%s", i ? " " : "", words[i]);
	while (text->len && strchr(" \t\r\n", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
	if (!text->len)
		die_usage("the text is empty");
	if (text->len > TEXT_MAX)
		die_usage("the text is longer than 64 KiB");
}

static int64_t current_job(void)
{
	const char *id = own_job_variable();

	if (!id)
		die_usage("not inside a job (BGJOB_ID is not set); name one with --job ID");
	return arg_id(id);
}

static int report(int64_t job, const char *text)
{
	int running;

	if (db_open(DB_READ) < 0)
		die_usage("no job %lld", (long long)job);
	running = milestone_report(job, text) == 0;
	if (!running && job_status(job) < 0)
		die_usage("no job %lld", (long long)job);
	db_close();
	if (!running)
		warn("job %lld is not running", (long long)job);
	return running ? EXIT_DONE : EXIT_NO;
}

int main(int argc, char *argv[])
{
	struct str text = { 0 };
	int64_t job = 0;
	int status;

	arg_init("bgjob-milestone", "Report progress from inside a job.", "[--job ID] TEXT...",
		options);
	while (arg_next(argc, argv, 1) >= 0)
		job = arg_id(optarg);
	take_text(&text, argc - optind, argv + optind);
	status = report(job ? job : current_job(), text.data);
	str_free(&text);
	out_done();
	return status;
}
