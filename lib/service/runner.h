/* runner: make sure that somebody runs the jobs and delivers the messages */
#ifndef SERVICE_RUNNER_H
#define SERVICE_RUNNER_H

/*
 * If no pool is alive, start one in the background (bgjob-run --linger 60s in a session of its
 * own, without a terminal, its messages in runner.log), unless BGJOB_AUTORUN=no. Call it after the
 * commit. A failure is only a warning: the job is recorded and the next pool runs it. Returns 1 if
 * a pool is alive or was started, else 0.
 */
int runner_ensure(void);

/*
 * The same for the outbox: bgjob-notify --linger 60s. Call it after committing a message, or
 * something that will lead to one.
 */
int runner_ensure_notifier(void);

/*
 * After a commit that recorded an end: if messages wait and nobody sends them, do what
 * runner_ensure_notifier() does, at most once a minute in one process. The store is open.
 */
void runner_deliver(void);

/*
 * The sender locks the first byte of this file; a service that is or will become the sender locks
 * the second.
 */
#define RUNNER_NOTIFY_LOCK "notify.lock"
enum { RUNNER_NOTIFY_SENDER, RUNNER_NOTIFY_SERVICE };

#endif
