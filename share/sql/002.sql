-- 002: the chat: incoming messages, users, and an outbox that records the outcome of each message.

-- The outbox: one row for each message; long ones have a row for each part.
CREATE TABLE delivery_2 (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT    NOT NULL DEFAULT 'final'          -- final: how a job ended; ack: that it was taken;
	           CHECK (kind IN ('final', 'ack', 'milestone', 'reply', 'note', 'callback')),
	                                                     -- note: from a pipe; callback: a button was seen
	rank       INTEGER NOT NULL DEFAULT 1,               -- lower is sent first to the same receiver
	event_id   INTEGER REFERENCES event (id),
	job_id     INTEGER REFERENCES job (id),
	parent_id  INTEGER REFERENCES delivery_2 (id),       -- the first part of a long message
	part       INTEGER NOT NULL DEFAULT 0,
	target     TEXT    NOT NULL,
	receiver   TEXT    NOT NULL,                         -- flood gates count by it: a chat, a URL, an address
	format     TEXT    NOT NULL DEFAULT 'text'           -- plain: its formatting was refused
	           CHECK (format IN ('text', 'markdown', 'plain')),
	text       TEXT,                                     -- NULL: made from the job when it is first sent
	title      TEXT,
	buttons    TEXT,                                     -- LABEL TAB COMMAND, a line each
	reply_to   INTEGER,                                  -- the receiver's message id
	document   TEXT,                                     -- a file is sent with it, under this name
	direct     INTEGER NOT NULL DEFAULT 0 CHECK (direct IN (0, 1)),  -- the result came before the ack was due
	status     TEXT    NOT NULL DEFAULT 'pending'
	           CHECK (status IN ('pending', 'sending', 'sent', 'uncertain', 'dead', 'dropped')),
	tries      INTEGER NOT NULL DEFAULT 0,
	doubtful   INTEGER NOT NULL DEFAULT 0,               -- requests that may have been received although no answer came
	created_at INTEGER NOT NULL,
	not_before INTEGER NOT NULL DEFAULT 0,
	sent_at    INTEGER,                                  -- of the last request
	remote_id  INTEGER,                                  -- the receiver's message id
	error      TEXT                                      -- why it is not sent
) STRICT;
INSERT INTO delivery_2 (id, kind, rank, event_id, job_id, target, receiver, created_at, status)
	SELECT id, 'final', 1, event_id, job_id, target,
		CASE WHEN target LIKE 'telegram:%' AND instr(target, '/') > 0
			THEN substr(target, 1, instr(target, '/') - 1) ELSE target END,
		created_at, status
	FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_2 RENAME TO delivery;
CREATE INDEX delivery_due ON delivery (receiver, rank, coalesce(parent_id, id), part)
	WHERE status IN ('pending', 'uncertain');
-- An index with status IN (...) is of no use to a query for one status: these have one each.
CREATE INDEX delivery_urgent  ON delivery (receiver) WHERE rank = 0 AND status IN ('pending', 'uncertain');
CREATE INDEX delivery_sending ON delivery (id) WHERE status = 'sending';
CREATE INDEX delivery_dead    ON delivery (id) WHERE status = 'dead';
CREATE INDEX delivery_job    ON delivery (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX delivery_event  ON delivery (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX delivery_parent ON delivery (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX delivery_old    ON delivery (created_at) WHERE job_id IS NULL;

-- The content of documents that are not the result of their job.
CREATE TABLE attachment (
	delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
	data        BLOB    NOT NULL
) STRICT;

-- Flood gates. full_at: when the allowance is full again (generic cell rate algorithm).
CREATE TABLE receiver (
	name       TEXT    PRIMARY KEY NOT NULL,
	not_before INTEGER NOT NULL DEFAULT 0,               -- nothing is sent before: the receiver asked for that, or it failed
	full_at    INTEGER NOT NULL DEFAULT 0,
	failures   INTEGER NOT NULL DEFAULT 0,               -- in a row
	moved_to   TEXT                                      -- the chat has a new id
) STRICT, WITHOUT ROWID;

CREATE INDEX receiver_moved ON receiver (name) WHERE moved_to IS NOT NULL;

-- Incoming messages, stored before they are confirmed to their source.
CREATE TABLE inbox (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	source      TEXT    NOT NULL,                        -- telegram:BOT
	source_id   INTEGER NOT NULL,
	user_id     TEXT    NOT NULL,                        -- the sender; empty: nobody
	chat        TEXT    NOT NULL,                        -- where an answer goes; empty: nowhere
	body        TEXT    NOT NULL,                        -- as received
	status      TEXT    NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'handled', 'failed')),
	tries       INTEGER NOT NULL DEFAULT 0,              -- attempts to handle it
	received_at INTEGER NOT NULL,
	offered_at  INTEGER NOT NULL,                        -- last printed for bgjob-chat to handle
	handled_at  INTEGER,
	error       TEXT,
	UNIQUE (source, source_id)
) STRICT;
CREATE INDEX inbox_new ON inbox (user_id, id) WHERE status = 'new';
CREATE INDEX inbox_failed ON inbox (id) WHERE status = 'failed';
CREATE INDEX inbox_old ON inbox (handled_at) WHERE status = 'handled';

-- Users who have written. Those on the allow list need not have a row.
CREATE TABLE user (
	id         TEXT    PRIMARY KEY NOT NULL,             -- Telegram's number, or a local name
	name       TEXT,
	role       TEXT    NOT NULL DEFAULT 'stranger' CHECK (role IN ('stranger', 'user', 'operator')),
	paired_at  INTEGER,
	seen_at    INTEGER,                                  -- when they last wrote
	refused_at INTEGER,                                  -- when a stranger was last told that this bot is private
	tries      INTEGER NOT NULL DEFAULT 0,               -- wrong pairing codes ...
	tries_from INTEGER,                                  -- ... since this time
	notices    INTEGER NOT NULL DEFAULT 0                -- the last event shown to them on a terminal
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing (
	code       TEXT    PRIMARY KEY NOT NULL,
	role       TEXT    NOT NULL CHECK (role IN ('user', 'operator')),
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE job ADD COLUMN notify_after_ms INTEGER CHECK (notify_after_ms > 0);  -- notify only of longer runs
CREATE INDEX job_cancelling ON job (id) WHERE status = 'running' AND cancel_by IS NOT NULL;
CREATE INDEX event_kind     ON event (job_id, id) WHERE kind = 'milestone';

-- Processes that bgjob did not start and whose end is reported.
CREATE TABLE watch (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	pid        INTEGER NOT NULL,
	started    INTEGER NOT NULL,                         -- clock ticks after boot: field 22 of proc(5)'s stat
	boot       TEXT    NOT NULL,
	name       TEXT    NOT NULL,
	target     TEXT    NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;
