/* doctor_chat: check the operator's tasks, workflows, intents and model; database errors end the
 * program */
#ifndef CLI_DOCTOR_CHAT_H
#define CLI_DOCTOR_CHAT_H

/*
 * Like doctor_run(). line() gets "tasks" if there is a store (exists; it is open), then "workflows"
 * and "intents", each once if it is ok, else once for each problem, then "model" and, if one is
 * configured, "shell". Nothing is sent over the network. Returns how many checks failed.
 */
int doctor_chat_look(int exists, void (*line)(int ok, const char *name, const char *text));

#endif
