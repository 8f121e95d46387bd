/* memory: versions are kept, a proposal changes the version it was made for or nothing */
#include "tap.h"

#include <signal.h>

#include "base/clock.h"
#include "db/db.h"
#include "store/check.h"
#include "store/memory.h"
#include "store/prune.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

static char *body(const char *label)
{
	struct memory_block block;
	char *text = NULL;

	if (memory_get("ann", label, &block) == 0) {
		text = mem_dup(block.body);
		memory_block_free(&block);
	}
	return text;
}

static void is_body(const char *label, const char *wanted)
{
	char *text = body(label);

	is_str(text, wanted, "%s says it", label);
	free(text);
}

static int64_t propose(char *label, int64_t base, char *text, struct str *difference)
{
	struct memory_proposal p = { .user = (char *)(uintptr_t) "ann",
		.label = label,
		.base = base,
		.body = text,
		.by = (char *)(uintptr_t) "job 7",
		.job = 7,
		.session = 3 };

	return memory_propose(&p, 2000, difference);
}

static void note(const struct memory_block *block, void *arg)
{
	str_addf(arg, "%s/%s %lld %s by %s: %s", block->user, block->label,
		(long long)block->version, block->title, block->updated_by, block->body);
}

static void setting(void)
{
	struct str all = { 0 };
	struct memory_block old;

	is_int(memory_get("ann", "style", &old), MEMORY_NONE, "none at first");
	is_int(memory_set("ann", "style", NULL, "short\n", "ann", 1000), 1, "the first version");
	is_int(memory_set("ann", "style", "How to write", "shorter", "ann", 1001), 2, "the second");
	is_int(memory_set("ann", "style", NULL, "shorter\n", "bob", 1002), 2,
		"the same again is no version");
	is_int(memory_set("bob", "style", NULL, "", "bob", 1003), 1, "somebody else's is another");
	is_body("style", "shorter\n");
	is_int(memory_get_version("ann", "style", 1, &old), 0, "the first is still there");
	is_str(old.body, "short\n", "as it was");
	is_str(old.title, "style", "its title too");
	memory_block_free(&old);
	is_int(memory_get_version("ann", "style", 3, &old), MEMORY_NONE, "there is no third");
	is_int(memory_history("ann", "style", note, &all), 2, "two in its history");
	is_str(all.data,
		"ann/style 2 How to write by ann: shorter\nann/style 1 style by ann: short\n",
		"newest first");
	str_clear(&all);
	is_int(memory_list(NULL, note, &all), 2, "both of them are listed");
	is_str(all.data,
		"ann/style 2 How to write by ann: shorter\nbob/style 1 style by bob: ", "by user");
	str_clear(&all);
	is_int(memory_list("bob", note, &all), 1, "or one's own");
	str_free(&all);
}

static void approving(void)
{
	char style[] = "style", mine[] = "plain words\n", other[] = "rhymes", fresh[] = "new";
	struct str difference = { 0 };
	struct memory_proposal p;
	struct memory_block block;
	int64_t first = propose(style, -1, mine, NULL), second = propose(style, 2, other, NULL);

	is_int(propose(style, 2, mine, NULL), first, "proposed again it is the same one");
	ok(first > 0 && second > first, "two proposals");
	is_body("style", "shorter\n");
	is_int(memory_proposal_get(first, &p), 0, "it can be read");
	is_int(p.base, 2, "it is for the second version");
	is_str(p.title, "How to write", "its title stays");
	memory_difference(&p, &difference);
	is_str(difference.data,
		"--- style (version 2)\n+++ style (proposal 1)\n@@ -1 +1 @@\n-shorter\n+plain words\n",
		"what it would change");
	memory_proposal_free(&p);
	is_int(memory_approve(first, "ann", 3000, NULL), 0, "it is approved");
	is_body("style", "plain words\n");
	is_int(memory_approve(first, "ann", 3001, NULL), MEMORY_DECIDED, "only once");
	is_int(memory_get("ann", "style", &block), 0, "the block");
	is_int(block.version, 3, "has one version more");
	is_int(block.proposal, first, "which says whence it is");
	memory_block_free(&block);
	str_clear(&difference);
	is_int(memory_approve(second, "ann", 3002, &difference), MEMORY_CHANGED,
		"the other is for a version that is gone");
	is_str(difference.data,
		"--- style (version 2)\n+++ style (version 3)\n@@ -1 +1 @@\n-shorter\n+plain words\n",
		"what changed");
	is_body("style", "plain words\n");
	str_clear(&difference);
	is_int(propose(style, 2, fresh, &difference), MEMORY_CHANGED, "nor can one be made for it");
	ok(difference.len > 0, "with what changed");
	is_int(propose(style, 3, mine, NULL), MEMORY_SAME, "nor one that changes nothing");
	is_int(memory_reject(second, "bob", "no rhymes", 3003), 0, "it is rejected");
	is_int(memory_reject(second, "bob", NULL, 3004), MEMORY_DECIDED, "only once");
	is_int(memory_proposal_get(second, &p), 0, "and can be read");
	ok(p.status == MEMORY_REJECTED && p.decided_at == 3003, "as such");
	is_str(p.reason, "no rhymes", "with the reason");
	memory_proposal_free(&p);
	is_int(memory_approve(99, "ann", 1, NULL), MEMORY_NONE, "none to approve");
	is_int(memory_reject(99, "ann", NULL, 1), MEMORY_NONE, "none to reject");
	is_int(memory_proposals_of_job(7), 2, "the job made two");
	str_free(&difference);
}

