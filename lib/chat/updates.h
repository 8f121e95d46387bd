/* updates: the service that receives a bot's messages; a failing state folder ends the program */
#ifndef CHAT_UPDATES_H
#define CHAT_UPDATES_H

/*
 * Poll this token's bot (telegram_bot_id() knows its form) until TERM, INT or HUP, or once without
 * waiting for a message. Each update is stored in the inbox before it is confirmed to Telegram,
 * then printed as a line on stdout (chat/telegram_intake.h). The store is open. Returns the exit
 * code: EXIT_NO if another program already polls this bot; with once, EXIT_SYSTEM if Telegram
 * could not be asked. Failures of Telegram, the network or the disk do not end it; if the reader
 * of stdout goes away, it ends as SIGPIPE would end it.
 */
int updates_run(const char *token, int once);

#endif
