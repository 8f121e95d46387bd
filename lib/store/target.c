/* target: where a message goes, as text */
#include "store/target.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/value.h"

static const char *digits(const char *p)
{
	const char *start = p;

	while (isdigit((unsigned char)*p))
		p++;
	return p > start && p - start <= 18 ? p : NULL;
}

/* CHAT is a number, negative for groups, or @name */
static int telegram_valid(const char *p)
{
	if (*p == '@') {
		size_t n = strspn(p + 1,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

		p = n ? p + 1 + n : NULL;
	} else {
		p = digits(*p == '-' ? p + 1 : p);
	}
	if (p && *p == '/')
		p = digits(p + 1);
	return p && *p == '\0';
}

static int printable(const char *p)
{
	if (!*p)
		return 0;
	for (; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return 0;
	return 1;
}

static int mail_valid(const char *address)
{
	const char *at = strchr(address, '@');

	return printable(address) && at && at > address && at[1];
}

static int has_prefix(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

int target_is_telegram(const char *target)
{
	return has_prefix(target, "telegram:");
}

int target_kind(const char *text)
{
	if (strlen(text) >= TARGET_SIZE)
		return -1;
	if (strcmp(text, "tty") == 0 || (has_prefix(text, "tty:/dev/") && printable(text + 4)))
		return TARGET_TTY;
	if (target_is_telegram(text))
		return telegram_valid(text + 9) ? TARGET_TELEGRAM : -1;
	if (has_prefix(text, "https://"))
		return printable(text + 8) && text[8] != '/' ? TARGET_WEBHOOK : -1;
	if (has_prefix(text, "mailto:"))
		return mail_valid(text + 7) ? TARGET_MAIL : -1;
	return has_prefix(text, "exec:") && text[5] ? TARGET_EXEC : -1;
}

int target_check(const char *text, struct str *why)
{
	int kind = target_kind(text);

	if (kind >= 0)
		return kind;
	return value_bad(why,
		"not a target (telegram:CHAT[/THREAD], https://..., mailto:ADDRESS, "
		"exec:PROGRAM, tty)",
		text);
}

/* the caller's terminal; NULL: none */
static const char *terminal(void)
{
	static const int streams[] = { STDERR_FILENO, STDOUT_FILENO, STDIN_FILENO };
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams) && !name; i++)
		name = ttyname(streams[i]);
	return name;
}

char *target_here(const char *target)
{
	struct str whole = { 0 };
	const char *name;
	char *here;

	if (strcmp(target, "tty") == 0) {
		name = terminal();
		str_add(&whole, "tty");
		if (name && has_prefix(name, "/dev/"))
			str_addf(&whole, ":%s", name);
	} else if (has_prefix(target, "exec:") && target[5] != '/' && strchr(target, '/')) {
		here = getcwd(NULL, 0);
		str_addf(&whole, "exec:%s/%s", here ? here : ".", target + 5);
		free(here);
	} else {
		str_add(&whole, target);
	}
	return str_take(&whole);
}

void target_receiver(const char *target, struct str *receiver)
{
	const char *end = target_is_telegram(target) ? strchr(target, '/') : NULL;

	str_addn(receiver, target, end ? (size_t)(end - target) : strlen(target));
}

int64_t target_chat(const char *target, char **chat)
{
	const char *start = strchr(target, ':') + 1, *slash = strchr(start, '/');

	*chat = mem_dupn(start, slash ? (size_t)(slash - start) : strlen(start));
	return slash ? strtoll(slash + 1, NULL, 10) : 0;
}
