/* bgjob-status: list jobs, show one, or print the status-bar line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/json_rows.h"
#include "base/out.h"
#include "db/db.h"
#include "db/home.h"
#include "show/job_json.h"
#include "show/job_text.h"
#include "store/job.h"

enum { SINCE = 256, LINE, ACK, JSON, JSONL, DEFAULT_LIMIT = 20 };

static const struct arg_option options[] = {
	{ 's', "state", "LIST", "only these states: queued,running,done,failed,cancelled" },
	{ 'q', "queue", "NAME", "only jobs in this queue" },
	{ 't', "type", "NAME", "only jobs of this type" },
	{ 'l', "label", "TEXT", "only jobs with this label" },
	{ 'u', "user", "ID", "only this user's jobs" },
	{ SINCE, "since", "TIME", "only jobs submitted since then; 2h: in the last two hours" },
	{ 'n', "limit", "N", "only the N latest (default: 20 on a terminal, else all)" },
	{ LINE, "line", NULL, "print the status-bar text: 2 running · 1 failed" },
	{ ACK, "ack", NULL, "acknowledge failures: these ids, else all" },
	{ JSON, "json", NULL, "as a JSON array" },
	{ JSONL, "jsonl", NULL, "as JSON, one object a line" },
	{ 'w', "watch", NULL, "update the list whenever something changes" },
	{ 0 },
};

struct request {
	struct job_filter filter;
	int mode; /* LINE, ACK or 0 */
	int json; /* JSON, JSONL or 0 */
	int watch, limited;
};

static unsigned parse_states(const char *text)
{
	char **words = arg_list("--state", text);
	unsigned states = 0;

	for (char **word = words; *word; word++) {
		int status = job_status_parse(*word);

		if (status < 0)
			die_usage(
				"--state: not one of queued, running, done, failed, cancelled: %s",
				*word);
		states |= 1u << status;
	}
	free(words);
	return states;
}

/* "2h" is two hours ago; everything else a point in time */
static int64_t parse_since(const char *text)
{
	const char *why;
	int64_t ms;

	if (clock_parse_duration(text, &ms, &why) == 0)
		return clock_now() - ms;
	return arg_time("--since", text);
}

static void parse_one(struct request *r, int id)
{
	switch (id) {
	case 's': r->filter.statuses = parse_states(optarg); break;
	case 'q': r->filter.queue = optarg; break;
	case 't': r->filter.type = optarg; break;
	case 'l': r->filter.label = optarg; break;
	case 'u': r->filter.user = optarg; break;
	case SINCE: r->filter.since = parse_since(optarg); break;
	case 'n': r->filter.limit = arg_number("--limit", optarg, 1, INT64_MAX); break;
	case 'w': r->watch = 1; break;
	case JSON:
	case JSONL: r->json = id; break;
	default:
		if (r->mode && r->mode != id)
			die_usage("either --line or --ack");
		r->mode = id;
	}
}

static void parse(int argc, char *argv[], struct request *r)
{
	int id, filtered;

	while ((id = arg_next(argc, argv, 0)) >= 0)
		parse_one(r, id);
	filtered = r->filter.statuses || r->filter.queue || r->filter.type || r->filter.label ||
		r->filter.user || r->filter.since;
	if (!r->filter.limit && !filtered && out_tty() && !r->json)
		r->filter.limit = DEFAULT_LIMIT;
	if (r->watch && (r->json || r->mode == ACK))
		die_usage("--watch needs a list or --line");
}

static void print_json(const struct job *job, void *unused)
{
	(void)unused;
	json_rows_add(job_json(job, 0));
}

static void print_row(const struct job *job, void *table)
{
	job_text_row(table, job);
}

