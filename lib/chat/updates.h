/* updates: the service that takes a bot's messages in; a state folder that fails ends the program */
#ifndef CHAT_UPDATES_H
#define CHAT_UPDATES_H

/*
 * Poll the bot of this token (telegram_bot_id() knows its form) until a TERM, INT or HUP, or once without waiting
 * for a message. What comes is in the inbox before it is confirmed to Telegram,
 * and then a line on stdout (chat/telegram_intake.h). The store is open. Returns the
 * exit code: EXIT_NO if another program polls this bot already; with once,
 * EXIT_SYSTEM if nothing could be asked. Whatever Telegram, the network or the disk do, it goes on; a
 * reader of stdout that went away ends it as SIGPIPE would.
 */
int updates_run(const char *token, int once);

#endif
