/* cancelling: cancels whose asker died between the mark in the store and the signal; database errors end the program */
#ifndef EXEC_CANCELLING_H
#define EXEC_CANCELLING_H

struct roster;

/* Signal those of a pool's attempts that are to be cancelled, each once. */
void cancelling_deliver(struct roster *r);

#endif
