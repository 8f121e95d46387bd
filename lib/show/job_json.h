/* job_json: jobs as JSON (RFC 8259), documented in bgjob-status(1); errors of stdout end the program */
#ifndef SHOW_JOB_JSON_H
#define SHOW_JOB_JSON_H

#include "store/job.h"

/* One row of json_rows.h. details: what bgjob-status prints of a single job. */
void job_json_row(const struct job *job, int details);

#endif
