/* markdown: Markdown as the HTML that Telegram takes */
#include "markup/markdown.h"

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "markup/html.h"
#include "markup/markdown_table.h"

/*
 * Control characters, which clean text does not contain, stand in for a
 * character that the parser must not see: one tilde is no strikethrough (~/a
 * and ~/b), and "[1]: address" is a line to show.
 */
enum { MASKED_TILDE = 1, MASKED_COLON = 2 };

enum { LEVELS_MAX = 8, INDENT = 2 };

struct list {
	int ordered, tight;
	unsigned number;
};

struct render {
	struct str html;
	struct str scratch;
	struct str spans;  /* the open ones' types, a byte each */
	size_t cap;        /* bytes; what grows beyond is shown as plain text */
	unsigned gap;      /* newlines owed before the next thing */
	int quotes;        /* depth */
	int quote_pending; /* the tag waits for something to quote */
	char bullet[32];   /* waits for its item's text */
	struct list lists[LEVELS_MAX];
	size_t levels;                   /* may exceed LEVELS_MAX */
	int bold, italic, struck, links; /* depths: a tag is written for the outermost only */
	size_t link_at, link_text;       /* the outermost link: its tag, its text */
	size_t block_at, text_at; /* a heading or code block: where it goes if empty, its text */
	unsigned block_gap;       /* and what is owed then */
	int language;             /* the code block has one */
	struct table_cells table;
	struct str *cell;
};

/* ---- inside a line: the parser's callbacks, data being the struct render ---- */

/* Hide from the parser what it must not see, and bring it back; the length stays. */
static void render_unmask(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == MASKED_TILDE)
			text[i] = '~';
		else if (text[i] == MASKED_COLON)
			text[i] = ':';
	}
}

static void render_mask(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '~' && (i == 0 || (text[i - 1] != '~' && text[i - 1] != '\\')) &&
			(i + 1 == n || text[i + 1] != '~'))
			text[i] = MASKED_TILDE;
		else if (text[i] == ':' && i > 0 && text[i - 1] == ']')
			text[i] = MASKED_COLON;
	}
}

/* At least so many newlines are written before the next thing. */
static void render_owe(struct render *r, unsigned newlines)
{
	if (r->gap < newlines)
		r->gap = newlines;
}

static size_t indent_of(const struct render *r)
{
	return INDENT * (r->levels < LEVELS_MAX ? r->levels : LEVELS_MAX);
}

/* Before anything visible: the newlines owed, the quote's tag, indentation, the bullet. */
static void render_begin(struct render *r)
{
	int fresh = r->html.len == 0 || r->gap;
	size_t indent = indent_of(r);

	while (r->html.len && r->gap) {
		str_addc(&r->html, '\n');
		r->gap--;
	}
	r->gap = 0;
	if (r->quote_pending)
		str_add(&r->html, "<blockquote>");
	r->quote_pending = 0;
	if (*r->bullet && indent)
		indent -= INDENT;
	if (fresh)
		str_addf(&r->html, "%*s", (int)indent, "");
	str_add(&r->html, r->bullet);
	*r->bullet = '\0';
}

/* Append text, to the table's cell if there is one. */
static void render_put(struct render *r, const char *text, size_t n)
{
	if (n == 0)
		return;
	str_clear(&r->scratch);
	str_addn(&r->scratch, text, n);
	render_unmask(r->scratch.data, n);
	if (r->cell) {
		str_addn(r->cell, r->scratch.data, n);
		return;
	}
	render_begin(r);
	html_escape(&r->html, r->scratch.data, n);
}

static void tag(struct render *r, const char *text)
{
	if (r->cell)
		return;
	render_begin(r);
	str_add(&r->html, text);
}

/* An attribute's text without escapes and entities. Free it. */
static char *render_attribute(const MD_ATTRIBUTE *a)
{
	struct str text = { 0 };

	str_add(&text, "");
	for (size_t i = 0; a->size && a->substr_offsets[i] < a->size; i++) {
		const char *part = a->text + a->substr_offsets[i];
		size_t n = a->substr_offsets[i + 1] - a->substr_offsets[i];

		if (a->substr_types[i] == MD_TEXT_ENTITY)
			html_entity(&text, part, n);
		else
			str_addn(&text, part, n);
	}
	render_unmask(text.data, text.len);
	return str_take(&text);
}

