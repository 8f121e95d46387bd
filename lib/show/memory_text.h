/* memory_text: memory blocks and proposals in words: list rows, details */
#ifndef SHOW_MEMORY_TEXT_H
#define SHOW_MEMORY_TEXT_H

#include "base/str.h"
#include "base/table.h"
#include "store/memory.h"

/*
 * Lists: on a terminal a table, elsewhere tab-separated records. Of blocks: label, version, updated,
 * by, bytes, title.
 */
struct table *memory_text_blocks(void);
void memory_text_block(struct table *table, const struct memory_block *block);

/* Of the versions of a block: version, written, by, proposal, bytes, title. */
struct table *memory_text_versions(void);
void memory_text_version(struct table *table, const struct memory_block *block);

/* Of proposals: id, status, label, base, created, by, title. */
struct table *memory_text_proposals(void);
void memory_text_proposal(struct table *table, const struct memory_proposal *proposal);

/* Append everything about a proposal, a line each, an empty line, and its diff from its base. */
void memory_text_details(struct str *out, const struct memory_proposal *proposal);

#endif
