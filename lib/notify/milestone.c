/* milestone: a job reports progress */
#include "notify/milestone.h"

#include "base/arg.h"
#include "base/clock.h"
#include "base/config.h"
#include "db/db.h"
#include "store/job_event.h"

enum { MESSAGES = 20 };

static int64_t most(void)
{
	const char *text = config_get("BGJOB_MILESTONE_MAX");

	return text ? arg_number("BGJOB_MILESTONE_MAX", text, 0, INT32_MAX) : MESSAGES;
}

int milestone_report(int64_t job, const char *text)
{
	int64_t interval = config_duration("BGJOB_MILESTONE_INTERVAL", 30 * CLOCK_SECOND);
	int64_t messages = most();
	int status;

	db_begin();
	status = job_event_milestone(job, text, interval, messages, clock_now());
	db_commit();
	return status;
}
