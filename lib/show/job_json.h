/* job_json: jobs as JSON, documented in bgjob-status(1) */
#ifndef SHOW_JOB_JSON_H
#define SHOW_JOB_JSON_H

#include "store/job.h"

struct cJSON;

/* An object, which the caller frees. details: all that bgjob-status prints of a single job. */
struct cJSON *job_json(const struct job *job, int details);

#endif
