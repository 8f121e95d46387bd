/* diff: every diff applies to its text; an edit that does not fit exactly is refused */
#include "tap.h"

#include "base/diff.h"

static char *make(const char *before, const char *after)
{
	struct str out = { 0 };

	str_add(&out, "");
	diff_make(&out, "a", before, strlen(before), "b", after, strlen(after));
	return str_take(&out);
}

/* the result, or "! " and the reason */
static char *apply(const char *text, const char *diff)
{
	struct str out = { 0 }, why = { 0 };

	str_add(&why, "! ");
	if (diff_apply(&out, text, strlen(text), diff, strlen(diff), &why) < 0) {
		ok(out.len == 0, "a refused edit leaves nothing");
		str_free(&out);
		return str_take(&why);
	}
	str_free(&why);
	str_add(&out, "");
	return str_take(&out);
}

static void makes(const char *name, const char *before, const char *after, const char *wanted)
{
	char *diff = make(before, after), *again = *diff ? apply(before, diff) : mem_dup(after);

	is_str(diff, wanted, "%s", name);
	is_str(again, after, "%s, applied", name);
	free(diff);
	free(again);
}

static void becomes(const char *name, const char *text, const char *diff, const char *wanted)
{
	char *result = apply(text, diff);

	is_str(result, wanted, "%s", name);
	free(result);
}

static void made(void)
{
	makes("the same", "x\ny\n", "x\ny\n", "");
	makes("both empty", "", "", "");
	makes("from nothing", "", "x\ny\n", "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y\n");
	makes("to nothing", "x\n", "", "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n");
	makes("a line in the middle", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nV\n6\n7\n8\n9\n",
		"--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n");
	makes("the first and the last line", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
		"I\n2\n3\n4\n5\n6\n7\n8\nIX\n",
		"--- a\n+++ b\n@@ -1,4 +1,4 @@\n-1\n+I\n 2\n 3\n 4\n"
		"@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+IX\n");
	makes("two changes that share their context", "1\n2\n3\n4\n5\n6\n7\n8\n",
		"I\n2\n3\n4\n5\n6\n7\nVIII\n",
		"--- a\n+++ b\n@@ -1,8 +1,8 @@\n-1\n+I\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+VIII\n");
	makes("a newline at the end goes", "x\ny\n", "x\ny",
		"--- a\n+++ b\n@@ -1,2 +1,2 @@\n x\n-y\n+y\n\\ No newline at end of file\n");
	makes("a line behind one without", "x", "x\ny",
		"--- a\n+++ b\n@@ -1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n"
		"\\ No newline at end of file\n");
	makes("an added line", "a\nb\n", "a\nb\nc\n",
		"--- a\n+++ b\n@@ -1,2 +1,3 @@\n a\n b\n+c\n");
	makes("one that was there twice", "x\nx\n", "x\n", "--- a\n+++ b\n@@ -1,2 +1 @@\n x\n-x\n");
}

/* more changes than the search allows */
static void large(void)
{
	struct str before = { 0 }, after = { 0 };
	char *diff, *again;

	for (int i = 0; i < 3000; i++) {
		str_addf(&before, "line %d\n", i);
		str_addf(&after, i % 3 ? "line %d\n" : "other %d\n", i);
	}
	diff = make(before.data, after.data);
	again = apply(before.data, diff);
	ok(strcmp(again, after.data) == 0, "a thousand changes, applied");
	free(diff);
	free(again);
	str_free(&before);
	str_free(&after);
}

