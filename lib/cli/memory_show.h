/* memory_show: what bgjob-memory prints of blocks, versions and proposals; each returns an exit code.
 * Bad input, the store and the disk end the program. */
#ifndef CLI_MEMORY_SHOW_H
#define CLI_MEMORY_SHOW_H

#include "cli/memory_change.h"

/* As words or as JSON, as bgjob-memory(1) says. */
int memory_show_list(const struct memory_request *request);
int memory_show_block(const struct memory_request *request);
int memory_show_history(const struct memory_request *request);
int memory_show_proposals(const struct memory_request *request);

#endif
