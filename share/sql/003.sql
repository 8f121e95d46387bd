-- 003: recurring work: tasks, their users, and their runs.

CREATE TABLE task (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	name           TEXT    NOT NULL,
	kind           TEXT    NOT NULL CHECK (kind IN ('cron', 'every', 'idle', 'at')),
	schedule       TEXT,                                 -- cron: the expression as given
	zone           TEXT,                                 -- cron: a name of the tz database; empty: the system's zone
	period_ms      INTEGER CHECK (period_ms > 0),        -- every: between two moments; idle: of silence
	anchor         INTEGER,                              -- every: moments are whole periods after it; at: the moment
	cooldown_ms    INTEGER CHECK (cooldown_ms >= 0),     -- idle: between two runs for one user
	missed         TEXT    NOT NULL DEFAULT 'once' CHECK (missed IN ('skip', 'once', 'all')),
	grace_ms       INTEGER CHECK (grace_ms >= 0),        -- a moment missed by more is skipped; NULL: no limit
	overlap        TEXT    NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue', 'allow')),
	batch_size     INTEGER NOT NULL DEFAULT 5 CHECK (batch_size > 0),
	max_turns      INTEGER NOT NULL DEFAULT 10 CHECK (max_turns > 0),
	system_prompt  TEXT,
	tools          TEXT,                                 -- names, separated by commas
	memory_blocks  TEXT,                                 -- labels, separated by commas
	command        BLOB    NOT NULL,                     -- of its jobs, as in job
	directory      BLOB    NOT NULL,
	umask          INTEGER NOT NULL,
	environment_id INTEGER NOT NULL REFERENCES environment (id),
	queue          TEXT    NOT NULL,
	priority       INTEGER NOT NULL,
	timeout_ms     INTEGER CHECK (timeout_ms > 0),
	notify_on      TEXT    CHECK (notify_on IN ('done', 'failed', 'change', 'always', 'never')),
	alert_after    INTEGER NOT NULL DEFAULT 3 CHECK (alert_after >= 0),  -- failed runs in a row; 0: no alert
	enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
	created_at     INTEGER NOT NULL,
	deleted_at     INTEGER,
	looked_at      INTEGER NOT NULL,                     -- every moment up to here is settled
	due_at         INTEGER,                              -- the next moment; NULL: none, disabled, or idle (task_user)
	alerted_at     INTEGER                               -- when its targets were told that it keeps failing
) STRICT;
CREATE UNIQUE INDEX task_name ON task (name) WHERE deleted_at IS NULL;
CREATE INDEX task_names  ON task (name);               -- deleted ones too
CREATE INDEX task_due    ON task (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX task_looked ON task (looked_at) WHERE deleted_at IS NULL;

CREATE TABLE task_user (
	task_id   INTEGER NOT NULL REFERENCES task (id),
	position  INTEGER NOT NULL,
	user_id   TEXT    NOT NULL,
	due_at    INTEGER,                                   -- idle: when this silence is long enough
	fired_at  INTEGER,                                   -- idle: when the latest run for this user was due
	PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX task_user_name ON task_user (user_id, task_id);
CREATE INDEX task_user_due ON task_user (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE task_notify (
	task_id INTEGER NOT NULL REFERENCES task (id),
	target  TEXT    NOT NULL,                            -- with %u: each user's own
	PRIMARY KEY (task_id, target)
) STRICT, WITHOUT ROWID;

-- The row claims the moment. The status of a run follows from its jobs (background_runs).
CREATE TABLE task_run (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	task_id      INTEGER NOT NULL REFERENCES task (id),
	kind         TEXT    NOT NULL CHECK (kind IN ('cron', 'every', 'idle', 'at', 'manual')),
	due_at       INTEGER,                                -- NULL: manual
	user_id      TEXT    NOT NULL DEFAULT '',            -- idle: whose silence
	created_at   INTEGER NOT NULL,
	batch_size   INTEGER NOT NULL,
	after_id     INTEGER,                                -- the run that has to end first
	reason       TEXT,                                   -- why it has no jobs
	cancelled_at INTEGER,
	UNIQUE (task_id, due_at, user_id)
) STRICT;
CREATE INDEX task_run_task ON task_run (task_id, id);

ALTER TABLE job ADD COLUMN run_id INTEGER;
CREATE INDEX job_run ON job (run_id, status) WHERE run_id IS NOT NULL;
CREATE INDEX job_run_open ON job (run_id) WHERE run_id IS NOT NULL AND status IN ('queued', 'running');

-- One row: settings for all tasks.
CREATE TABLE schedule (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
	zones  INTEGER NOT NULL DEFAULT 0                    -- the tz database that due_at was computed with
) STRICT;
INSERT INTO schedule (id) VALUES (1);

-- Runs of tasks, for other programs (bgjob-sql(5)).
CREATE VIEW background_runs AS
SELECT
	r.id AS id,
	task.name AS task,
	r.kind AS trigger,
	CASE
		WHEN EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status IN ('queued', 'running')) THEN
			CASE WHEN EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status <> 'queued')
				THEN 'running' ELSE 'pending' END
		WHEN NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id) THEN 'cancelled'
		WHEN NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status <> 'done') THEN 'success'
		WHEN NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status <> 'cancelled') THEN 'cancelled'
		WHEN r.cancelled_at IS NOT NULL
			AND EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status = 'cancelled') THEN 'cancelled'
		WHEN NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status = 'done') THEN 'failed'
		ELSE 'partial'
	END AS status,
	r.reason AS reason,
	strftime('%Y-%m-%dT%H:%M:%fZ', r.due_at / 1000.0, 'unixepoch') AS due_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch') AS created_at,
	(SELECT strftime('%Y-%m-%dT%H:%M:%fZ', min(started_at) / 1000.0, 'unixepoch')
		FROM job WHERE run_id = r.id) AS started_at,
	CASE WHEN EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status IN ('queued', 'running')) THEN NULL
		ELSE (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(completed_at) / 1000.0, 'unixepoch')
			FROM job WHERE run_id = r.id) END AS ended_at,
	(SELECT count(*) FROM job WHERE run_id = r.id) AS jobs,
	(SELECT count(*) FROM job WHERE run_id = r.id AND status = 'done') AS done,
	(SELECT count(*) FROM job WHERE run_id = r.id AND status = 'failed') AS failed,
	(SELECT count(*) FROM job WHERE run_id = r.id AND status = 'cancelled') AS cancelled
FROM task_run AS r JOIN task ON task.id = r.task_id;
