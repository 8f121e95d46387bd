/* markdown: rendered as Telegram's HTML, and told from plain output */
#include "markup/html.h"
#include "markup/markdown.h"

#include "html_check.h"
#include "tap.h"

static void renders(const char *source, const char *wanted)
{
	char *html = markdown_html(source, strlen(source));
	struct html_check c;

	is_str(html, wanted, "%s", source);
	if (!html_check(&c, html))
		ok(0, "well-formed: %s", html);
	free(html);
}

static void test_spans(void)
{
	renders("plain", "plain");
	renders("**b** *i* ***bi*** __b__ _i_",
		"<b>b</b> <i>i</i> <i><b>bi</b></i> <b>b</b> <i>i</i>");
	renders("~~s~~ ~one~ ~/a ~/b", "<s>s</s> ~one~ ~/a ~/b");
	renders("`<c>` ``a`b``", "<code>&lt;c&gt;</code> <code>a`b</code>");
	renders("snake_case_word 2 * 3 * 4", "snake_case_word 2 * 3 * 4");
	renders("**a **b** c**", "<b>a b c</b>");
	renders("*a _b_ c*", "<i>a b c</i>");
	renders("\\*a\\* \\<b>", "*a* &lt;b&gt;");
	renders("<b>x</b> <script>y</script>",
		"&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;");
	renders("<div>\nx & \"y\"\n</div>", "&lt;div&gt;\nx &amp; &quot;y&quot;\n&lt;/div&gt;");
	renders("a\nb\\\nc  \nd", "a\nb\nc\nd");
}

static void test_entities(void)
{
	renders("&lt;b&gt; &amp; &quot;&apos;", "&lt;b&gt; &amp; &quot;'");
	renders("a&nbsp;b &copy; &#x1f600; &#65;", "a\302\240b \302\251 \360\237\230\200 A");
	renders("&unknown; &; &#; &#x;", "&amp;unknown; &amp;; &amp;#; &amp;#x;");
	renders("&#0; &#xd800; &#x202e; &#7; &#1114112; &#xfffe;",
		"\357\277\275 \357\277\275 \357\277\275 \357\277\275 \357\277\275 \357\277\275");
	renders("`&amp;`", "<code>&amp;amp;</code>");
}

static void test_links(void)
{
	renders("[a](https://example.com/?a=1&b=\"2\")",
		"<a href=\"https://example.com/?a=1&amp;b=&quot;2&quot;\">a</a>");
	renders("[a](<https://example.com/a b>)", "<a href=\"https://example.com/a%20b\">a</a>");
	renders("[**a**](tg://user?id=1)", "<a href=\"tg://user?id=1\"><b>a</b></a>");
	renders("[a](javascript:f)", "a (javascript:f)");
	renders("[a](file.md) [b](#c)", "a (file.md) b (#c)");
	renders("[a](http://localhost:8080/x)", "a (http://localhost:8080/x)");
	renders("[a](http://user@example.com)", "a (http://user@example.com)");
	renders("[m](mailto:a@example.com) <a@example.com>", "m (a@example.com) a@example.com");
	renders("<https://example.com/x>", "https://example.com/x");
	renders("[](https://example.com)", "https://example.com");
	renders("[](x) []()", "x");
	renders("![i](https://example.com/i.png)", "<a href=\"https://example.com/i.png\">i</a>");
	renders("![](https://example.com/i.png)", "https://example.com/i.png");
	renders("[![b](https://example.com/b)](https://example.com)",
		"<a href=\"https://example.com\">b</a>");
	renders("![a [b](http://example.com/b) c](http://example.com)",
		"<a href=\"http://example.com\">a b (http://example.com/b) c</a>");
	renders("see [1]\n\n[1]: https://example.com", "see [1]\n\n[1]: https://example.com");
	renders("`a[0]: x` ]:", "<code>a[0]: x</code> ]:");
}

