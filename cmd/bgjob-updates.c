/* bgjob-updates: receive messages from Telegram */
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "chat/updates.h"
#include "db/db.h"
#include "net/telegram_token.h"
#include "store/bot.h"

enum { ONCE = 256 };

static const struct arg_option options[] = {
	{ ONCE, "once", NULL, "fetch the waiting messages and exit" },
	{ 0 },
};

int main(int argc, char *argv[])
{
	const char *token;
	int id, once = 0, status;

	arg_init("bgjob-updates", "Receive messages from Telegram.", "[--once]", options);
	while ((id = arg_next(argc, argv, 0)) >= 0)
		once |= id == ONCE;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	token = bot_token();
	if (!token)
		die_usage("no bot: set BGJOB_TELEGRAM_TOKEN to what @BotFather gave you");
	if (telegram_bot_id(token) < 0)
		die_usage("BGJOB_TELEGRAM_TOKEN is not a bot token (123456:ABC...)");
	db_open(DB_WRITE);
	status = updates_run(token, once);
	db_close();
	if (status == EXIT_DONE)
		out_done();
	return status;
}