static void enter_link(struct render *r, const MD_ATTRIBUTE *address)
{
	char *url;

	if (++r->links > 1 || r->cell)
		return;
	render_begin(r);
	url = render_attribute(address);
	r->link_at = r->html.len;
	if (html_links(url)) {
		str_add(&r->html, "<a href=\"");
		html_address(&r->html, url);
		str_add(&r->html, "\">");
	}
	r->link_text = r->html.len;
	free(url);
}

/* For a link that Telegram would not make, or one inside another: text (address). */
static void put_address(struct render *r, const char *url)
{
	render_put(r, " (", 2);
	render_put(r, url, strlen(url));
	render_put(r, ")", 1);
}

/* A link whose text is its address needs no tag: every client links it. */
static void leave_outer_link(struct render *r, const char *url)
{
	int tagged = r->link_text > r->link_at;
	struct str address = { 0 };
	const char *text;

	html_escape(&address, url, strlen(url));
	if (text_blank(r->html.data + r->link_text, r->html.len - r->link_text))
		render_put(r, url, strlen(url));
	text = r->html.data + r->link_text;
	if (strcmp(text, address.data) == 0) {
		r->html.len = r->link_at;
		str_addn(&r->html, address.data, address.len);
	} else if (tagged) {
		str_add(&r->html, "</a>");
	} else if (*url) {
		put_address(r, url);
	}
	str_free(&address);
}

static void leave_link(struct render *r, const MD_ATTRIBUTE *address, int image)
{
	char *url = render_attribute(address), *shown = url;

	if (strncasecmp(url, "mailto:", 7) == 0)
		shown += 7;
	if (r->cell) {
		if (*shown && !strstr(r->cell->data, shown))
			put_address(r, shown);
	} else if (r->links > 1) {
		if (!image && *shown)
			put_address(r, shown);
	} else {
		leave_outer_link(r, shown);
	}
	r->links--;
	free(url);
}

static int render_enter_span(MD_SPANTYPE type, void *detail, void *data)
{
	struct render *r = data;

	str_addc(&r->spans, (char)type);
	switch (type) {
	case MD_SPAN_EM:
		if (r->italic++ == 0)
			tag(r, "<i>");
		break;
	case MD_SPAN_STRONG:
		if (r->bold++ == 0)
			tag(r, "<b>");
		break;
	case MD_SPAN_DEL:
		if (r->struck++ == 0)
			tag(r, "<s>");
		break;
	case MD_SPAN_CODE: tag(r, "<code>"); break;
	case MD_SPAN_A: enter_link(r, &((MD_SPAN_A_DETAIL *)detail)->href); break;
	case MD_SPAN_IMG: enter_link(r, &((MD_SPAN_IMG_DETAIL *)detail)->src); break;
	default: break;
	}
	return r->html.len > r->cap;
}

static int render_leave_span(MD_SPANTYPE type, void *detail, void *data)
{
	struct render *r = data;

	/* md4c 0.4.8 does not close a span that ends inside code or an address. */
	if (r->spans.len == 0 || r->spans.data[r->spans.len - 1] != (char)type)
		return 1;
	r->spans.len--;
	switch (type) {
	case MD_SPAN_EM:
		if (--r->italic == 0)
			tag(r, "</i>");
		break;
	case MD_SPAN_STRONG:
		if (--r->bold == 0)
			tag(r, "</b>");
		break;
	case MD_SPAN_DEL:
		if (--r->struck == 0)
			tag(r, "</s>");
		break;
	case MD_SPAN_CODE: tag(r, "</code>"); break;
	case MD_SPAN_A: leave_link(r, &((MD_SPAN_A_DETAIL *)detail)->href, 0); break;
	case MD_SPAN_IMG: leave_link(r, &((MD_SPAN_IMG_DETAIL *)detail)->src, 1); break;
	default: break;
	}
	return r->html.len > r->cap;
}

static int render_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *data)
{
	struct render *r = data;
	struct str character = { 0 };

	switch (type) {
	case MD_TEXT_BR:
	case MD_TEXT_SOFTBR: r->gap++; break;
	case MD_TEXT_ENTITY:
		html_entity(&character, s, n);
		render_put(r, character.data, character.len);
		str_free(&character);
		break;
	default: render_put(r, s, n); break;
	}
	return r->html.len > r->cap;
}

