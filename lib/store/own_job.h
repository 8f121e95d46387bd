/* own_job: the job that this program runs in, by its $BGJOB_ID; database errors end the program */
#ifndef STORE_OWN_JOB_H
#define STORE_OWN_JOB_H

#include "store/job.h"

/* $BGJOB_ID, unchecked, or NULL if it is unset or empty. The store is not read. */
const char *own_job_variable(void);

/* The id in it; 0: no job. The job may have ended: the variable stays in a shell that it left. */
int64_t own_job_id(void);

/*
 * The job, if it is running. The store is open. Returns its id, to be freed with job_free(); or 0
 * with an empty job, which may be freed too.
 */
int64_t own_job_get(struct job *job);

#endif
