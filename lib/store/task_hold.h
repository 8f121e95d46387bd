/* task_hold: what is queued of tasks that may start nothing; database errors end the program */
#ifndef STORE_TASK_HOLD_H
#define STORE_TASK_HOLD_H

/*
 * Hold back the queued jobs of tasks that are disabled, deleted or paused, and
 * let go those of the others. Inside the caller's transaction.
 */
void task_hold_refresh(void);

#endif
