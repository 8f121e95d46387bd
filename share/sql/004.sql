-- 004: the model's side: conversations, what they used, memory with approval, and a search over results.

CREATE TABLE session (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT    NOT NULL CHECK (kind IN ('chat', 'agent')),
	key        TEXT    UNIQUE,                           -- chat: USER TARGET
	user_id    TEXT,
	job_id     INTEGER REFERENCES job (id) ON DELETE CASCADE,
	attempt    INTEGER,
	parent_id  INTEGER,                                  -- the conversation that started it; may be gone
	model      TEXT,
	status     TEXT    NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'done', 'stopped', 'failed')),
	reason     TEXT,
	turns      INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_job ON session (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE session_message (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	session_id   INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
	role         TEXT    NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
	content      TEXT,
	tool_calls   TEXT,                                   -- JSON, as the model gave them
	tool_call_id TEXT,                                   -- tool: which of them it answers
	name         TEXT,
	created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX session_message_session ON session_message (session_id, id);

-- Each request to a model. It outlives its session and its job: the caps are counted from here.
CREATE TABLE model_usage (
	id                INTEGER PRIMARY KEY AUTOINCREMENT,
	session_id        INTEGER,
	job_id            INTEGER,
	attempt           INTEGER,
	user_id           TEXT,
	model             TEXT    NOT NULL,
	at                INTEGER NOT NULL,
	prompt_tokens     INTEGER NOT NULL CHECK (prompt_tokens >= 0),
	completion_tokens INTEGER NOT NULL CHECK (completion_tokens >= 0),
	cost_nano         INTEGER CHECK (cost_nano >= 0),    -- 10^-9 of the endpoint's unit; NULL: it did not say
	estimated         INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1))  -- it did not count the tokens
) STRICT;
CREATE INDEX model_usage_at  ON model_usage (at);
CREATE INDEX model_usage_job ON model_usage (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE memory_block (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id    TEXT    NOT NULL,
	label      TEXT    NOT NULL,
	title      TEXT    NOT NULL,
	body       TEXT    NOT NULL,
	version    INTEGER NOT NULL CHECK (version > 0),
	updated_at INTEGER NOT NULL,
	updated_by TEXT    NOT NULL,
	UNIQUE (user_id, label)
) STRICT;

-- Every version that ever was, the current one too.
CREATE TABLE memory_version (
	block_id    INTEGER NOT NULL REFERENCES memory_block (id),
	version     INTEGER NOT NULL,
	title       TEXT    NOT NULL,
	written_at  INTEGER NOT NULL,
	written_by  TEXT    NOT NULL,
	proposal_id INTEGER,                                 -- the one that was approved; may have been pruned since
	body        TEXT    NOT NULL,
	PRIMARY KEY (block_id, version)
) STRICT;

CREATE TABLE memory_proposal (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id      TEXT    NOT NULL,
	label        TEXT    NOT NULL,
	base_version INTEGER NOT NULL CHECK (base_version >= 0),  -- 0: there is no such block yet
	title        TEXT    NOT NULL,
	status       TEXT    NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
	created_at   INTEGER NOT NULL,
	job_id       INTEGER,                                -- whence it came; both may have been pruned since
	session_id   INTEGER,
	proposed_by  TEXT    NOT NULL,
	decided_at   INTEGER,
	decided_by   TEXT,
	reason       TEXT,
	body         TEXT    NOT NULL,                       -- the whole text, also of an edit; last, so that a look at
	                                                     -- the others does not read through it
	CHECK ((status = 'pending') = (decided_at IS NULL))
) STRICT;
CREATE INDEX memory_proposal_open ON memory_proposal (user_id, id) WHERE status = 'pending';

-- What finished jobs were asked and what they answered, by job id; the text itself is not kept again.
CREATE VIRTUAL TABLE result_text USING fts5 (
	request, result, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- One row: the ends of jobs up to this event are in result_text.
CREATE TABLE search (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	event_id INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO search (id) VALUES (1);