static void test_blocks(void)
{
	renders("# T\ntext\n## **U** `c`\n\nmore",
		"<b>T</b>\ntext\n\n<b>U <code>c</code></b>\nmore");
	renders("T\n===\n#\nx", "<b>T</b>\nx");
	renders("a\n\nb\n\n\n\nc", "a\n\nb\n\nc");
	renders("a\n\n---\nb",
		"a\n\n\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
		"\342\224\200\342\224\200\342\224\200\n\nb");
	renders("> a\n> b\n> > c\n\nd", "<blockquote>a\nb\n\nc</blockquote>\nd");
	renders(">\n\na", "a");
	renders("> # T\n> ```\n> x\n> ```", "<blockquote><b>T</b>\n<pre>x</pre></blockquote>");
	renders("    indented\n        more", "indented\nmore");
	renders("```\na < b\n\n  c\n```", "<pre>a &lt; b\n\n  c</pre>");
	renders("~~~ c++ title\nx\n~~~", "<pre><code class=\"language-c++\">x</code></pre>");
	renders("``` a\"b<\nx\n```\ny", "<pre>x</pre>\ny");
	renders("```\nnot closed", "<pre>not closed</pre>");
	renders("a\n```\n```\nb", "a\nb");
}

static void test_lists(void)
{
	renders("- a\n- b\n  - c\n    1. d\n    2. e\n- f",
		"\342\200\242 a\n\342\200\242 b\n  \342\200\242 c\n    1. d\n    2. e\n\342\200\242 f");
	renders("Here:\n\n3. a\n4. b\n   more\n\nEnd", "Here:\n3. a\n4. b\n  more\n\nEnd");
	renders("- a\n\n  b\n\n- c", "\342\200\242 a\n\n  b\n\n\342\200\242 c");
	renders("- [ ] a\n- [x] b", "\342\230\220 a\n\342\230\221 b");
	renders("- ```sh\n  x\n  ```\n- > q",
		"\342\200\242 <pre><code class=\"language-sh\">x</code></pre>\n"
		"\342\200\242 <blockquote>q</blockquote>");
	renders("-\n- a", "\342\200\242 \n\342\200\242 a");
	renders("- - a", "\342\200\242 \n  \342\200\242 a");
}

static void test_tables(void)
{
	renders("| a | b |\n|---|--:|\n| long | 1 |\n| `c` | **22** |",
		"<pre>a    |  b\n-----+---\nlong |  1\nc    | 22</pre>");
	renders("|a|b|\n|:-:|---|\n|\344\270\255\346\226\207|<|\n|xxxxx|",
		"<pre>  a   | b\n------+--\n\344\270\255\346\226\207  | &lt;\nxxxxx</pre>");
	renders("|a|\n|---|\n|[l](http://example.com)|",
		"<pre>a\n----------------------\nl (http://example.com)</pre>");
}

/* A text that Markdown would render as nothing is shown as plain text. */
static void test_fallback(void)
{
	struct str many = { 0 };
	struct html_check c;
	char *html;

	renders("", "");
	renders("```\n```", "```\n```");
	renders("&nbsp;", "&amp;nbsp;");
	renders("#", "#");
	for (int i = 0; i < 1200; i++)
		str_add(&many, "|---");
	str_add(&many, "\n");
	for (int i = 0; i < 1200; i++)
		str_add(&many, "|---");
	str_add(&many, "\n");
	for (int i = 0; i < 1200; i++)
		str_add(&many, "|\n");
	html = markdown_html(many.data, many.len);
	ok(strncmp(html, "|---|-", 6) == 0, "a table of a million cells is shown as it is");
	free(html);
	str_clear(&many);
	for (int i = 0; i < MARKDOWN_MAX; i++)
		str_add(&many, "*a");
	html = markdown_html(many.data, many.len);
	ok(strlen(html) == many.len, "so is what is longer than any message");
	free(html);
	str_clear(&many);
	for (int i = 0; i < 2000; i++)
		str_add(&many, i % 2 ? "> " : "- ");
	str_add(&many, "**x**");
	html = markdown_html(many.data, many.len);
	ok(html_check(&c, html), "a thousand nested lists and quotes");
	free(html);
	str_free(&many);
	html = markdown_html("a\0\33[1mb\377\r\n*c*", 14);
	is_str(html, "ab\357\277\275\n<i>c</i>", "any bytes");
	free(html);
	html = markdown_escape("<*a*> & \"b\"\0\33[0m", 16);
	is_str(html, "&lt;*a*&gt; &amp; &quot;b&quot;", "plain text is escaped");
	free(html);
}

