/* ask_model: what nobody has a rule for goes to the model; database errors end the program */
#ifndef CHAT_ASK_MODEL_H
#define CHAT_ASK_MODEL_H

#include "chat/reply.h"

/* Whether a model is configured (BGJOB_LLM_URL) and there is an agent to ask it. */
int ask_model_ready(void);

/*
 * Let the model answer this text: a job of the conversation of this user in
 * this chat, one after the other, in an express slot. Its end is the direct
 * answer; if it is not there by the soft deadline the turn goes on as any job
 * in the background, and an acknowledgement says so. Inside the caller's
 * transaction.
 */
void ask_model_start(struct reply *reply, const char *text);

/*
 * Without a target, on a terminal: show the answer as it comes. Returns 1 when
 * all of it was shown (or why there is none was said); 0 when nothing had come by the
 * soft deadline, or interrupt (a descriptor, or -1) became readable: it goes on in the
 * background, and the text says so.
 */
int ask_model_stream(struct reply *reply, int interrupt);

#endif
