/* memory_request: what bgjob-memory is asked to do, and what it answers */
#ifndef CLI_MEMORY_REQUEST_H
#define CLI_MEMORY_REQUEST_H

#include <stdint.h>

#include "base/str.h"

enum memory_format { MEMORY_WORDS, MEMORY_JSON, MEMORY_JSONL };

struct memory_request {
	char **names; /* operands: the label or the id, then a file or a version */
	int count, edit, all;
	const char *user;           /* whose memory */
	const char *label;          /* valid; NULL: none */
	int64_t id;                 /* a proposal's, or the version of a block; 0: none */
	const char *text;           /* NULL: none, only a title */
	const char *title, *reason; /* NULL: none */
	int64_t base;               /* -1: the current version */
	int64_t job;                /* the job it is called in; 0: none */
	char by[300];               /* who asks: a login name, "job 7" */
	enum memory_format format;
	int no_store; /* the store does not exist yet, so nothing is found */
};

/* Start with { 0 }, free with memory_answer_free(). */
struct memory_answer {
	struct str why;        /* the reason for EXIT_NO or EXIT_USAGE; may be empty */
	struct str difference; /* what has changed since the base of a proposal */
	int64_t number;        /* the new version or proposal; 0: none */
};
void memory_answer_free(struct memory_answer *answer);

#endif
