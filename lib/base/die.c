/* die: error messages and exit statuses */
#include "base/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static const char *program = "bgjob";
static int stand_in;

void die_init(const char *name)
{
	program = name;
}

const char *die_program(void)
{
	return program;
}

void die_stand_in(void)
{
	stand_in = 1;
}

/* str_escape(), but a backslash stays single: a message is read, never parsed. */
static void escape_message(struct str *line, const char *text, size_t n)
{
	for (;;) {
		const char *stop = n ? memchr(text, '\\', n) : NULL;
		size_t run = stop ? (size_t)(stop - text) : n;

		str_escape(line, text, run);
		if (!stop)
			return;
		str_addc(line, '\\');
		text += run + 1;
		n -= run + 1;
	}
}

/* There is nowhere to report that stderr does not work. */
static void write_line(const char *data, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		data += done;
		n -= (size_t)done;
	}
}

/* One line, one write(2), so that lines of programs in a pipeline do not mix. */
static void say_line(int error, const char *fmt, va_list args) DIE_PRINTF(2, 0);
static void say_line(int error, const char *fmt, va_list args)
{
	static int busy;
	struct str message = { 0 }, line = { 0 };

	/* Only running out of memory ends the program here, and then nothing can be formatted. */
	if (busy) {
		write_line(program, strlen(program));
		write_line(": out of memory\n", strlen(": out of memory\n"));
		return;
	}
	busy = 1;
	str_addv(&message, fmt, args);
	if (error)
		str_addf(&message, ": %s", strerror(error));
	str_addf(&line, "%s: ", program);
	escape_message(&line, message.data, message.len);
	str_addc(&line, '\n');
	write_line(line.data, line.len);
	str_free(&message);
	str_free(&line);
	busy = 0;
}

_Noreturn static void leave(int code)
{
	exit(stand_in ? EXIT_STAND_IN : code);
}

void die_no(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(0, fmt, args);
	va_end(args);
	leave(EXIT_NO);
}

void die_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(0, fmt, args);
	va_end(args);
	leave(EXIT_USAGE);
}

void die_system(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(0, fmt, args);
	va_end(args);
	leave(EXIT_SYSTEM);
}

void die_errno(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	va_start(args, fmt);
	say_line(error, fmt, args);
	va_end(args);
	leave(EXIT_SYSTEM);
}

void warn(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	va_start(args, fmt);
	say_line(0, fmt, args);
	va_end(args);
	errno = error;
}

void warn_errno(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	va_start(args, fmt);
	say_line(error, fmt, args);
	va_end(args);
	errno = error;
}

void warn_once(int *said, int now, const char *text, const char *detail)
{
	if (now && !*said)
		warn("%s%s", text, detail);
	*said = now;
}
