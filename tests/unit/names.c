/* the words of the store's enums: each reads back as the same value, and is the word that the SQL
 * uses */
#include "tap.h"

#include "store/delivery.h"
#include "store/job_event.h"
#include "store/task.h"

#define EACH(last, name, parse, words) \
	do { \
		for (int i = 0; i <= (last); i++) { \
			is_int(parse(name(i)), i, "%s", name(i)); \
			ok(strstr(words, name(i)) != NULL, "%s is a known word", name(i)); \
		} \
		is_int(parse("nonsense"), -1, "nonsense is none"); \
		is_int(parse(""), -1, "nor is nothing"); \
	} while (0)

int main(void)
{
	EACH(JOB_CANCELLED, job_status_name, job_status_parse,
		"queued running done failed cancelled");
	EACH(DELIVERY_MILESTONE, delivery_kind_name, delivery_kind_parse,
		"callback ack reply final note milestone");
	EACH(EVENT_CANCELLED, job_event_kind_name, job_event_kind_parse,
		"queued started milestone cancelling requeued retry done failed cancelled");
	EACH(TASK_MANUAL, task_kind_name, task_kind_parse, "cron every idle at manual");
	for (int status = JOB_DONE; status <= JOB_CANCELLED; status++) {
		enum job_event_kind kind = job_event_of_end(status);

		is_str(job_event_kind_name(kind), job_status_name(status), "the event of an end");
		ok(job_event_is_end(kind), "is one");
	}
	ok(!job_event_is_end(EVENT_RETRY) && !job_event_is_end(EVENT_MILESTONE), "others are not");
	is_int(atoi(HOLD_DEPENDENCY_SQL), HOLD_DEPENDENCY, "a bit as SQL");
	is_int(atoi(HOLD_TIME_SQL), HOLD_TIME, "another");
	return done();
}
