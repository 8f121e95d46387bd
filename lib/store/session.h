/* session: conversations with a model, message by message; database errors end the program.
 * Writing functions are called inside the caller's transaction. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <stdint.h>

enum session_kind {
	SESSION_CHAT, /* the conversation of a user in a chat, without an end */
	SESSION_AGENT /* one run of an agent: a background job, or one call of a program */
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
 * terminal). It is created if there is none, and made active again if it has
 * ended. Returns its id.
 */
int64_t session_open_chat(const char *user, const char *target, int64_t now);

/*
 * A new session for an agent's run. user and model may be NULL; job and attempt 0:
 * without a job; parent: the conversation that started it, 0: none. Returns its id.
 * It is removed with its job.
 */
int64_t session_open_agent(const char *user, int64_t job, int64_t attempt, int64_t parent,
	const char *model, int64_t now);

enum session_role { SESSION_SYSTEM, SESSION_USER, SESSION_ASSISTANT, SESSION_TOOL };

/* "system", "user", "assistant", "tool", as in a request; and back, -1 for any other word. */
const char *session_role_name(enum session_role role);
int session_role_parse(const char *name);

/* Texts are NULL where there are none; session_append() reads neither id nor created_at. */
struct session_message {
	int64_t id;
	enum session_role role;
	const char *content;
	const char *tool_calls;   /* assistant: a JSON array, stored as it is */
	const char *tool_call_id; /* tool: the call that it answers */
	const char *name;
	int64_t created_at;
};

/* Append a message. Returns its id. */
int64_t session_append(int64_t id, const struct session_message *message, int64_t now);

/*
 * Call each() for the latest `limit` messages (-1: all), oldest first; the texts
 * are valid until it returns. Answers of tools at the beginning are left out,
 * since the calls they answer are cut off. (Calls at the end may lack answers, if
 * the process was killed in between.) Returns how many there were.
 */
int64_t session_messages(int64_t id, int64_t limit,
	void (*each)(const struct session_message *message, void *arg), void *arg);

/* Count one more turn. Returns their number. */
int64_t session_turn(int64_t id);

/* Record how it ended; reason may be NULL. */
void session_end(int64_t id, enum session_status status, const char *reason, int64_t now);

/*
 * 0, or -1 if there is none. A session whose run was killed before it recorded an
 * end reads as stopped, "interrupted".
 */
int session_get(int64_t id, struct session *session);

/* The latest session of a job, of any of its attempts; 0: none. */
int64_t session_of_job(int64_t job);

/*
 * Call each() for the sessions of a user (NULL: all) that changed at or after
 * `since`, newest first. Returns how many.
 */
int64_t session_list(const char *user, int64_t since,
	void (*each)(const struct session *session, void *arg), void *arg);

#endif