static void count(const struct memory_proposal *p, void *arg)
{
	*(int64_t *)arg += p->id > 0;
}

/* two proposals for a block that does not exist yet: the second is too late */
static void creating(void)
{
	char plan[] = "plan", one[] = "one", two[] = "two", text[32];
	int64_t first = propose(plan, 0, one, NULL), second = propose(plan, 0, two, NULL), seen = 0;
	struct str difference = { 0 };

	is_int(memory_proposals("ann", MEMORY_PENDING, count, &seen), 2, "two wait");
	is_int(memory_proposals("bob", MEMORY_PENDING, count, &seen), 0, "none of another");
	is_int(memory_approve(first, "ann", 4000, NULL), 0, "the first makes the block");
	is_body("plan", "one\n");
	is_int(memory_approve(second, "ann", 4001, &difference), MEMORY_CHANGED, "the second not");
	is_str(difference.data, "--- plan (version 0)\n+++ plan (version 1)\n@@ -0,0 +1 @@\n+one\n",
		"since it is there");
	for (int i = 0; i < MEMORY_OPEN_MAX - 1; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		if (propose(plan, -1, text, NULL) < 0)
			ok(0, "proposal %d", i);
	}
	is_int(propose(plan, -1, two, NULL), MEMORY_FULL, "at some time it is too many");
	str_free(&difference);
}

static void texts(void)
{
	static const char *const labels[] = { "a", "A.b_c-9", "x.", NULL },
				 *const wrong[] = { "", ".a", "-a", "a b", "a/b", "\xc3\xa4",
					 NULL };
	struct str why = { 0 };
	char *large = mem_zero(1, MEMORY_BODY_MAX + 2);

	for (int i = 0; labels[i]; i++)
		ok(memory_label_valid(labels[i]), "%s is a label", labels[i]);
	for (int i = 0; wrong[i]; i++)
		ok(!memory_label_valid(wrong[i]), "%s is none", wrong[i]);
	is_int(memory_text_valid("t", "a\tb\n\xc3\xa4", &why), 0, "a text");
	is_int(memory_text_valid(NULL, "a\nb\x1b[2J", &why), -1, "an escape");
	is_str(why.data, "the text has a character that is not allowed, in line 2 (U+001B)",
		"where");
	is_int(memory_text_valid(NULL, "a\xff", &why), -1, "no UTF-8");
	is_int(memory_text_valid("a\nb", "", &why), -1, "two lines of title");
	is_int(memory_text_valid(NULL, "\xe2\x80\xae", &why), -1, "text that runs backwards");
	memset(large, 'x', MEMORY_BODY_MAX);
	is_int(memory_text_valid(NULL, large, &why), 0, "the longest");
	large[MEMORY_BODY_MAX] = 'x';
	is_int(memory_text_valid(NULL, large, &why), -1, "a longer one");
	free(large);
	str_free(&why);
}

static void problem(const char *text, void *unused)
{
	(void)unused;
	ok(0, "%s", text);
}

static void pruning(void)
{
	struct memory_block block;
	int64_t seen = 0;

	prune_run(&(struct prune){ .before = clock_now(), .keep = -1 }, NULL);
	is_int(memory_proposals("ann", MEMORY_REJECTED, count, &seen), 0, "decided ones go");
	ok(memory_proposals("ann", MEMORY_PENDING, count, &seen) > 0, "those that wait stay");
	is_int(memory_get_version("ann", "style", 1, &block), 0, "and every version");
	memory_block_free(&block);
	is_int(check_store(problem, NULL), 0, "the store is whole");
}

static void keep_id(const struct memory_proposal *p, void *arg)
{
	*(int64_t *)arg = p->id;
}

/* approves one for "plan", and is killed before it has committed */
static void killed_between(void *unused)
{
	int64_t id = 0;

	(void)unused;
	db_open(DB_WRITE);
	db_begin();
	memory_proposals("ann", MEMORY_PENDING, keep_id, &id);
	if (memory_approve(id, "ann", 5000, NULL) < 0)
		exit(1);
	kill(getpid(), SIGKILL);
}

static void kill_one(void)
{
	struct tap_child child = tap_fork(killed_between, NULL, "");
	struct memory_block block;
	int64_t seen = 0;

	is_int(child.status, 128 + SIGKILL, "somebody is killed");
	db_open(DB_WRITE);
	is_int(memory_get("ann", "plan", &block), 0, "the block");
	is_int(block.version, 1, "has no new version");
	is_str(block.body, "one\n", "nor half of a text");
	memory_block_free(&block);
	is_int(memory_proposals("ann", MEMORY_PENDING, count, &seen), MEMORY_OPEN_MAX,
		"the proposal still waits");
	is_int(check_store(problem, NULL), 0, "the store is whole");
}

int main(void)
{
	if (!tap_folder(home) || setenv("BGJOB_HOME", home, 1) < 0)
		return 1;
	db_open(DB_WRITE);
	texts();
	db_begin();
	setting();
	approving();
	creating();
	db_commit();
	db_close();
	kill_one();
	pruning();
	db_close();
	return done();
}
