/* workflow: the programs that chat users may run, as the operator installed them; no errors */
#ifndef SUBMIT_WORKFLOW_H
#define SUBMIT_WORKFLOW_H

#include <stddef.h>
#include <stdint.h>

enum { WORKFLOW_NAME_MAX = 32 };

/* Whether a run is a job at once, is waited for a little first, or is always waited for. */
enum workflow_detach { WORKFLOW_AUTO, WORKFLOW_ALWAYS, WORKFLOW_NEVER };

/*
 * An executable in config_folder()/workflows or, where none of that name is there, in
 * paths_share()/workflows. The text comes on its stdin, the result is its stdout. What the comment
 * lines at its beginning say (bgjob-workflow(7)) is in here, one line each, clean text.
 */
struct workflow {
	char *name;  /* [a-z0-9_-]+, as the file has it; of one refused for its name: escaped */
	char *path;  /* absolute; what is to be executed */
	char *title; /* for people: "Sorry, the TITLE failed"; never empty */
	char *description;  /* may be empty */
	int64_t timeout_ms; /* 1 h if it does not say */
	enum workflow_detach detach;
	int personal;  /* it looks into what its user said or keeps: not where others listen */
	char *refused; /* NULL, or why it must not run, in words for the operator */
};

/* Whether n bytes are a workflow's name: [a-z0-9_-]+, at most WORKFLOW_NAME_MAX. */
int workflow_named(const char *name, size_t n);

/*
 * Find a workflow. '-' and '_' in the name stand for each other, as Telegram's commands cannot have
 * a '-'; if a folder has both, the exact one is meant. Returns 1 if it may run, 0 if there is none
 * (w is empty then), -1 if it is refused and w->refused says why. To be freed in every case.
 *
 * What is refused never gives way to an installed one of its name. The checks are trust_open()'s;
 * between them and the exec the operator and root could put another file there, nobody else.
 */
int workflow_find(const char *name, struct workflow *w);

/*
 * All of them, sorted by name, also the refused ones, without those that one in the configuration
 * hides. Returns an array of *count for workflow_list_free(); NULL if there is none.
 */
struct workflow *workflow_list(size_t *count);

void workflow_free(struct workflow *w); /* what is in it; legal on { 0 } and twice */
void workflow_list_free(struct workflow *list, size_t count);

#endif
