/* trace: messages on stderr for debugging */
#include "base/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"

/* In the order of the bits; `all` is the last. */
static const char *const words[] = { "sql", "spawn", "http", "lock", "wake", "all" };

enum { WORDS = sizeof words / sizeof *words, ALL = (1 << (WORDS - 1)) - 1 };

static int topic_named(const char *word, size_t n)
{
	for (int i = 0; i < WORDS; i++)
		if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0)
			return i == WORDS - 1 ? ALL : 1 << i;
	die_usage("BGJOB_TRACE: unknown word \"%.*s\"; known are sql, spawn, http, lock, wake, all",
		(int)n, word);
}

static int read_topics(void)
{
	const char *text = getenv("BGJOB_TRACE");
	int topics = 0;

	while (text && *text) {
		size_t n = strcspn(text, ", ");

		if (n)
			topics |= topic_named(text, n);
		text += n + (text[n] != '\0');
	}
	return topics;
}

int trace_on(enum trace_topic topic)
{
	static int topics = -1;

	if (topics < 0)
		topics = read_topics();
	return arg_verbose() >= 2 || (topics & (int)topic) != 0;
}

static const char *topic_word(enum trace_topic topic)
{
	int i = 0;

	while ((int)topic >> i > 1)
		i++;
	return words[i];
}

void trace(enum trace_topic topic, const char *fmt, ...)
{
	struct str message = { 0 }, line = { 0 };
	int error = errno;
	int64_t now;
	time_t seconds;
	struct tm tm;
	va_list args;

	if (!trace_on(topic))
		return;
	now = clock_now();
	seconds = (time_t)clock_seconds(now);
	localtime_r(&seconds, &tm);
	va_start(args, fmt);
	str_addv(&message, fmt, args);
	va_end(args);
	config_redact(&line, message.data);
	warn("%02d:%02d:%02d.%03d %s: %s", tm.tm_hour, tm.tm_min, tm.tm_sec,
		(int)(now - seconds * CLOCK_SECOND), topic_word(topic), line.data);
	str_free(&message);
	str_free(&line);
	errno = error;
}
