#include "markup/markdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "markup/html.h"
#include "markup/markdown_render.h"

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

/* The language's name goes into an attribute and into other people's highlighters. */
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
		/* Each row is filled up with cells, thousands of them if one row has as many. */
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
