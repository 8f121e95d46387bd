/* memory_change: what bgjob-memory writes; each returns an exit code. Bad input, the store and the
 * disk end the program. */
#ifndef CLI_MEMORY_CHANGE_H
#define CLI_MEMORY_CHANGE_H

#include <stdint.h>

enum memory_format { MEMORY_WORDS, MEMORY_JSON, MEMORY_JSONL };

struct memory_request {
	char **names; /* operands: the label or the id, then a file or a version */
	int count, edit, all;
	const char *user;           /* whose memory */
	const char *title, *reason; /* NULL: none was given */
	int64_t base;               /* -1: the current version */
	int64_t job;                /* that it is called in; 0: none */
	char by[300];               /* who asks: a login name, "job 7" */
	enum memory_format format;
};

/* The label, if it is one; else the program ends (exit 2). */
const char *memory_request_label(const struct memory_request *request);

/* The proposal of an id among the user's; else the program ends (exit 2). Free it with memory_proposal_free(). */
struct memory_proposal;
void memory_request_find(const struct memory_request *request, int64_t id,
	struct memory_proposal *proposal);

/* Each is one transaction, and prints what bgjob-memory(1) says. */
int memory_change_set(const struct memory_request *request);
int memory_change_propose(const struct memory_request *request);
int memory_change_approve(const struct memory_request *request);
int memory_change_reject(const struct memory_request *request);

#endif
