/* line_editor: edit a line on a terminal, while news may appear above it */
#include "chat/line_editor.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "base/utf8.h"
#include "chat/complete.h"
#include "db/home.h"

#define PROMPT "> "

struct line_editor {
	const struct line_editor_watch *watch;
	EditLine *editor;
	History *history;
	mbstate_t state;
	int interrupted, ended;
};

static volatile sig_atomic_t resized, continued;

static void on_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		continued = 1;
}

static char *prompt(EditLine *editor)
{
	static char text[] = PROMPT;

	(void)editor;
	return text;
}

/* ---- events while a line is typed ---- */

static int terminal_moves(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

/* Move the cursor from within the line to the first column of its first row, and clear what is below. */
static void leave_line(EditLine *editor)
{
	const LineInfo *line = el_line(editor);
	size_t n = (size_t)(line->cursor - line->buffer), at = 0;
	int column = (int)strlen(PROMPT), rows;

	if (!terminal_moves()) {
		putchar('\n');
		return;
	}
	while (at < n) {
		uint32_t cp;

		at += utf8_decode(line->buffer + at, n - at, &cp);
		column += cp == UTF8_INVALID ? 1 : utf8_width(cp);
	}
	rows = column / out_columns();
	if (rows > 0)
		printf("\033[%dA", rows);
	fputs("\r\033[J", stdout);
}

static void show_news(struct line_editor *l, int editing)
{
	struct str text = { 0 };

	l->watch->news(&text, l->watch->arg);
	if (text.len) {
		if (editing)
			leave_line(l->editor);
		fwrite(text.data, 1, text.len, stdout);
		fflush(stdout);
		if (editing)
			el_set(l->editor, EL_REFRESH);
	}
	str_free(&text);
}

static void take_signal(struct line_editor *l)
{
	struct signalfd_siginfo info;

	if (read(l->watch->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGINT)
		l->interrupted = 1;
	else
		l->ended = 1;
}

static void redraw(struct line_editor *l)
{
	if (resized)
		el_resize(l->editor);
	if (continued) {
		el_set(l->editor, EL_PREP_TERM, 1);
		el_set(l->editor, EL_REFRESH);
	}
	resized = continued = 0;
}

/* Wait for a key. Returns -1 if the line has ended. */
static int wait_for_key(struct line_editor *l)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = l->watch->wake, .events = POLLIN },
		{ .fd = l->watch->signals, .events = POLLIN } };

	for (;;) {
		int ready = poll(fds, 3, l->watch->wake < 0 ? 1000 : -1);

		redraw(l);
		if (ready < 0 && errno != EINTR)
			return -1;
		if (ready < 0)
			continue;
		if (fds[2].revents)
			take_signal(l);
		if (l->interrupted || l->ended)
			return -1;
		if (ready == 0 || fds[1].revents)
			show_news(l, 1);
		if (fds[0].revents)
			return 0;
	}
}

static int read_key(EditLine *editor, wchar_t *key)
{
	struct line_editor *l;
	char byte;

	el_get(editor, EL_CLIENTDATA, &l);
	for (;;) {
		if (wait_for_key(l) < 0 || read(STDIN_FILENO, &byte, 1) != 1)
			return -1;
		switch (mbrtowc(key, &byte, 1, &l->state)) {
		case (size_t)-1: l->state = (mbstate_t){ 0 }; continue;
		case (size_t)-2: continue;
		default: return 1;
		}
	}
}

/* ---- completion ---- */

static unsigned char complete_key(EditLine *editor, int key)
{
	const LineInfo *line = el_line(editor);
	struct complete c;
	unsigned char result = CC_ERROR;

	(void)key;
	complete_find(&c, line->buffer, (size_t)(line->cursor - line->buffer));
	if (*c.insert) {
		el_insertstr(editor, c.insert);
		result = CC_REFRESH;
	} else if (c.count) {
		putchar('\n');
		for (size_t i = 0; i < c.count; i++)
			printf("%s%s", c.names[i], i + 1 < c.count ? "  " : "\n");
		result = CC_REDISPLAY;
	}
	complete_free(&c);
	return result;
}

