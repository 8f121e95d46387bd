/* markdown: Markdown (CommonMark and tables, strikethrough, task lists) for chats; no errors */
#ifndef MARKUP_MARKDOWN_H
#define MARKUP_MARKDOWN_H

#include <stddef.h>

/*
 * A longer source is shown as plain text: no message holds that much, and on
 * some texts the parser's time grows with the square of their length.
 */
#define MARKDOWN_MAX 65536

/*
 * Markdown as the HTML of Telegram's Bot API ("HTML style": b i s a code pre
 * blockquote). Any bytes will do; they are cleaned first (text_clean()). Line
 * ends of the source stay, raw HTML is shown as text, blanks at the start of a
 * line do not make code, link definitions are shown. The result is never
 * blank unless the source is; free it.
 */
char *markdown_html(const char *source, size_t n);

/* Plain text as that HTML: cleaned and escaped. Free the result. */
char *markdown_escape(const char *text, size_t n);

/*
 * Whether a text was meant as Markdown: it has signs that the output of
 * programs (listings, tables, logs, diffs, sources, settings) does not have.
 * Looks at the first 64 KiB. In doubt the answer is no.
 */
int markdown_looks(const char *source, size_t n);

#endif
