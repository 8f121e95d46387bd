/* llm_call: joins the pieces of tool calls, by index and by id; for llm_join.c; nothing fails */
#ifndef NET_LLM_CALL_H
#define NET_LLM_CALL_H

struct cJSON;
struct llm_joined;

/*
 * Take one element of "tool_calls": a call, or a piece of one. Which call it
 * belongs to is decided by its id, else by its index, else it is the last one;
 * but a piece with another id, or with a name after complete arguments, begins
 * a call of its own, since some servers number all calls 0 (Gemini) or give
 * neither (old Ollama). A repeated name or id counts once. Returns 0, or -1 if
 * there are 128 calls already.
 */
int llm_call_add(struct llm_joined *joined, const struct cJSON *piece);

/* All pieces are there: fill in missing names and arguments, and make the ids unique. */
void llm_calls_end(struct llm_joined *joined);

void llm_calls_free(struct llm_joined *joined);

#endif
