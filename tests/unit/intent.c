/* intent: what free texts mean, which rule wins, and what a bad line does */
#include "chat/intent.h"

#include <sys/stat.h>

#include "tap.h"

static char top[] = "/tmp/bgjob-intent-XXXXXX";
static char path[100];

static void write_rules(const char *text, size_t n, mode_t mode)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	if (!file || fwrite(text, 1, n, file) != n || fclose(file) != 0 || chmod(path, mode) != 0)
		abort();
}

static void rules(const char *text)
{
	write_rules(text, strlen(text), 0644);
}

static void means(const char *text, const char *wanted)
{
	char *name;
	int found = intent_match(text, &name);

	is_str(name, wanted, "means: %.60s", text);
	is_int(found, wanted != NULL, "and is told so");
	free(name);
}

static void test_rules(void)
{
	rules("# comment\n\n  \nboth\tx.*y\nx\tx\n/jobs failed\t^what failed\\?$\nyes\t\t \\[ja\\] \r\n");
	means("xy", "both");
	means("x", "x");
	means("AXA", "x");
	means("x\ny", "both");
	means("  what failed? \n", "/jobs failed");
	means("so what failed?", NULL);
	means(" [JA]", NULL);
	means("o [ja]o", "yes");
	means("", NULL);
	means("# comment", NULL);
	rules("umlaut\t^\303\244.$\nclean\t^ab$\nbad\t^\357\277\275$\n");
	means("\303\204\303\226", "umlaut");
	means("a\033[31mb", "clean");
	means("\377", "bad");
	rules("");
	means("help", NULL);
}

static void is_problem(const char *text, size_t n, const char *reason)
{
	struct str problems = { 0 };
	struct intents *intents;
	char wanted[300];

	write_rules(text, n, 0644);
	snprintf(wanted, sizeof wanted, "%s:%s\n", path, reason);
	intents = intents_load(&problems);
	is_str(problems.data, wanted, "a bad line");
	is_str(intents_match(intents, "good"), "good", "the good ones count");
	intents_free(intents);
	str_free(&problems);
}

#define BAD(text, reason) \
	is_problem(text "\ngood\tgood\n", sizeof(text "\ngood\tgood\n") - 1, reason)

static void test_problems(void)
{
	char text[2000];

	BAD("x", "1: not NAME<TAB>EXPRESSION");
	BAD("#\n\nx x", "3: not NAME<TAB>EXPRESSION");
	BAD("x\t", "1: not NAME<TAB>EXPRESSION");
	BAD("X\tx", "1: no workflow name or command before the tab");
	BAD("\tx", "1: no workflow name or command before the tab");
	BAD("a b\tx", "1: no workflow name or command before the tab");
	BAD("/\tx", "1: no workflow name or command before the tab");
	BAD("/jobs \033\tx", "1: no workflow name or command before the tab");
	BAD("../x\tx", "1: no workflow name or command before the tab");
	BAD("x\tx\0y", "1: contains a NUL byte");
	BAD("x\t(x)\\1", "1: back-references are not supported");
	BAD("x\t((x{1,100}){1,100}){1,100}", "1: too many repetitions");
	BAD("x\tx{99999999999999999999}", "1: too many repetitions");
	snprintf(text, sizeof text, "x\t%01500d\ngood\tgood\n", 0);
	is_problem(text, strlen(text), "1: the expression is too long");
	BAD("x\t(x", "1: Unmatched ( or \\(");
	rules("x\t\\\\1\ny\ty{3}\n");
	means("a\\1", "x");
	means("yyy", "y");
}

