/* reply: one message being answered: its sender, the answer, and what to do after the commit;
 * database errors end the program */
#ifndef CHAT_REPLY_H
#define CHAT_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/job.h"
#include "store/user.h"
#include "store/viewer.h"
#include "submit/workflow.h"

struct reply {
	/* the sender, and where to send the answer: set by the caller */
	const char *user;
	enum user_role role;
	const char *by;     /* how a job's reason names them: "user 42", a login name */
	const char *target; /* NULL: the caller prints the answer */
	int64_t reply_to;   /* the receiver's id of the message being answered; 0: none */
	int group;          /* a group chat: messages not meant for us get no answer */
	int64_t now;

	/* the answer; an empty text: none */
	struct str text, buttons; /* clean text; LABEL TAB COMMAND, a line each */
	int markdown;
	int no; /* the answer is no: nothing was found or done */

	/* a job that was started */
	int64_t job; /* 0: none */
	enum workflow_detach detach;
	int named;   /* started by #NAME: the answer says that it started */
	int streams; /* its output is shown as it comes, and is the answer */
	int ended;   /* reply_await() saw its end, and the text says how */

	/* what reply_follow() does */
	int64_t *signals, *seen;
	size_t signal_count, seen_count;
	int runner;   /* 1: a runner is needed; after reply_follow(): whether there is one */
	int messages; /* 1: a message is queued, or will be by a job */
};

/* The sender as a viewer of jobs. */
struct viewer reply_viewer(const struct reply *reply);

/* Append to the answer. The text must be clean; the next two functions clean theirs. */
void reply_say(struct reply *reply, const char *fmt, ...) DIE_PRINTF(2, 3);

/* A user's text as part of one line, cut to that many characters ("..." follows then). */
void reply_say_line(struct reply *reply, const char *text, size_t n, size_t characters);

/* A user's text, with its lines. */
void reply_say_text(struct reply *reply, const char *text, size_t n);

/* A button below the answer; it sends COMMAND ID. */
void reply_button(struct reply *reply, const char *label, const char *command, int64_t job);

/* The same as reply_say(), for an answer that is no. */
void reply_say_no(struct reply *reply, const char *fmt, ...) DIE_PRINTF(2, 3);

/* After the commit, acknowledge a job's failure, or signal a job to end. */
void reply_has_seen(struct reply *reply, const struct job *job);
void reply_signal(struct reply *reply, int64_t job);

/* If there is a target, put the answer into the outbox, inside the caller's transaction. */
void reply_queue(struct reply *reply);

/* After the commit: do what is left to do outside the store. */
void reply_follow(struct reply *reply);

/* How long to wait for an answer before sending an acknowledgement: $BGJOB_SOFT_DEADLINE, ms. */
int64_t reply_deadline(void);

/*
 * Without a target: wait for the job that was started, as its workflow says, and
 * put its result into the text; if it does not end in time, or interrupt (a
 * descriptor, or -1) becomes readable, the text says that it was started.
 */
void reply_await(struct reply *reply, int interrupt);

void reply_free(struct reply *reply);

#endif
