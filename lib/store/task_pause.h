/* task_pause: all tasks at once, and the queued jobs of tasks that may start nothing;
 * database errors end the program. Writing functions belong inside the caller's transaction. */
#ifndef STORE_TASK_PAUSE_H
#define STORE_TASK_PAUSE_H

/*
 * Hold back the queued jobs of tasks that are disabled, deleted or paused, and
 * let go those of the others. Inside the caller's transaction.
 */
void task_hold_refresh(void);

/* While all tasks are paused no moment is claimed, and what is queued of their runs waits. */
int task_paused(void);
void task_set_paused(int paused);

#endif
