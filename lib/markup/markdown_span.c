#include "markup/markdown_render.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "markup/html.h"

void render_unmask(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == MASKED_TILDE)
			text[i] = '~';
		else if (text[i] == MASKED_COLON)
			text[i] = ':';
	}
}

void render_mask(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '~' && (i == 0 || (text[i - 1] != '~' && text[i - 1] != '\\')) &&
			(i + 1 == n || text[i + 1] != '~'))
			text[i] = MASKED_TILDE;
		else if (text[i] == ':' && i > 0 && text[i - 1] == ']')
			text[i] = MASKED_COLON;
	}
}

void render_owe(struct render *r, unsigned newlines)
{
	if (r->gap < newlines)
		r->gap = newlines;
}

static size_t indent_of(const struct render *r)
{
	return INDENT * (r->levels < LEVELS_MAX ? r->levels : LEVELS_MAX);
}

void render_begin(struct render *r)
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

void render_put(struct render *r, const char *text, size_t n)
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

char *render_attribute(const MD_ATTRIBUTE *a)
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

/* Of a link that Telegram would not make, or not inside another: text (address). */
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

int render_enter_span(MD_SPANTYPE type, void *detail, void *data)
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

int render_leave_span(MD_SPANTYPE type, void *detail, void *data)
{
	struct render *r = data;

	/* md4c 0.4.8 forgets to close a span that ends inside of code or an address. */
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

int render_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *data)
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
