/* access: who may use the chat, and which jobs are theirs; database errors end the program */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <stdint.h>

#include "store/job.h"
#include "store/user.h"
#include "store/viewer.h"

/*
 * The role of a Telegram user, by number: an operator if BGJOB_OPERATORS or the store says so; a
 * user if BGJOB_TELEGRAM_ALLOW or the store says so; else a stranger.
 */
enum user_role access_telegram(const char *id);

/* Whether the bot answers in a group (its number, as text): BGJOB_TELEGRAM_GROUPS. */
int access_group(const char *id);

/*
 * The role of a user on whose behalf the store's owner runs a program: at least a user; an operator
 * if BGJOB_OPERATORS or the store says so, or if it is the owner.
 */
enum user_role access_local(const char *user);

/*
 * Whether they may see a job: their own or, as an operator, any. Code that shows jobs, or acts on a
 * job that a user names, calls this; a job they may not see is treated as one that does not exist.
 */
int access_may_see(const struct viewer *viewer, const struct job *job);

/* Whose jobs a list shows them, as job_filter.user: NULL for an operator's, which are all. */
const char *access_jobs_of(const struct viewer *viewer);

/* The login name of the store's owner, else the uid as digits. A static buffer. */
const char *access_owner(void);

/* The bot's user name, without "@": BGJOB_TELEGRAM_BOT; NULL if it is not set. */
const char *access_bot(void);

#endif
