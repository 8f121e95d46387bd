/* out: records on stdout, checked at the end */
#include "base/out.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/die.h"
#include "base/str.h"

/*
 * The record being built. It reaches stdout whole, so that a program that dies
 * half-way leaves no partial record.
 */
static struct str record;
static int in_record;

_Noreturn static void failed(void)
{
	int error = errno;

	/* exit() must not try again to write what is in the buffer. */
	__fpurge(stdout);
	if (error == EPIPE)
		exit(128 + SIGPIPE);
	errno = error;
	die_errno("cannot write");
}

static void emit(const void *data, size_t n)
{
	static char buffer[65536];
	static int buffered;

	if (!buffered) {
		setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
		buffered = 1;
	}
	if (n && fwrite(data, 1, n, stdout) != n)
		failed();
}

static void begin_field(void)
{
	if (in_record)
		str_addc(&record, '\t');
	in_record = 1;
}

void out_field(const char *text)
{
	out_fieldn(text, text ? strlen(text) : 0);
}

void out_fieldn(const void *data, size_t n)
{
	begin_field();
	str_escape(&record, data, n);
}

void out_fieldf(const char *fmt, ...)
{
	struct str text = { 0 };
	va_list args;

	va_start(args, fmt);
	str_addv(&text, fmt, args);
	va_end(args);
	out_fieldn(text.data, text.len);
	str_free(&text);
}

static void emit_record(void)
{
	emit(record.data, record.len);
	str_clear(&record);
	in_record = 0;
}

void out_end(void)
{
	str_addc(&record, '\n');
	emit_record();
}

void out_raw(const void *data, size_t n)
{
	if (in_record)
		emit_record();
	emit(data, n);
}

void out_flush(void)
{
	if (fflush(stdout) != 0)
		failed();
}

void out_done(void)
{
	if (in_record)
		emit_record();
	str_free(&record);
	if (ferror(stdout)) {
		/* Something wrote to stdout without this file, unchecked; the reason is lost. */
		errno = EIO;
		failed();
	}
	out_flush();
	/* A stdout that was never open does not matter to a program that wrote nothing. */
	if (fclose(stdout) != 0 && errno != EBADF)
		die_errno("cannot write");
}

int out_tty(void)
{
	static int tty = -1;

	if (tty < 0)
		tty = isatty(STDOUT_FILENO);
	return tty;
}

int out_columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;

	if (text) {
		char *end;
		long columns = strtol(text, &end, 10);

		if (*end == '\0' && columns > 0 && columns <= 10000)
			return (int)columns;
	}
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

int out_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no && *no)
		return 0;
	return out_tty() && term && strcmp(term, "dumb") != 0;
}

int out_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}
