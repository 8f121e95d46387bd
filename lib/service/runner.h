/* runner: see to it that somebody runs the jobs and delivers the messages */
#ifndef SERVICE_RUNNER_H
#define SERVICE_RUNNER_H

/*
 * If no pool is alive, start one in the background (own session, no terminal,
 * bgjob-run --linger 60s, its messages in runner.log) unless BGJOB_AUTORUN=no.
 * To be called after the commit. A failure is a warning: the job is recorded,
 * whoever starts a pool next runs it. Returns 1 when there is now a pool or
 * one was started, 0 when there is none.
 */
int runner_ensure(void);

/* The same for the outbox: bgjob-notify --linger 60s. To be called after a commit that queued a message or will. */
int runner_ensure_notifier(void);

/*
 * After a commit that recorded an end: if messages wait and nobody sends them, as
 * runner_ensure_notifier(), at most once a minute in one process. The store is open.
 */
void runner_deliver(void);

/* Who sends holds the first byte of this file, a service that is or will be the sender the second one. */
#define RUNNER_NOTIFY_LOCK "notify.lock"
enum { RUNNER_NOTIFY_SENDER, RUNNER_NOTIFY_SERVICE };

#endif
