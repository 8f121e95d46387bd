/* bot: the Telegram bot whose token is set */
#include "store/bot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/die.h"
#include "db/home.h"

enum { TROUBLE_NAME = 48, TROUBLE_MAX = 4096 };

const char *bot_token(void)
{
	return config_get("BGJOB_TELEGRAM_TOKEN");
}

char *bot_source(int64_t id)
{
	struct str source = { 0 };

	str_addf(&source, "telegram:%" PRId64, id);
	return str_take(&source);
}

/* One byte of the file for each bot, at its number. */
int bot_lock(int64_t id)
{
	return home_lock("updates.lock", (off_t)id, 1, 0);
}

int bot_polled(int64_t id)
{
	return home_locked("updates.lock", (off_t)id, 1);
}

static const char *trouble_file(int64_t id, char name[TROUBLE_NAME])
{
	snprintf(name, TROUBLE_NAME, "updates-%" PRId64 ".trouble", id);
	return name;
}

void bot_set_trouble(int64_t id, const char *text, int64_t now)
{
	char name[TROUBLE_NAME];
	struct str line = { 0 };
	int fd;

	trouble_file(id, name);
	if (!text) {
		if (unlinkat(home_dir(), name, 0) < 0 && errno != ENOENT)
			warn_errno("cannot remove %s", home_file(name));
		return;
	}
	str_addf(&line, "%" PRId64 "\t%s\n", now, text);
	fd = openat(home_dir(), name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line.data, line.len) < 0)
		warn_errno("cannot write %s", home_file(name));
	if (fd >= 0)
		close(fd);
	str_free(&line);
}

int64_t bot_trouble(int64_t id, struct str *text)
{
	char name[TROUBLE_NAME], line[TROUBLE_MAX], *tab;
	ssize_t n = -1;
	int fd = openat(home_dir(), trouble_file(id, name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0) {
		n = read(fd, line, sizeof(line) - 1);
		close(fd);
	}
	if (n <= 0)
		return 0;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	tab = strchr(line, '\t');
	if (!tab)
		return 0;
	str_add(text, tab + 1);
	return strtoll(line, NULL, 10);
}
