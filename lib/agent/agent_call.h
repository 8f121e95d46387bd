/* agent_call: carry out what a model calls; database errors end the program */
#ifndef AGENT_AGENT_CALL_H
#define AGENT_AGENT_CALL_H

struct agent;
struct llm_call;
struct cJSON;

/* The tools in a->offered, as the API's array of tool objects; the caller deletes it. */
struct cJSON *agent_call_tools(const struct agent *a);

/*
 * Carry out a call. Its answer is added to the model's messages and to the session, and a line
 * about it is written to stderr. A wrong call is answered too, with what is wrong.
 */
void agent_call(struct agent *a, const struct llm_call *call);

#endif
