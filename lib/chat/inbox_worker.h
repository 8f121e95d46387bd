/* inbox_worker: the messages of a user in the inbox, in order, each handled once; database errors end the
 * program, what can pass by itself is returned */
#ifndef CHAT_INBOX_WORKER_H
#define CHAT_INBOX_WORKER_H

#include <stdint.h>

/*
 * Take the turn of the user who sent this message, and handle all of theirs
 * that wait; if somebody else has it, they do. Returns 0, or -1 if there is no
 * such message, or -2 if some could not be handled now.
 */
enum { INBOX_WORKER_UNKNOWN = -1, INBOX_WORKER_FAILED = -2 };
int inbox_worker_run(int64_t id);

#endif
