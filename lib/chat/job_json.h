/* job_json: jobs as JSON (RFC 8259), documented in bgjob-status(1); errors of stdout end the program */
#ifndef CHAT_JOB_JSON_H
#define CHAT_JOB_JSON_H

#include "store/job.h"

/* An array of objects (array != 0), or one object a line. Start, each job, end. */
void job_json_start(int array);
void job_json_row(const struct job *job, int details);
void job_json_end(void);

#endif
