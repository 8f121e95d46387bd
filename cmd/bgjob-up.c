/* bgjob-up: run the runner, notifier and Telegram poller together */
#include <stdlib.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/up.h"
#include "db/home.h"
#include "service/paths.h"
#include "store/bot.h"

static const struct arg_option options[] = { { 0 } };

int main(int argc, char *argv[])
{
	struct up_service services[] = {
		{ "bgjob-run", NULL, "--tick" },
		{ "bgjob-notify", NULL, NULL },
		{ "telegram-poller", NULL, NULL },
	};
	char *run, *notify;
	size_t count;
	int lock;

	arg_init("bgjob-up", "Run the runner, notifier and Telegram poller together.", "", options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	count = bot_token() ? 3 : 2;
	services[0].path = run = mem_dup(paths_program("bgjob-run"));
	services[1].path = notify = mem_dup(paths_program("bgjob-notify"));
	services[2].path = count > 2 ? paths_helper("telegram-poller") : NULL;
	home_open(1);
	lock = home_lock("up.lock", 0, 1, 0);
	if (lock < 0)
		die_no("another bgjob up is running for %s", home_path());
	if (count == 2)
		warn("no BGJOB_TELEGRAM_TOKEN: not starting the Telegram poller");
	up_run(services, count);
	home_unlock(lock);
	free(run);
	free(notify);
	out_done();
	return EXIT_DONE;
}
