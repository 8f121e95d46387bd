/* runner: see to it that somebody runs the jobs */
#ifndef EXEC_RUNNER_H
#define EXEC_RUNNER_H

/*
 * If no pool is alive, start one in the background (own session, no terminal,
 * bgjob-run --linger 60s, its messages in runner.log) unless BGJOB_AUTORUN=no.
 * To be called after the commit. A failure is a warning: the job is recorded,
 * whoever starts a pool next runs it. Returns 1 when there is now a pool or
 * one was started, 0 when there is none.
 */
int runner_ensure(void);

#endif