static void test_measure(void)
{
	struct html_size size =
		html_measure("<b>a&lt;</b>\360\237\230\200<pre><code class=\"language-c\">"
			     "x</code></pre><a href=\"http://e.x/?a&amp;b\">y</a>");

	is_int((intmax_t)size.units, 6, "units after entity parsing");
	is_int((intmax_t)size.entities, 3, "entities");
	ok(html_links("HTTPS://a.b:80/x") && html_links("tg://resolve?domain=x"), "links");
	ok(!html_links("https://") && !html_links("https://a.b:0") && !html_links("https://a..b") &&
			!html_links("ftp://a.b") && !html_links("") && !html_links("tg://") &&
			!html_links("https://a.b:99999/") && !html_links("https://a.b\\c"),
		"addresses that Telegram would drop");
}

static void test_looks(void)
{
	static const char *const yes[] = { "Run this:\n```sh\nmake\n```\n",
		"# Report\n\nAll is **well**.\n", "a | b\n--|--\n1 | 2\n", "| a |\n|---|\n| 1 |\n",
		"See [the page](https://example.com/x).", "**Summary:** three risks.",
		"## Findings\n\nNone.\n\n## Next\n\nRest.\n",
		"Three things:\n- one\n- two\n- three\n", "The steps:\n\n1. a `b`\n2. c\n",
		"> quoted\n\nwith `code` in it" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		ok(markdown_looks(yes[i], strlen(yes[i])), "Markdown: %s", yes[i]);
}

static void test_looks_plain(void)
{
	static const char *const no[] = { "", "\n", "done",
		"snake_case and *.c and **/*.h and a*b*c",
		"total 8\n-rw-r--r-- 1 root root  12 Mar  1 09:00 a_b_c\ndrwxr-xr-x 2 root root 4096 d\n",
		"Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda1 100 50 50 50% /\n",
		"  PID TTY          TIME CMD\n    1 ?        00:00:01 init\n",
		"2026-03-01 09:00:00 ERROR [main] failed: x=1\n2026-03-01 09:00:01 INFO ok\n",
		"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-**old**\n+**new**\n ctx\n",
		"1,2c1,2\n< # A\n< **b**\n---\n> # C\n> **d**\n",
		"#include <stdio.h>\n\n/* **x** */\nint main(void)\n{\n\tchar **a, **b;\n\treturn 0;\n}\n",
		"#!/bin/sh\n# comment\n\n## more\nset -eu\nx=`date`\necho \"$x\" # `y`\n",
		"# ~/.profile\n\n# umask\numask 022\n\n# path\nPATH=\"$HOME/bin:$PATH\"\n",
		"def f(*a, **kw):\n    # comment\n    return g(*a, **kw) ** 2\n",
		"- name: x\n  run: |\n    make\n- name: y\n  uses: z\n- name: w\n",
		"* main\n  topic\n* other\n", "* 1a2b3c first\n* 4d5e6f second\n* 7a8b9c third\n",
		"+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n+---+---+\n",
		" a | b \n---+---\n 1 | 2\n",
		"=== RUN TestX\n--- PASS: TestX (0.00s)\nPASS\nok  \tx\t0.01s\n",
		"*** ERROR *** disk full\n*** ERROR *** again\n",
		"make: *** [Makefile:3: all] Error 1\n",
		"1..2\nok 1 - a\nnot ok 2 - b\n# got 1\n# wanted 2\n",
		"__init__ __name__ **kwargs\n", "{\n  \"a\": \"**b**\",\n  \"c\": [1, 2]\n}\n" };

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ok(!markdown_looks(no[i], strlen(no[i])), "plain: %s", no[i]);
}

int main(void)
{
	test_spans();
	test_entities();
	test_links();
	test_blocks();
	test_lists();
	test_tables();
	test_fallback();
	test_measure();
	test_looks();
	test_looks_plain();
	return done();
}
