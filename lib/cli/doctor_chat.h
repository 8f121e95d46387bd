/* doctor_chat: what is wrong with the operator's tasks, workflows, intents and model; database errors end
 * the program */
#ifndef CLI_DOCTOR_CHAT_H
#define CLI_DOCTOR_CHAT_H

/*
 * As doctor_run() does: line() gets "tasks", if there is a store (exists; it
 * is open), "workflows" and "intents", the latter two once if they are in
 * order, else once for each thing that is wrong, saying what, "model", and, if one is
 * configured, "shell". Nobody is asked over the network. Returns how many things are wrong.
 */
int doctor_chat_look(int exists, void (*line)(int ok, const char *name, const char *text));

#endif
