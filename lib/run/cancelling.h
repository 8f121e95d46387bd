/* cancelling: cancels whose asker died between the mark in the store and the signal; database errors end the program */
#ifndef RUN_CANCELLING_H
#define RUN_CANCELLING_H

struct running;

/* Signal those of a pool's attempts that are to be cancelled, each once. */
void cancelling_deliver(struct running *r);

#endif
