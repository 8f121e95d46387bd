-- 004: models: conversations, token usage, memory with approval, and a search over results.

CREATE TABLE session (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT    NOT NULL CHECK (kind IN ('chat', 'agent')),
	key        TEXT    UNIQUE,                           -- chat: USER TARGET
	user_id    TEXT,
	job_id     INTEGER REFERENCES job (id) ON DELETE CASCADE,
	attempt    INTEGER,
	parent_id  INTEGER,                                  -- the conversation that started it; may have been pruned
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
	tool_calls   TEXT,                                   -- JSON as the model sent it
	tool_call_id TEXT,                                   -- tool: the call that it answers
	name         TEXT,
	created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX session_message_session ON session_message (session_id, id);

-- Requests to models. They outlive their session and job, since caps are counted from them.
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
	cost_nano         INTEGER CHECK (cost_nano >= 0),    -- 10^-9 of the endpoint's unit; NULL: unknown
	estimated         INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1))  -- the endpoint did not count the tokens
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

-- All versions, including the current one.
CREATE TABLE memory_version (
	block_id    INTEGER NOT NULL REFERENCES memory_block (id),
	version     INTEGER NOT NULL,
	title       TEXT    NOT NULL,
	written_at  INTEGER NOT NULL,
	written_by  TEXT    NOT NULL,
	proposal_id INTEGER,                                 -- the approved proposal; may have been pruned
	body        TEXT    NOT NULL,
	PRIMARY KEY (block_id, version)
) STRICT;

CREATE TABLE memory_proposal (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id      TEXT    NOT NULL,
	label        TEXT    NOT NULL,
	base_version INTEGER NOT NULL CHECK (base_version >= 0),  -- 0: the block does not exist yet
	title        TEXT    NOT NULL,
	status       TEXT    NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
	created_at   INTEGER NOT NULL,
	job_id       INTEGER,                                -- where it came from; both may have been pruned
	session_id   INTEGER,
	proposed_by  TEXT    NOT NULL,
	decided_at   INTEGER,
	decided_by   TEXT,
	reason       TEXT,
	body         TEXT    NOT NULL,                       -- the whole text, also of an edit; the last column, so that reading
	                                                     -- the others need not skip it
	CHECK ((status = 'pending') = (decided_at IS NULL))
) STRICT;
CREATE INDEX memory_proposal_open ON memory_proposal (user_id, id) WHERE status = 'pending';

-- Requests and results of finished jobs by job id; an index only, without a second copy of the text.
CREATE VIRTUAL TABLE result_text USING fts5 (
	request, result, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- One row: jobs that ended up to this event are in result_text.
CREATE TABLE search (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	event_id INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO search (id) VALUES (1);
