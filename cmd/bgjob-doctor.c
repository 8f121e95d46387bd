/* bgjob-doctor: check the installation and say what to fix */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/config.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "base/table.h"
#include "cli/doctor.h"
#include "cli/doctor_chat.h"
#include "db/db.h"
#include "run/pool.h"

static const struct arg_option options[] = { { 0 } };

static struct table *table;

static void print(int ok, const char *name, const char *text)
{
	const char *const fields[] = { ok ? "ok" : "FIX", name, text };

	table_row(table, fields, ok ? NULL : "red");
}

/*
 * Open the store in a child first: a problem ends the child, with a message that becomes a row of
 * our list. Returns whether there is a store; *broken gets the message.
 */
static int probe(struct str *broken)
{
	enum { NO_STORE = 10 };
	char piece[1024];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) < 0 || (pid = fork()) < 0)
		die_errno("cannot start a process");
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		status = db_open(DB_READ) < 0 ? NO_STORE : 0;
		db_close();
		_exit(status);
	}
	close(fds[1]);
	while ((n = read(fds[0], piece, sizeof(piece))) > 0)
		str_addn(broken, piece, (size_t)n);
	close(fds[0]);
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		die_system("cannot check the store");
	if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != NO_STORE)
		return 0;
	str_clear(broken);
	return WEXITSTATUS(status) == 0;
}

/* "bgjob-doctor: TEXT" and newline, as a field */
static const char *without_name(struct str *message)
{
	size_t prefix = strlen("bgjob-doctor: ");

	if (message->len && message->data[message->len - 1] == '\n')
		message->data[--message->len] = '\0';
	return message->len > prefix ? message->data + prefix : "";
}

int main(int argc, char *argv[])
{
	static const struct table_column columns[] = { { "", TABLE_LEFT }, { "WHAT", TABLE_LEFT },
		{ "STATUS / FIX", TABLE_LEFT } };
	struct str broken = { 0 };
	int bad, exists;

	arg_init("bgjob-doctor", "Check the installation and say what to fix.", "", options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	str_add(&broken, "");
	exists = probe(&broken) && db_open(DB_READ) == 0;
	table = table_new(columns, 3);
	bad = doctor_run(exists, without_name(&broken),
		config_size("BGJOB_MIN_FREE", POOL_MIN_FREE), print);
	bad += doctor_chat_look(exists, print);
	table_print(table);
	str_free(&broken);
	db_close();
	out_done();
	return bad ? EXIT_NO : EXIT_DONE;
}