/* ---- blocks ---- */

static void enter_list(struct render *r, int ordered, int tight, unsigned number)
{
	if (r->levels < LEVELS_MAX)
		r->lists[r->levels] = (struct list){ ordered, tight, number };
	if (tight && r->gap)
		r->gap = 1;
	r->levels++;
}

static void leave_list(struct render *r)
{
	r->levels--;
	render_owe(r, r->levels ? 1 : 2);
}

static void enter_item(struct render *r, const MD_BLOCK_LI_DETAIL *item)
{
	struct list *list = r->levels <= LEVELS_MAX ? &r->lists[r->levels - 1] : NULL;

	if (*r->bullet) {
		r->levels--;
		render_begin(r);
		r->levels++;
	}
	render_owe(r, 1);
	if (!item->is_task && list && list->ordered)
		snprintf(r->bullet, sizeof(r->bullet), "%u. ", list->number++);
	else
		snprintf(r->bullet, sizeof(r->bullet), "%s ",
			!item->is_task                   ? "\u2022"
				: item->task_mark == ' ' ? "\u2610"
							 : "\u2611");
}

static void leave_item(struct render *r)
{
	if (*r->bullet)
		render_begin(r);
	render_owe(r, r->levels > LEVELS_MAX || r->lists[r->levels - 1].tight ? 1 : 2);
}

static void enter_quote(struct render *r)
{
	if (*r->bullet)
		render_begin(r);
	r->quote_pending |= r->quotes++ == 0;
}

static void leave_quote(struct render *r)
{
	if (--r->quotes)
		return;
	if (!r->quote_pending) {
		str_add(&r->html, "</blockquote>");
		r->gap = 1;
	}
	r->quote_pending = 0;
}

/* The language's name ends up in an attribute and in other programs' highlighters. */
static int plain_word(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#._-");

	return n > 0 && n <= 32 && s[n] == '\0';
}

/* Begin a block that may turn out to be empty. */
static void begin_block(struct render *r)
{
	int bare = !r->quote_pending && !*r->bullet;

	r->block_at = r->html.len;
	r->block_gap = r->gap;
	render_begin(r);
	if (!bare) {
		r->block_at = r->html.len;
		r->block_gap = 0;
	}
}

static void undo_block(struct render *r)
{
	r->html.data[r->html.len = r->block_at] = '\0';
	r->gap = r->block_gap;
}

static void enter_heading(struct render *r)
{
	begin_block(r);
	if (r->bold++ == 0)
		str_add(&r->html, "<b>");
	r->text_at = r->html.len;
}

static void leave_heading(struct render *r)
{
	r->bold--;
	if (r->html.len == r->text_at) {
		undo_block(r);
		return;
	}
	str_add(&r->html, "</b>");
	render_owe(r, 1);
}

static void enter_code(struct render *r, const MD_BLOCK_CODE_DETAIL *code)
{
	char *language = render_attribute(&code->lang);

	if (r->gap)
		r->gap = 1;
	begin_block(r);
	r->language = plain_word(language);
	if (r->language)
		str_addf(&r->html, "<pre><code class=\"language-%s\">", language);
	else
		str_add(&r->html, "<pre>");
	r->text_at = r->html.len;
	free(language);
}

static void leave_code(struct render *r)
{
	while (r->html.len > r->text_at && r->html.data[r->html.len - 1] == '\n')
		r->html.data[--r->html.len] = '\0';
	if (text_blank(r->html.data + r->text_at, r->html.len - r->text_at)) {
		undo_block(r);
		return;
	}
	str_add(&r->html, r->language ? "</code></pre>" : "</pre>");
	render_owe(r, 1);
}

static void enter_cell(struct render *r, const MD_BLOCK_TD_DETAIL *cell)
{
	enum table_align align = cell->align == MD_ALIGN_CENTER ? TABLE_CENTRE
		: cell->align == MD_ALIGN_RIGHT                 ? TABLE_RIGHT
								: TABLE_LEFT;

	r->cell = table_cells_next(&r->table, align);
}

