-- 001: the store: jobs, their attempts, results, events and outgoing notices.
-- Times are milliseconds since 1970-01-01 UTC, durations milliseconds.

CREATE TABLE environment (
	id     INTEGER PRIMARY KEY,
	digest INTEGER NOT NULL,                -- FNV-1a of data: finds equal ones quickly
	data   BLOB    NOT NULL                 -- NAME=value, each ended by NUL
) STRICT;
CREATE INDEX environment_digest ON environment (digest);

CREATE TABLE queue (
	name        TEXT    PRIMARY KEY NOT NULL,
	max_running INTEGER CHECK (max_running >= 0),        -- NULL: no limit
	paused      INTEGER CHECK (paused IN (0, 1))         -- NULL: the row '*', for all queues, decides
) STRICT, WITHOUT ROWID;

-- Pools, alive or dead. A living one holds a lock on byte `id` of pool.lock.
CREATE TABLE pool (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	pid        INTEGER NOT NULL,
	slots      INTEGER NOT NULL,
	started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE job (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	status          TEXT    NOT NULL DEFAULT 'queued'
	                CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
	hold            INTEGER NOT NULL DEFAULT 0,          -- why a queued job may not start; bits:
	                                                     -- 1 dependency, 2 time, 4 leftovers of the last attempt
	queue           TEXT    NOT NULL DEFAULT 'default',
	limit_key       TEXT    NOT NULL DEFAULT '',         -- what else is counted: a task run, a user
	priority        INTEGER NOT NULL DEFAULT 0,          -- higher starts first
	type            TEXT    NOT NULL DEFAULT 'shell',
	label           TEXT,
	user_id         TEXT,
	command         BLOB    NOT NULL,                    -- argv, each argument ended by NUL
	directory       BLOB    NOT NULL,
	umask           INTEGER NOT NULL,
	environment_id  INTEGER NOT NULL REFERENCES environment (id),
	launcher        TEXT    NOT NULL DEFAULT 'local',
	created_at      INTEGER NOT NULL,
	not_before      INTEGER,
	timeout_ms      INTEGER CHECK (timeout_ms > 0),
	grace_ms        INTEGER CHECK (grace_ms >= 0),
	retries         INTEGER NOT NULL DEFAULT 0,
	backoff_ms      INTEGER,
	failures        INTEGER NOT NULL DEFAULT 0,          -- attempts that failed, retried or not
	unique_key      TEXT,
	notify_on       TEXT    CHECK (notify_on IN ('done', 'failed', 'change', 'always', 'never')),
	max_output      INTEGER CHECK (max_output > 0),
	contain         INTEGER NOT NULL DEFAULT 0 CHECK (contain IN (0, 1)),
	attempt         INTEGER NOT NULL DEFAULT 0,          -- the latest; a number is never used twice
	claim           TEXT,                                -- token of the running attempt
	started_at      INTEGER,                             -- of the latest attempt
	completed_at    INTEGER,
	reason          TEXT,
	cancel_by       TEXT,                                -- who asked for the end of the running attempt
	acknowledged_at INTEGER
) STRICT;

CREATE INDEX job_queued  ON job (hold, queue, limit_key, priority DESC, id) WHERE status = 'queued';
CREATE INDEX job_running ON job (queue, limit_key) WHERE status = 'running';
CREATE INDEX job_due     ON job (not_before) WHERE status = 'queued' AND (hold & 2) <> 0;
CREATE INDEX job_failed  ON job (completed_at) WHERE status = 'failed' AND acknowledged_at IS NULL;
CREATE INDEX job_user    ON job (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX job_series  ON job (label, type, id) WHERE notify_on = 'change';
CREATE UNIQUE INDEX job_unique ON job (unique_key)
	WHERE unique_key IS NOT NULL AND status IN ('queued', 'running');

CREATE TABLE input (
	job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
	size   INTEGER NOT NULL,
	data   BLOB,
	file   TEXT,                                         -- in results/, when it is large
	CHECK ((data IS NULL) <> (file IS NULL))
) STRICT;

CREATE TABLE dependency (
	job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	on_id  INTEGER NOT NULL,                             -- may have been pruned since
	kind   TEXT    NOT NULL CHECK (kind IN ('done', 'any')),
	PRIMARY KEY (job_id, on_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dependency_on ON dependency (on_id);

CREATE TABLE notify (
	job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	target TEXT    NOT NULL,
	PRIMARY KEY (job_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
	job_id       INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	attempt      INTEGER NOT NULL,
	launcher     TEXT    NOT NULL DEFAULT 'local',
	claim        TEXT    NOT NULL,                       -- token, committed before anything is started
	handle       TEXT,                                   -- the engine's id for it; local: NULL
	pool_id      INTEGER,
	slot         INTEGER,
	boot         TEXT    NOT NULL,
	started_at   INTEGER NOT NULL,
	ended_at     INTEGER,
	outcome      TEXT,                                   -- reason in words; 'never started': it was requeued
	wait_status  INTEGER,                                -- as waitpid(2) gives it; NULL: nobody saw it
	utime_us     INTEGER,
	stime_us     INTEGER,
	maxrss_kb    INTEGER,
	stdout_bytes INTEGER,                                -- written by the command
	stderr_bytes INTEGER,
	PRIMARY KEY (job_id, attempt)
) STRICT, WITHOUT ROWID;

-- A stream without a row is empty.
CREATE TABLE result (
	job_id  INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	stream  INTEGER NOT NULL CHECK (stream IN (1, 2)),   -- 1 stdout, 2 stderr
	size    INTEGER NOT NULL,                            -- bytes kept
	omitted INTEGER NOT NULL DEFAULT 0,                  -- bytes cut out (--max-output) ...
	cut_at  INTEGER NOT NULL DEFAULT 0,                  -- ... after this many
	data    BLOB,
	file    TEXT,                                        -- in results/, when it is large
	PRIMARY KEY (job_id, attempt, stream),
	FOREIGN KEY (job_id, attempt) REFERENCES attempt (job_id, attempt) ON DELETE CASCADE,
	CHECK ((data IS NULL) <> (file IS NULL))
) STRICT;

CREATE TABLE event (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	job_id  INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL,
	kind    TEXT    NOT NULL,
	at      INTEGER NOT NULL,
	detail  TEXT
) STRICT;
CREATE INDEX event_job ON event (job_id);

CREATE TABLE delivery (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	event_id   INTEGER NOT NULL REFERENCES event (id),
	job_id     INTEGER NOT NULL REFERENCES job (id),
	target     TEXT    NOT NULL,
	status     TEXT    NOT NULL DEFAULT 'pending'
	           CHECK (status IN ('pending', 'sending', 'sent', 'uncertain', 'dead')),
	created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_open  ON delivery (status, id) WHERE status IN ('pending', 'sending', 'uncertain');
CREATE INDEX delivery_job   ON delivery (job_id);
CREATE INDEX delivery_event ON delivery (event_id);

-- The stable reading interface for other programs (bgjob-sql(5)).
CREATE VIEW background_jobs AS
SELECT
	job.id AS id,
	job.user_id AS user_id,
	job.type AS job_type,
	job.status AS status,
	(SELECT CAST(input.data AS TEXT) FROM input WHERE input.job_id = job.id) AS input_text,
	CASE
		WHEN job.status IN ('queued', 'running') THEN NULL
		WHEN result.size IS NULL THEN ''             -- it wrote nothing
		ELSE CAST(result.data AS TEXT)               -- NULL: a file in results/
	END AS result_text,
	strftime('%Y-%m-%dT%H:%M:%fZ', job.created_at / 1000.0, 'unixepoch') AS created_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', job.completed_at / 1000.0, 'unixepoch') AS completed_at
FROM job LEFT JOIN result
	ON result.job_id = job.id AND result.attempt = job.attempt AND result.stream = 1;
