/* ask_model: send a text that matches no command, workflow or rule to the model; database errors
 * end the program */
#ifndef CHAT_ASK_MODEL_H
#define CHAT_ASK_MODEL_H

#include "chat/reply.h"

/* Whether a model is configured (BGJOB_LLM_URL) and there is an agent to ask it. */
int ask_model_ready(void);

/*
 * Let the model answer this text, as a job in an express slot; the texts of one
 * conversation are answered one after the other. What the job prints is the
 * answer; if it has not ended by the soft deadline, it continues in the
 * background like any job, and an acknowledgement says so. Inside the caller's
 * transaction.
 */
void ask_model_start(struct reply *reply, const char *text);

/*
 * Without a target, on a terminal: show the answer as it comes. Returns 1 if all of it, or the
 * reason why there is no answer, was shown; 0 if nothing had arrived by the soft deadline, or if
 * interrupt (a descriptor, or -1) became readable: then the job continues in the background, and
 * the text says so.
 */
int ask_model_stream(struct reply *reply, int interrupt);

#endif
