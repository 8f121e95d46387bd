/* job_text: jobs as text: list rows, details, the status line */
#ifndef SHOW_JOB_TEXT_H
#define SHOW_JOB_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/table.h"
#include "store/job.h"

/* Append a command as a shell would take it, arguments quoted where needed. */
void job_text_command(struct str *text, const char *command, size_t size);

/*
 * A list: on a terminal a table, elsewhere tab-separated records: id, status,
 * queue, type, user, label, created, started, completed, reason, command.
 */
struct table *job_text_list(void);
void job_text_row(struct table *table, const struct job *job);

/* Append everything about one job, a line each. */
void job_text_details(struct str *out, const struct job *job);

/* Why a queued job has not started: one line for each reason. */
void job_text_waits(const struct job *job, void (*each)(const char *reason, void *arg), void *arg);

/*
 * The status bar: "2 running · 1 failed"; empty when there is nothing. now: failures older than an
 * hour are not counted.
 */
void job_text_line(struct str *line, int64_t now);

#endif
