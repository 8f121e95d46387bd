/* own_job: the job that this program runs in */
#include "store/own_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/value.h"

const char *own_job_variable(void)
{
	const char *text = getenv("BGJOB_ID");

	return text && *text ? text : NULL;
}

int64_t own_job_id(void)
{
	const char *text = own_job_variable();
	int64_t id;

	return text && value_id(text, strlen(text), &id) == 0 ? id : 0;
}

int64_t own_job_get(struct job *job)
{
	int64_t id = own_job_id();

	if (id && job_get(id, job) == 0) {
		if (job->status == JOB_RUNNING)
			return id;
		job_free(job);
	}
	*job = (struct job){ 0 };
	return 0;
}
