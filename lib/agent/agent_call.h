/* agent_call: carries out what a model calls; database errors end the program */
#ifndef AGENT_AGENT_CALL_H
#define AGENT_AGENT_CALL_H

struct agent;
struct llm_call;
struct cJSON;

/* What a->offered is, as the API's array of tool objects; the caller deletes it. */
struct cJSON *agent_call_tools(const struct agent *a);

/*
 * Carry out a call: its answer goes to the model's messages and to the session, and a line says so
 * on stderr. A call that is wrong is answered too.
 */
void agent_call(struct agent *a, const struct llm_call *call);

#endif