static void test_files(void)
{
	struct str problems = { 0 };
	struct intents *intents;

	write_rules("x\tx\n", 4, 0666);
	intents = intents_load(&problems);
	ok(problems.len && strstr(problems.data, "intents may be written by others: chmod go-w\n"),
		"a file that others may write");
	is_str(intents_match(intents, "x"), NULL, "counts as empty");
	is_str(intents_match(intents, "help"), NULL, "and does not give way to the installed one");
	intents_free(intents);
	intents_free(NULL);
	unlink(path);
	str_clear(&problems);
	intents = intents_load(&problems);
	ok(problems.len == 0, "nothing is wrong with the installed ones: %s", problems.data);
	is_str(intents_match(intents, "help"), "/help", "which are read where there are no others");
	intents_free(intents);
	str_free(&problems);
}

/* Text inside a longer one, not ended by NUL. */
static void put(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
}

/* Nothing here may take long, else the test's own time limit ends it. */
static void test_hostile(void)
{
	static char text[2000000];

	memset(text, 'a', sizeof text - 1);
	means(text, NULL);
	for (size_t i = 0; i + 8 < sizeof text; i += 8)
		put(text + i, "analyse ");
	means(text, NULL);
	memcpy(text, "help", 5);
	means(text, "/help");
	memset(text, ' ', sizeof text - 1);
	put(text + 5000, "help");
	means(text, NULL);
	memset(text, '\377', sizeof text - 1);
	means(text, NULL);
	memset(text, 'x', 4095);
	put(text + 4095, "\303\244");
	rules("cut\t^x*$\n");
	means(text, "cut");
	rules("a\t(a*)*b\nb\t(a|aa)+c\nc\t(a?){30}a{30}d\n");
	memset(text, 'a', sizeof text - 1);
	means(text, NULL);
	unlink(path);
}

static void test_defaults(void)
{
	static const char *const texts[][2] = {
		{ "Analyse our options in depth", "deep_analysis" },
		{ "please analyze the logs of last week thoroughly", "deep_analysis" },
		{ "I need a deep analysis of the market", "deep_analysis" },
		{ "do a thorough review of this plan", "deep_analysis" },
		{ "Research the history of Unix thoroughly", "deep_analysis" },
		{ "Deep dive into our pricing", "deep_analysis" },
		{ "do a deep analysis of what is running", "deep_analysis" },
		{ "what is running?", "/jobs running" },
		{ "What's running", "/jobs running" },
		{ "is anything still running?", "/jobs running" },
		{ "show my jobs", "/jobs" },
		{ "list all jobs", "/jobs" },
		{ "show me the failed jobs", "/jobs failed" },
		{ "What failed?", "/jobs failed" },
		{ "what has failed today", "/jobs failed" },
		{ "did anything fail last night?", "/jobs failed" },
		{ "status", "/status" },
		{ "are you there?", "/status" },
		{ "what can you do?", "/help" },
		{ "which workflows are there?", "/workflows" },
		{ "what is filling up my disk?", "disk-usage" },
		{ "how full is the disk?", "disk-usage" },
		{ "disk usage", "disk-usage" },
		{ "what was committed since yesterday?", "git-activity" },
		{ "show me the commits of the last 3 days", "git-activity" },
		{ "any errors in the logs?", "log-watch" },
		{ "check the logs", "log-watch" },
		{ "watch https://example.org/news", "page-watch" },
		{ "has https://example.org/ changed?", "page-watch" },
		{ "good morning", NULL },
		{ "what failed in the Roman empire?", NULL },
		{ "how do I start running?", NULL },
		{ "I lost my job", NULL },
		{ "psychoanalyse me", NULL },
		{ "what is a disk?", NULL },
		{ "read https://example.org/ and summarise it", NULL },
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		means(texts[i][0], texts[i][1]);
}

int main(void)
{
	char folder[60];

	umask(022);
	if (!tap_folder(top) || setenv("XDG_CONFIG_HOME", top, 1) < 0)
		abort();
	snprintf(folder, sizeof folder, "%s/bgjob", top);
	if (mkdir(folder, 0755) < 0)
		abort();
	snprintf(path, sizeof path, "%s/intents", folder);
	test_rules();
	test_problems();
	test_files();
	test_defaults();
	test_hostile();
	return done();
}
