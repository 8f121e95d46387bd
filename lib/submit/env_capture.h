/* env_capture: the variables a job gets from whoever submits it; returns -1 and says why */
#ifndef SUBMIT_ENV_CAPTURE_H
#define SUBMIT_ENV_CAPTURE_H

#include "base/str.h"

/*
 * Append the variables of this process that `choice` names, each as NAME=value
 * and NUL, sorted by name, so that equal environments are equal bytes. choice: "ALL"
 * (less terminal, shell-internal, service-manager and secret variables),
 * "NONE" (HOME, LOGNAME, SHELL and a standard PATH, as cron gives), or names
 * separated by commas, which may include ALL and NONE. A secret variable is
 * captured only if it is named; bgjob's own secrets are refused. added: more
 * variables (NAME=value, NULL-terminated, or NULL), which replace those of the
 * same name. why gets the reason.
 */
int env_capture(const char *choice, char *const *added, struct str *environment, struct str *why);

#endif
