/* inbox_worker: handle a user's messages in the inbox, in order, each once; database errors end the
 * program, temporary ones are returned */
#ifndef CHAT_INBOX_WORKER_H
#define CHAT_INBOX_WORKER_H

#include <stdint.h>

/*
 * Handle this message and all others of its user that wait, under the user's
 * lock; a process that holds it already handles them instead. Returns 0, or -1
 * if there is no such message, or -2 if some could not be handled now.
 */
enum { INBOX_WORKER_UNKNOWN = -1, INBOX_WORKER_FAILED = -2 };
int inbox_worker_run(int64_t id);

#endif
