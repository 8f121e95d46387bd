/* send_telegram: messages, documents and answers to buttons */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "markup/markdown.h"
#include "net/telegram.h"
#include "notify/message.h"
#include "notify/send.h"
#include "store/target.h"

enum { BUTTONS = 8, BUTTON_DATA = 64, SIDE_BY_SIDE = 4 };

/* One line for each button: LABEL TAB COMMAND. The text is modified. Returns how many. */
static unsigned parse_buttons(char *text, struct telegram_button buttons[BUTTONS])
{
	unsigned count = 0;

	for (char *line = text ? strtok(text, "\n") : NULL; line && count < BUTTONS;
		line = strtok(NULL, "\n")) {
		char *tab = strchr(line, '\t');

		if (!tab || strlen(tab + 1) > BUTTON_DATA)
			continue;
		*tab = '\0';
		buttons[count++] = (struct telegram_button){ .text = line, .data = tab + 1 };
	}
	/* more would be too narrow to read */
	for (unsigned i = 0; count > SIDE_BY_SIDE && i < count; i++)
		buttons[i].row = (int)i / 2;
	return count;
}

static void add_html(struct str *text, const struct outbox_row *row)
{
	const char *source = row->text ? row->text : "";
	char *html;

	if (row->title && row->part == 0) {
		html = markdown_escape(row->title, strlen(row->title));
		str_addf(text, "<b>%s</b>", html);
		free(html);
		str_add(text, row->doubtful ? " " MESSAGE_DUPLICATE "\n\n" : "\n\n");
	} else if (row->doubtful) {
		str_add(text, MESSAGE_DUPLICATE "\n");
	}
	html = row->markdown ? markdown_html(source, strlen(source))
			     : markdown_escape(source, strlen(source));
	str_add(text, html);
	free(html);
}

/* the same without markup */
static void add_plain(struct str *text, const struct outbox_row *row)
{
	if (row->title && row->part == 0)
		str_addf(text, "%s%s\n\n", row->title, row->doubtful ? " " MESSAGE_DUPLICATE : "");
	else if (row->doubtful)
		str_add(text, MESSAGE_DUPLICATE "\n");
	str_add(text, row->text ? row->text : "");
}

static void send_message(struct sending *s, struct telegram *telegram)
{
	const struct outbox_row *row = &s->row;
	struct telegram_button buttons[BUTTONS];
	struct telegram_message m = { .buttons = buttons, .html = !row->plain };
	char *chat, *names = mem_dup(row->buttons);
	struct str text = { 0 };

	m.thread = target_chat(row->target, &chat);
	m.chat = chat;
	m.reply_to = row->reply_to;
	m.silent = row->kind == DELIVERY_MILESTONE;
	m.button_count = parse_buttons(names, buttons);
	if (row->plain)
		add_plain(&text, row);
	else
		add_html(&text, row);
	m.text = text.data;
	if (row->document) {
		telegram_send_document(telegram, &m, row->document, s->body, s->size,
			(struct outcome_call){ sending_outcome, s });
		/* the request has its own copy, and the next try reads it again */
		free(s->body);
		s->body = NULL;
	} else {
		telegram_send_message(telegram, &m, (struct outcome_call){ sending_outcome, s });
	}
	str_free(&text);
	free(names);
	free(chat);
}

void send_telegram(struct sending *s, struct telegram *telegram, const char *why)
{
	if (!telegram)
		sending_finish(s, OUTCOME_UNAUTHORIZED, why);
	else if (s->row.kind == DELIVERY_CALLBACK)
		telegram_answer_callback(telegram, s->row.text ? s->row.text : "", NULL,
			(struct outcome_call){ sending_outcome, s });
	else if (s->row.document && !s->body)
		sending_finish(s, OUTCOME_DEAD, "the document is gone");
	else
		send_message(s, telegram);
}
