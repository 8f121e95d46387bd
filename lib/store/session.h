/* session: conversations with a model, message by message; database errors end the program.
 * Writing functions belong inside the caller's transaction. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <stdint.h>

enum session_kind {
	SESSION_CHAT, /* goes on as long as its user and its chat do */
	SESSION_AGENT /* one background run, or one call of a program */
};

enum session_status { SESSION_ACTIVE, SESSION_DONE, SESSION_STOPPED, SESSION_FAILED };

/* Texts are owned, NULL: none; free with session_free(). Times are ms since 1970. */
struct session {
	int64_t id;
	enum session_kind kind;
	char *key, *user, *model, *reason;
	int64_t job, attempt, parent; /* 0: none */
	enum session_status status;
	int64_t turns, created_at, updated_at;
};
void session_free(struct session *session);

/*
 * The conversation of a user in a chat (target: store/target.h; NULL: on a
 * terminal). It is made if there is none; one that has ended is active again.
 * Returns its id.
 */
int64_t session_open_chat(const char *user, const char *target, int64_t now);

/*
 * A new one, of a run. user and model may be NULL; job and attempt 0: of no
 * job; parent: the conversation that started it, 0: none. Returns its id. It
 * goes when its job is pruned.
 */
int64_t session_open_agent(const char *user, int64_t job, int64_t attempt, int64_t parent,
	const char *model, int64_t now);

enum session_role { SESSION_SYSTEM, SESSION_USER, SESSION_ASSISTANT, SESSION_TOOL };

/* "system", "user", "assistant", "tool", as in a request; and back, -1 for no such word. */
const char *session_role_name(enum session_role role);
int session_role_parse(const char *name);

/* Texts are NULL where there are none; session_append() reads neither id nor created_at. */
struct session_message {
	int64_t id;
	enum session_role role;
	const char *content;
	const char *tool_calls;   /* assistant: a JSON array, kept as it is */
	const char *tool_call_id; /* tool: the call that it answers */
	const char *name;
	int64_t created_at;
};

/* Put a message behind the others: all of it, or, if the transaction is not committed, nothing. Returns its id. */
int64_t session_append(int64_t id, const struct session_message *message, int64_t now);

/*
 * Call each() for the latest `limit` messages (-1: all), oldest first; the
 * texts live until it returns. The answers of tools that would come first are
 * left out: their calls are not there. (Calls at the end may lack answers:
 * the process was killed between.) Returns how many it was called for.
 */
int64_t session_messages(int64_t id, int64_t limit,
	void (*each)(const struct session_message *message, void *arg), void *arg);

/* One more turn was taken. Returns their number. */
int64_t session_turn(int64_t id);

/* It ended so; reason may be NULL. */
void session_end(int64_t id, enum session_status status, const char *reason, int64_t now);

/*
 * 0, or -1 if there is none. One of a run that is over without having said
 * how (it was killed) reads as stopped, "interrupted".
 */
int session_get(int64_t id, struct session *session);

/* The latest session of a job, of any of its attempts; 0: none. */
int64_t session_of_job(int64_t job);

/* Call each() for those of a user (NULL: of all) that changed at or after `since`, newest first. Returns how many. */
int64_t session_list(const char *user, int64_t since,
	void (*each)(const struct session *session, void *arg), void *arg);

#endif