static int list(const struct request *r)
{
	struct table *table;
	int64_t count;

	if (r->json) {
		json_rows_start(r->json == JSON);
		count = job_list(&r->filter, print_json, NULL);
		json_rows_end();
	} else {
		table = job_text_list();
		count = job_list(&r->filter, print_row, table);
		table_print(table);
	}
	return count ? EXIT_DONE : EXIT_NO;
}

static void print_details(const struct job *job)
{
	struct str text = { 0 };

	job_text_details(&text, job);
	out_raw(text.data, text.len);
	str_free(&text);
}

static int show(const struct request *r, const struct arg_ids *ids)
{
	struct job job;

	for (size_t i = 0; i < ids->count; i++)
		if (job_status(ids->ids[i]) < 0)
			die_usage("no job %lld", (long long)ids->ids[i]);
	if (r->json)
		json_rows_start(r->json == JSON);
	for (size_t i = 0; i < ids->count; i++) {
		if (job_get(ids->ids[i], &job) < 0)
			continue;
		if (i && !r->json)
			out_raw("\n", 1);
		if (r->json)
			json_rows_add(job_json(&job, 1));
		else
			print_details(&job);
		job_free(&job);
	}
	if (r->json)
		json_rows_end();
	return ids->count ? EXIT_DONE : EXIT_NO;
}

static int status_line(void)
{
	struct str line = { 0 };

	job_text_line(&line, clock_now());
	if (line.len) {
		out_raw(line.data, line.len);
		out_raw("\n", 1);
	}
	str_free(&line);
	return EXIT_DONE;
}

static int once(const struct request *r, const struct arg_ids *ids, int operands)
{
	if (r->mode == LINE)
		return status_line();
	return operands ? show(r, ids) : list(r);
}

/* the newest jobs that fit below the heading */
static void fit(struct job_filter *filter)
{
	struct winsize size;
	int64_t rows;

	if (!out_tty() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 3)
		return;
	rows = size.ws_row - 2;
	if (!filter->limit || filter->limit > rows)
		filter->limit = rows;
}

/* print again on a change, not at intervals; on a terminal redraw the screen from its top */
_Noreturn static void watch(const struct request *r, const struct arg_ids *ids, int operands)
{
	static const char redraw[] = "\033[H\033[2J";
	int descriptor = home_watch();
	struct request now = *r;

	for (;;) {
		if (out_tty())
			out_raw(redraw, sizeof(redraw) - 1);
		now.filter = r->filter;
		fit(&now.filter);
		once(&now, ids, operands);
		out_flush();
		do
			home_wait(descriptor, -1, -1);
		while (!db_changed());
	}
}

static int acknowledge(const struct arg_ids *ids, int operands)
{
	int64_t marked = 0;

	for (size_t i = 0; i < ids->count; i++)
		if (job_status(ids->ids[i]) < 0)
			die_usage("no job %lld", (long long)ids->ids[i]);
	if (!operands || ids->count)
		marked = job_acknowledge(ids->ids, ids->count, clock_now());
	return marked ? EXIT_DONE : EXIT_NO;
}

int main(int argc, char *argv[])
{
	struct request r = { 0 };
	struct arg_ids ids = { 0 };
	int operands, status;

	arg_init("bgjob-status", "List jobs, show one, or print the status-bar line.",
		"[options]\n[--json | --jsonl] ID...\n--line\n--ack [ID...]", options);
	parse(argc, argv, &r);
	operands = argc - optind;
	if (operands)
		arg_ids(&ids, operands, argv + optind);
	if (db_open(DB_READ) < 0) {
		if (ids.count)
			die_usage("no job %lld", (long long)ids.ids[0]);
		if (r.json == JSON)
			out_raw("[]\n", 3);
		out_done();
		return r.mode == LINE ? EXIT_DONE : EXIT_NO;
	}
	if (r.watch)
		watch(&r, &ids, operands);
	status = r.mode == ACK ? acknowledge(&ids, operands) : once(&r, &ids, operands);
	db_close();
	arg_ids_free(&ids);
	out_done();
	return status;
}
