/* prune_models: remove old conversations with models, and what they left; database errors end the program */
#ifndef STORE_PRUNE_MODELS_H
#define STORE_PRUNE_MODELS_H

#include <stdint.h>

/* What a search knows of a job that goes; inside the caller's transaction. Its sessions go by themselves. */
void prune_search(int64_t job);

/*
 * Remove what is older than `before` (ms since 1970): messages of chats,
 * sessions of runs that have no job, the record of use, but never that of the
 * last two days, from which caps are counted, and proposals that were decided.
 * Memory and its versions stay. A few hundred in each transaction.
 */
void prune_models(int64_t before);

#endif
