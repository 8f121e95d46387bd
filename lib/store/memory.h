/* memory: texts given to models for a user, their versions, and proposals to change them;
 * database errors end the program. Writing functions are called inside the caller's transaction. */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include <stdint.h>

#include "base/str.h"

/* Bytes; and how many proposals of one user may wait for a decision. */
enum {
	MEMORY_LABEL_MAX = 64,
	MEMORY_TITLE_MAX = 200,
	MEMORY_BODY_MAX = 64 * 1024,
	MEMORY_OPEN_MAX = 100,
};

/* Why nothing was done. */
enum memory_refusal {
	MEMORY_NONE = -1,    /* no such block, version or proposal */
	MEMORY_CHANGED = -2, /* the block is no longer at the base version */
	MEMORY_SAME = -3,    /* nothing would change */
	MEMORY_DECIDED = -4, /* it has already been approved or rejected */
	MEMORY_FULL = -5,    /* too many proposals are waiting */
};

/* 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with "-" or "." */
int memory_label_valid(const char *label);

/*
 * Whether a text may be stored: 0, or -1 with the reason appended to why. The
 * body is at most MEMORY_BODY_MAX bytes of characters that text_allows()
 * (base/text.h), the title (may be NULL) one line of at most MEMORY_TITLE_MAX. A
 * body that is not empty is stored with a newline at its end.
 */
int memory_text_valid(const char *title, const char *body, struct str *why);

/* A block, or one version of it. Texts are owned, never NULL; free with memory_block_free(). */
struct memory_block {
	int64_t id; /* of the block */
	char *user, *label, *title, *body;
	int64_t version, updated_at; /* counted from 1; ms since 1970 */
	char *updated_by;
	int64_t proposal; /* that became this version; 0: it was set directly */
};
void memory_block_free(struct memory_block *block);

/* The current version; 0, or MEMORY_NONE. */
int memory_get(const char *user, const char *label, struct memory_block *block);

/* One version, old or current; 0, or MEMORY_NONE. */
int memory_get_version(const char *user, const char *label, int64_t version,
	struct memory_block *block);

/* Call each() for a user's blocks (NULL: everybody's), by user and label. Returns how many. */
int64_t memory_list(const char *user, void (*each)(const struct memory_block *block, void *arg),
	void *arg);

/*
 * Call each() for all versions of a block, newest first. Returns how many; 0:
 * there is no such block.
 */
int64_t memory_history(const char *user, const char *label,
	void (*each)(const struct memory_block *block, void *arg), void *arg);

/*
 * Write a block without a proposal. title NULL: unchanged (the label, for a new
 * block). The previous text stays as a version. Returns the resulting version;
 * nothing is written if the text is the same. label, title and body are valid.
 */
int64_t memory_set(const char *user, const char *label, const char *title, const char *body,
	const char *by, int64_t now);

enum memory_status { MEMORY_PENDING, MEMORY_APPROVED, MEMORY_REJECTED };

/* "pending", "approved", "rejected". */
const char *memory_status_name(enum memory_status status);

/*
 * A proposal. One from the store owns its texts (NULL: none); free it with
 * memory_proposal_free(). In a new one id, status, times and decision are not
 * read, a title of NULL means unchanged, and a base of -1 the current version.
 */
struct memory_proposal {
	int64_t id;
	char *user, *label;
	int64_t base;       /* the version that it changes; 0: a new block */
	char *title, *body; /* body: the whole new text */
	enum memory_status status;
	int64_t created_at, job, session; /* job, session: 0: none */
	char *by;
	int64_t decided_at; /* -1: not yet */
	char *decided_by, *reason;
};
void memory_proposal_free(struct memory_proposal *proposal);

/*
 * Propose a text. Returns the proposal's id (the existing one, if the same
 * proposal is already waiting), MEMORY_SAME, MEMORY_FULL, or MEMORY_CHANGED if the
 * base is not the current version: then what has changed since is appended to
 * difference (unless NULL). label, title and body are valid.
 */
int64_t memory_propose(const struct memory_proposal *proposal, int64_t now, struct str *difference);

/*
 * Apply an edit (a unified diff, base/diff.h) to version *base of a block and
 * append the new text to body. *base -1: the current version, to which *base is
 * then set; 0: a block that does not exist yet, which is empty. Returns 0, or -1
 * with the reason appended to why.
 */
int memory_edit(const char *user, const char *label, int64_t *base, const char *edit,
	struct str *body, struct str *why);

/* 0, or MEMORY_NONE. */
int memory_proposal_get(int64_t id, struct memory_proposal *proposal);

/*
 * Call each() for the proposals of a user (NULL: all) with that status (-1: any),
 * oldest first. Returns how many.
 */
int64_t memory_proposals(const char *user, int status,
	void (*each)(const struct memory_proposal *proposal, void *arg), void *arg);

/* How many proposals a job has made, decided or not. */
int64_t memory_proposals_of_job(int64_t job);

/*
 * Append what it changes relative to its base, as a unified diff; first a line
 * about the title if that changes.
 */
void memory_difference(const struct memory_proposal *proposal, struct str *difference);

/*
 * Make the proposed text the block's new version. Returns 0, MEMORY_NONE,
 * MEMORY_DECIDED, or MEMORY_CHANGED: then it stays pending, and what has changed
 * since its base is appended to difference (unless NULL).
 */
int memory_approve(int64_t id, const char *by, int64_t now, struct str *difference);

/* Reject it; reason may be NULL. Returns 0, MEMORY_NONE or MEMORY_DECIDED. */
int memory_reject(int64_t id, const char *by, const char *reason, int64_t now);

#endif