static void leave_table(struct render *r)
{
	struct str text = { 0 };

	table_cells_write(&r->table, &text);
	table_cells_free(&r->table);
	if (r->gap)
		r->gap = 1;
	render_begin(r);
	str_add(&r->html, "<pre>");
	html_escape(&r->html, text.data, text.len);
	str_add(&r->html, "</pre>");
	render_owe(r, 1);
	str_free(&text);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data)
{
	struct render *r = data;
	const MD_BLOCK_OL_DETAIL *ordered = detail;
	const MD_BLOCK_TABLE_DETAIL *table = detail;

	switch (type) {
	case MD_BLOCK_QUOTE: enter_quote(r); break;
	case MD_BLOCK_UL: enter_list(r, 0, ((MD_BLOCK_UL_DETAIL *)detail)->is_tight, 0); break;
	case MD_BLOCK_OL: enter_list(r, 1, ordered->is_tight, ordered->start); break;
	case MD_BLOCK_LI: enter_item(r, detail); break;
	case MD_BLOCK_H: enter_heading(r); break;
	case MD_BLOCK_CODE: enter_code(r, detail); break;
	case MD_BLOCK_TABLE:
		/*
		 * Each row is padded with empty cells, thousands of them if one row is that
		 * long.
		 */
		if ((size_t)table->col_count * table->body_row_count > r->cap)
			return 1;
		r->table = (struct table_cells){ .columns = table->col_count };
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD: enter_cell(r, detail); break;
	default: break;
	}
	return r->html.len > r->cap;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data)
{
	struct render *r = data;

	(void)detail;
	if (r->spans.len)
		return 1;
	switch (type) {
	case MD_BLOCK_QUOTE: leave_quote(r); break;
	case MD_BLOCK_UL:
	case MD_BLOCK_OL: leave_list(r); break;
	case MD_BLOCK_LI: leave_item(r); break;
	case MD_BLOCK_HR:
		render_begin(r);
		for (int i = 0; i < 8; i++)
			str_add(&r->html, "\u2500");
		render_owe(r, 2);
		break;
	case MD_BLOCK_H: leave_heading(r); break;
	case MD_BLOCK_CODE: leave_code(r); break;
	case MD_BLOCK_P: render_owe(r, 2); break;
	case MD_BLOCK_TABLE: leave_table(r); break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD: r->cell = NULL; break;
	default: break;
	}
	return r->html.len > r->cap;
}

static int blank(const char *html)
{
	while (*html) {
		size_t run = strcspn(html, "<&");

		if (html[run] == '&' || !text_blank(html, run))
			return 0;
		html += run;
		html += strcspn(html, ">");
		html += *html == '>';
	}
	return 1;
}

/* Returns NULL if the source cannot be shown as Markdown. */
static char *render(const char *source, size_t n)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_NOINDENTEDCODEBLOCKS | MD_FLAG_NOHTML | MD_FLAG_TABLES |
			MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = render_enter_span,
		.leave_span = render_leave_span,
		.text = render_text,
	};
	struct render r = { .cap = 16 * n + 4096 };
	struct str *html = &r.html;
	int failed;

	str_add(html, "");
	failed = md_parse(source, (MD_SIZE)n, &parser, &r) != 0;
	while (html->len && (html->data[html->len - 1] == '\n' || html->data[html->len - 1] == ' '))
		html->data[--html->len] = '\0';
	str_free(&r.scratch);
	str_free(&r.spans);
	table_cells_free(&r.table);
	if (!failed && !blank(html->data))
		return str_take(html);
	str_free(html);
	return NULL;
}

char *markdown_html(const char *source, size_t n)
{
	struct str clean = { 0 };
	char *html = NULL;

	text_clean(&clean, source, n);
	if (clean.len <= MARKDOWN_MAX) {
		render_mask(clean.data, clean.len);
		html = render(clean.data, clean.len);
	}
	str_free(&clean);
	return html ? html : markdown_escape(source, n);
}

char *markdown_escape(const char *text, size_t n)
{
	struct str clean = { 0 }, html = { 0 };

	text_clean(&clean, text, n);
	html_escape(&html, clean.data, clean.len);
	str_free(&clean);
	return str_take(&html);
}
