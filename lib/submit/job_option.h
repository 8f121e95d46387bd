/* job_option: the options that jobs and tasks share; returns -1 or NULL and says why */
#ifndef SUBMIT_JOB_OPTION_H
#define SUBMIT_JOB_OPTION_H

#include <stddef.h>

#include "base/str.h"

/*
 * Each takes the value of an option, or appends what is wrong with it to why.
 * *where becomes the value: a name like a queue's, a text that is not empty, or
 * a word of --notify-on.
 */
int job_option_name(struct str *why, const char *value, const char **where);
int job_option_text(struct str *why, const char *value, const char **where);
int job_option_notify_on(struct str *why, const char *value, const char **where);

/* Append an argument and a NUL. */
void job_option_argument(struct str *command, const char *argument);

/* Check the command; if shell is not NULL, make it `sh -c SHELL`. */
int job_option_command(struct str *why, const char *shell, struct str *command);

/* The real path of a directory (NULL: the current one) that may be entered. The caller frees it. */
char *job_option_directory(struct str *why, const char *directory);

/* This process's umask. */
int job_option_umask(void);

/* How much of execve(2)'s limit an environment (NAME=value strings, each with a NUL) takes, in bytes. */
size_t job_option_room(const struct str *environment);

/* Whether command, environment (its `room`) and user (may be NULL) are within the kernel's limits: 0 or -1. */
int job_option_fits(struct str *why, const struct str *command, size_t room, const char *user);

#endif
