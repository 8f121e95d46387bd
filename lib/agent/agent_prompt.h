/* agent_prompt: what a model is told before anything is said; database errors end the program */
#ifndef AGENT_AGENT_PROMPT_H
#define AGENT_AGENT_PROMPT_H

#include "agent/agent.h"

/* Bytes of a file with (more of) a system prompt. */
enum { AGENT_PROMPT_MAX = 64 * 1024 };

/* Whether all labels of a list, separated by commas or blanks, could be ones: 0, or -1 with the reason appended to why. */
int agent_prompt_memory_valid(const char *labels, struct str *why);

/*
 * Append the system prompt of a run: the file "agent" of the folder prompts/ in config_folder() or
 * paths_share(), what the options say, the memory blocks, where this is, and, of a conversation,
 * the user's jobs. Returns 0; -1 with the reason appended to why: the file cannot be read.
 */
int agent_prompt(struct str *text, const struct agent *a, struct str *why);

#endif
