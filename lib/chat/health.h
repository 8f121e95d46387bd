/* health: what is wrong with the operator's workflows and intents; no errors */
#ifndef CHAT_HEALTH_H
#define CHAT_HEALTH_H

/*
 * As doctor_run() does: line() gets "workflows" and "intents", once if they
 * are in order, else once for each thing that is wrong, saying what. Needs no
 * store. Returns how many things are wrong.
 */
int health_look(void (*line)(int ok, const char *name, const char *text));

#endif
