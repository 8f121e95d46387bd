/* job_option: what descriptions of jobs and of tasks have in common; returns -1 or NULL and says why */
#ifndef SUBMIT_JOB_OPTION_H
#define SUBMIT_JOB_OPTION_H

#include <stddef.h>

#include "base/str.h"

/*
 * Each takes the value of an option, or appends what is wrong with it to why.
 * *where becomes the value: a name as of a queue, a text that is not empty, a
 * word of --notify-on.
 */
int job_option_name(struct str *why, const char *value, const char **where);
int job_option_text(struct str *why, const char *value, const char **where);
int job_option_notify_on(struct str *why, const char *value, const char **where);

/* Append an argument, ended by NUL. */
void job_option_argument(struct str *command, const char *argument);

/* The arguments that were given, or, if shell is not NULL, those that run it. */
int job_option_command(struct str *why, const char *shell, struct str *command);

/* The path without links of a directory that may be entered, NULL: the current one. The caller frees it. */
char *job_option_directory(struct str *why, const char *directory);

/* This process's umask. */
int job_option_umask(void);

/* What an environment (NAME=value strings, each ended by NUL) takes of the room that execve(2) has. */
size_t job_option_room(const struct str *environment);

/* Whether the kernel would execute the command in so large an environment, for that user (may be NULL). */
int job_option_fits(struct str *why, const struct str *command, size_t room, const char *user);

#endif