static void applied(void)
{
	const char *text = "one\ntwo\n\nfour\n";

	becomes("without names", text, "@@ -2 +2 @@\n-two\n+TWO\n", "one\nTWO\n\nfour\n");
	becomes("without the newline of its last line", text, "@@ -2 +2 @@\n-two\n+TWO",
		"one\nTWO\n\nfour\n");
	becomes("a section behind the numbers", text, "@@ -2 +2 @@ main()\n-two\n+TWO\n",
		"one\nTWO\n\nfour\n");
	becomes("an empty line of context", text, "@@ -2,3 +2,3 @@\n two\n\n-four\n+4\n",
		"one\ntwo\n\n4\n");
	becomes("two changes", text, "@@ -1 +0,0 @@\n-one\n@@ -4 +3,2 @@\n four\n+five\n",
		"two\n\nfour\nfive\n");
	becomes("behind the last line", text, "@@ -4,0 +5 @@\n+five\n", "one\ntwo\n\nfour\nfive\n");
}

static void refused(void)
{
	const char *text = "one\ntwo\n\nfour\n";

	becomes("other context", text, "--- a\n+++ b\n@@ -1,2 +1,2 @@\n One\n-two\n+TWO\n",
		"! line 4 of the edit: line 1 of the text is different");
	becomes("a line too far down", text, "@@ -3 +3 @@\n-two\n+TWO\n",
		"! line 2 of the edit: line 3 of the text is different");
	becomes("beyond the end", text, "@@ -9 +9 @@\n-two\n+TWO\n",
		"! line 1 of the edit: the text has fewer lines");
	becomes("a removed line beyond the end", text, "@@ -5 +4,0 @@\n-two\n",
		"! line 2 of the edit: line 5 of the text is different");
	becomes("fewer lines", text, "@@ -2,2 +2 @@\n-two\n",
		"! line 3 of the edit: fewer lines than the @@ line says");
	becomes("more lines", text, "@@ -2 +2 @@\n-two\n+TWO\n+2\n",
		"! line 4 of the edit: not the start of a change (@@ -LINE,COUNT +LINE,COUNT @@)");
	becomes("more old lines", text, "@@ -1 +1,2 @@\n+a\n-one\n-two\n",
		"! line 4 of the edit: more lines than the @@ line says");
	becomes("a wrong new number", text, "@@ -2 +3 @@\n-two\n+TWO\n",
		"! line 1 of the edit: the new line number does not follow from the old one");
	becomes("backwards", text, "@@ -2 +2 @@\n-two\n+TWO\n@@ -1 +1 @@\n-one\n+ONE\n",
		"! line 4 of the edit: changes must be in order");
	becomes("no numbers", text, "@@ @@\n-two\n+TWO\n",
		"! line 1 of the edit: not the start of a change (@@ -LINE,COUNT +LINE,COUNT @@)");
	becomes("a huge number", text, "@@ -99999999999999999999 +1 @@\n-two\n+TWO\n",
		"! line 1 of the edit: not the start of a change (@@ -LINE,COUNT +LINE,COUNT @@)");
	becomes("line 0", text, "@@ -0 +0 @@\n-two\n+TWO\n",
		"! line 1 of the edit: lines are counted from 1");
	becomes("no lines", text, "@@ -1,0 +1,0 @@\n",
		"! line 1 of the edit: a change without lines");
	becomes("nothing", text, "", "! line 1 of the edit: it contains no change");
	becomes("names alone", text, "--- a\n+++ b\n",
		"! line 3 of the edit: it contains no change");
	becomes("half the names", text, "--- a\n@@ -2 +2 @@\n-two\n+TWO\n",
		"! line 2 of the edit: +++ NAME must follow --- NAME");
	becomes("another mark", text, "@@ -2 +2 @@\n*two\n+TWO\n",
		"! line 2 of the edit: does not start with a blank, - or +");
	becomes("no newline in the middle", text,
		"@@ -2 +2 @@\n-two\n+TWO\n\\ No newline at end of file\n",
		"! line 5 of the edit: a line without a newline is not the last one");
	becomes("behind a last line without one", "one", "@@ -1,0 +2 @@\n+two\n",
		"! line 3 of the edit: a line without a newline is not the last one");
}

int main(void)
{
	made();
	large();
	applied();
	refused();
	return done();
}
