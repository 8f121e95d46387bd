/* workflow: the programs that chat users may run, as the operator installed them; no errors */
#ifndef SUBMIT_WORKFLOW_H
#define SUBMIT_WORKFLOW_H

#include <stddef.h>
#include <stdint.h>

enum { WORKFLOW_NAME_MAX = 32 };

/* Whether a run is waited for until the soft deadline, never, or to its end. */
enum workflow_detach { WORKFLOW_AUTO, WORKFLOW_ALWAYS, WORKFLOW_NEVER };

/*
 * An executable in config_folder()/workflows or, if it has none of that name, in
 * paths_share()/workflows. It gets the text on stdin and prints the result to stdout. The texts are
 * from its first comment lines (bgjob-workflow(7)), one clean line each.
 */
struct workflow {
	char *name;  /* the file's, [a-z0-9_-]+; escaped if the workflow is refused for its name */
	char *path;  /* of the executable, absolute */
	char *title; /* for people: "Sorry, the TITLE failed"; never empty */
	char *description;  /* may be empty */
	int64_t timeout_ms; /* 1 h if none is given */
	enum workflow_detach detach;
	int personal;  /* it reads the user's private data: not for groups */
	char *refused; /* NULL, or why it must not run, in words for the operator */
};

/* Whether n bytes are a workflow's name: [a-z0-9_-]+, at most WORKFLOW_NAME_MAX. */
int workflow_named(const char *name, size_t n);

/*
 * Find a workflow. '-' and '_' in the name stand for each other, as Telegram's commands cannot have
 * a '-'; if a folder has both, the exact name wins. Returns 1 if it may run, 0 if there is none (w
 * is empty then), -1 if it is refused and w->refused says why. Free w in every case.
 *
 * A refused workflow still hides an installed one of its name. The checks are trust_open()'s;
 * between them and the exec only the operator and root could replace the file.
 */
int workflow_find(const char *name, struct workflow *w);

/*
 * All workflows, refused ones too, sorted by name, without installed ones that the operator's
 * hide. Returns an array of *count for workflow_list_free(); NULL if there is none.
 */
struct workflow *workflow_list(size_t *count);

void workflow_free(struct workflow *w); /* frees its contents; legal on { 0 } and twice */
void workflow_list_free(struct workflow *list, size_t count);

#endif
