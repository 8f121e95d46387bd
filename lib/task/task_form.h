/* task_form: from the words of options, or a JSON object, to a recorded task; returns -1 and says why */
#ifndef TASK_TASK_FORM_H
#define TASK_TASK_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/task.h"

struct cJSON;

struct task_form {
	struct task task;
	struct str why, command, environment;
	char **users, **targets; /* NULL-terminated, or NULL */
	size_t user_count, user_room, target_count;
	const char *shell, *directory, *variables; /* as given */
	int has_trigger, has_overlap, replace, used_stdin;
	struct cJSON *json; /* owns the texts */
};

void task_form_init(struct task_form *f);
void task_form_free(struct task_form *f);

/*
 * Set a property by the long name of its option, or "name", or "prompt-text".
 * value (NULL for a switch) must live until the form is freed; "user",
 * "users" and "notify" may be set several times. Returns 0, or -1 with f->why.
 */
int task_form_set(struct task_form *f, const char *name, const char *value);

/* Append one argument of the command. */
void task_form_argument(struct task_form *f, const char *argument);

/* Read the whole definition, a JSON object (bgjob-task(1)), from a file ("-": stdin) or from n bytes. */
int task_form_read(struct task_form *f, const char *path);
int task_form_json(struct task_form *f, const char *text, size_t n);

/* Check the whole and fill in defaults, without the store; the first moment is after now. Returns 0, or -1 with f->why. */
int task_form_finish(struct task_form *f, int64_t now);

/* Record it inside the caller's transaction. Returns its id, or -1 with f->why: the name is taken, or it is never due. */
int64_t task_form_record(struct task_form *f, int64_t now);

/* For task_form_json.c: append a file of at most `most` bytes. */
int task_form_load(struct task_form *f, const char *path, size_t most, struct str *content);

/* For task_form_json.c: put "NAME: " before f->why. Returns -1. */
int task_form_blame(struct task_form *f, const char *name);

#endif
