/* memory_json: memory blocks and proposals as JSON, documented in bgjob-memory(1) */
#ifndef SHOW_MEMORY_JSON_H
#define SHOW_MEMORY_JSON_H

#include "store/memory.h"

struct cJSON;

/* Objects, which the caller frees; a proposal includes its difference from its base. */
struct cJSON *memory_json_block(const struct memory_block *block);
struct cJSON *memory_json_proposal(const struct memory_proposal *proposal);

#endif