/* ---- history ---- */

enum { LINES = 1000, FILE_MAX = 1 << 20 };

static int open_history(int flags)
{
	return openat(home_dir(), "chat_history", flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
		0600);
}

/* a file that has grown too large keeps its second half */
static void shorten_history(void)
{
	int fd = open_history(O_RDWR);
	char *half, *from;
	struct stat st;
	ssize_t n;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > FILE_MAX) {
		half = mem_alloc(FILE_MAX / 2);
		n = pread(fd, half, FILE_MAX / 2, st.st_size - FILE_MAX / 2);
		from = n > 0 ? memchr(half, '\n', (size_t)n) : NULL;
		if (from &&
			(ftruncate(fd, 0) < 0 ||
				pwrite(fd, from + 1, (size_t)(half + n - from - 1), 0) < 0))
			warn_errno("cannot shorten %s", home_file("chat_history"));
		free(half);
	}
	if (fd >= 0)
		close(fd);
}

static void load_history(History *list)
{
	HistEvent event;
	size_t size = 0;
	char *text = NULL;
	ssize_t n;
	int fd;
	FILE *file;

	history(list, &event, H_SETSIZE, LINES);
	history(list, &event, H_SETUNIQUE, 1);
	shorten_history();
	fd = open_history(O_RDONLY);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	while (file && (n = getline(&text, &size, file)) > 0)
		if (n > 1) {
			text[n - 1] = '\0';
			history(list, &event, H_ENTER, text);
		}
	free(text);
	if (file)
		fclose(file);
}

static void add_to_history(History *list, const char *text)
{
	int fd = open_history(O_WRONLY | O_CREAT | O_APPEND);
	HistEvent event;

	history(list, &event, H_ENTER, text);
	if (fd < 0)
		return;
	if (dprintf(fd, "%s\n", text) > 0)
		fchmod(fd, 0600);
	close(fd);
}

/* ---- the editor ---- */

struct line_editor *line_editor_new(const struct line_editor_watch *watch)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct line_editor *l = mem_zero(1, sizeof(*l));

	if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	l->watch = watch;
	l->editor = el_init(die_program(), stdin, stdout, stderr);
	l->history = history_init();
	if (!l->editor || !l->history)
		die_system("cannot edit lines on this terminal");
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	el_set(l->editor, EL_CLIENTDATA, l);
	el_set(l->editor, EL_PROMPT, prompt);
	el_set(l->editor, EL_EDITOR, "emacs");
	el_set(l->editor, EL_HIST, history, l->history);
	el_set(l->editor, EL_GETCFN, read_key);
	/* el_set() would leak a copy of the name */
	el_wset(l->editor, EL_ADDFN, L"bgjob-complete", L"complete a command", complete_key);
	el_set(l->editor, EL_BIND, "^I", "bgjob-complete", NULL);
	el_set(l->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(l->editor, NULL);
	load_history(l->history);
	return l;
}

void line_editor_free(struct line_editor *l)
{
	el_end(l->editor);
	history_end(l->history);
	free(l);
}

char *line_editor_read(struct line_editor *l)
{
	const char *typed;
	char *text;
	int n;

	l->interrupted = 0;
	/* otherwise news from before the watch began would wait for the next change */
	show_news(l, 0);
	/* before the prompt is shown: libedit does so after it, and a ^D in between would be lost */
	el_set(l->editor, EL_PREP_TERM, 1);
	typed = el_gets(l->editor, &n);
	if (l->interrupted && !l->ended) {
		puts("^C");
		return mem_dup("");
	}
	if (!typed || n <= 0) {
		putchar('\n');
		return NULL;
	}
	text = mem_dupn(typed, (size_t)n);
	text[strcspn(text, "\r\n")] = '\0';
	if (*text)
		add_to_history(l->history, text);
	return text;
}
