/* task_pause: pausing all tasks, and holding queued jobs of tasks that may not start any;
 * database errors end the program. Writing functions are called inside the caller's transaction. */
#ifndef STORE_TASK_PAUSE_H
#define STORE_TASK_PAUSE_H

/*
 * Hold the queued jobs of tasks that are disabled, deleted or paused, and release
 * those of all others.
 */
void task_hold_refresh(void);

/* While all tasks are paused nothing is due, and queued jobs of their runs wait. */
int task_paused(void);
void task_set_paused(int paused);

#endif
