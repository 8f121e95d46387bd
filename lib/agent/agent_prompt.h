/* agent_prompt: the system prompt of a run; database errors end the program */
#ifndef AGENT_AGENT_PROMPT_H
#define AGENT_AGENT_PROMPT_H

#include "agent/agent.h"

/* The limit of a file with a system prompt, bytes. */
enum { AGENT_PROMPT_MAX = 64 * 1024 };

/*
 * Whether all words of a list, separated by commas or blanks, are valid labels: 0, or -1 with the
 * reason appended to why.
 */
int agent_prompt_memory_valid(const char *labels, struct str *why);

/*
 * Append the system prompt: the file prompts/agent from config_folder() or paths_share(), the
 * system prompt of the options, the memory blocks, in a conversation the user's jobs, and the facts
 * (mode, user, time, job). Returns 0, or -1 with the reason appended to why if the file cannot be
 * read.
 */
int agent_prompt(struct str *text, const struct agent *a, struct str *why);

#endif
