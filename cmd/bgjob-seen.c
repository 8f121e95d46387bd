/* bgjob-seen: record that users were active */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "store/task.h"
#include "store/user.h"

static const struct arg_option options[] = { { 0 } };

struct users {
	char **ids;
	size_t count;
};

static void add(struct users *users, const char *where, const char *id)
{
	if (!task_user_valid(id))
		die_usage("%snot a user id (1 to 128 bytes without blanks): %s", where, id);
	/* double the room, so that each user is copied only a few times */
	if ((users->count & (users->count + 1)) == 0)
		users->ids = mem_resize(users->ids, users->count * 2 + 1, sizeof(*users->ids));
	users->ids[users->count++] = mem_dup(id);
}

/* the first column of each line */
static void add_stdin(struct users *users)
{
	char *line = NULL, where[64];
	size_t size = 0, number = 0;
	ssize_t got;

	while ((got = getline(&line, &size, stdin)) >= 0) {
		size_t n = (size_t)got;

		number++;
		n -= line[n - 1] == '\n';
		snprintf(where, sizeof(where), "standard input, line %zu: ", number);
		if (memchr(line, '\0', n))
			die_usage("%sa NUL byte", where);
		line[n] = '\0';
		line[strcspn(line, "\t ")] = '\0';
		if (n)
			add(users, where, line);
	}
	if (ferror(stdin))
		die_errno("cannot read the standard input");
	free(line);
}

int main(int argc, char *argv[])
{
	struct users users = { 0 };
	int64_t now = clock_now();

	arg_init("bgjob-seen", "Record that users were active.", "USER...", options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (optind == argc)
		die_usage("no user given (see bgjob-seen --help)");
	for (int i = optind; i < argc; i++) {
		if (strcmp(argv[i], "-") == 0)
			add_stdin(&users);
		else
			add(&users, "", argv[i]);
	}
	if (users.count) {
		db_open(DB_WRITE);
		db_begin();
		for (size_t i = 0; i < users.count; i++)
			user_seen(users.ids[i], NULL, now);
		db_commit();
		db_close();
	}
	for (size_t i = 0; i < users.count; i++)
		free(users.ids[i]);
	free(users.ids);
	out_done();
	return EXIT_DONE;
}
