/* task_request: what bgjob-task is asked to do, but for add */
#ifndef CLI_TASK_REQUEST_H
#define CLI_TASK_REQUEST_H

#include <stdint.h>

enum task_format { TASK_WORDS, TASK_JSON, TASK_JSONL };

struct task_request {
	enum task_format format;
	int64_t limit, from;     /* limit: 0, the default; from: ms since 1970 */
	const char *cron, *zone; /* NULL: none */
	char **users;            /* NULL-terminated; NULL: none */
	int user_count;
	char **names; /* operands: tasks, or runs */
	int count;
};

#endif
