/* commands: what the chat's commands do, each inside the caller's transaction: it reads and writes the
 * store and appends its answer to the reply. Database errors end the program. */
#ifndef CHAT_COMMANDS_H
#define CHAT_COMMANDS_H

#include "chat/reply.h"

/* For the table in command.c. The argument is what follows the name, without leading blanks. */
void commands_jobs(struct reply *reply, const char *argument);
void commands_tasks(struct reply *reply, const char *argument);
void commands_job(struct reply *reply, const char *argument);
void commands_status(struct reply *reply, const char *argument);
void commands_result(struct reply *reply, const char *argument);
void commands_logs(struct reply *reply, const char *argument);
void commands_cancel(struct reply *reply, const char *argument);
void commands_retry(struct reply *reply, const char *argument);
void commands_run(struct reply *reply, const char *argument);
void commands_workflows(struct reply *reply, const char *argument);
void commands_memory(struct reply *reply, const char *argument);

/*
 * Start the workflow of this name with this text as its input. named: the user
 * wrote #NAME, and the acknowledgement names it. Returns 0 if there is none; the
 * answer is unchanged then.
 */
int commands_start(struct reply *reply, const char *name, const char *text, int named);

/* Note that a job was started, and say so, unless its result will be the answer. */
void commands_started(struct reply *reply, int64_t job, enum workflow_detach detach);

/* The answer to a text that we do not understand: what we can do. */
void commands_offer(struct reply *reply);

/* The answer for a user who waited for a job to end: its result, or why there is none. */
void commands_ended(struct reply *reply, const struct job *job);

/*
 * Find the job of an id ("42" or "#42"), if the user may see it: 0, to be freed with job_free().
 * Else -1, and the answer says what is wrong; "" is a wrong id too.
 */
int commands_find(struct reply *reply, const char *id, struct job *job);

#endif
