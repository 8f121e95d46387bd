/* the connection: more statements than its cache starts with, more parameters than most statements
 * have */
#include "tap.h"

#include "db/db.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

/* 1000 literals, each with its own address */
#define ONE(n) "SELECT " #n,
#define TEN(n) \
	ONE(n##0) \
	ONE(n##1) ONE(n##2) ONE(n##3) ONE(n##4) ONE(n##5) ONE(n##6) ONE(n##7) ONE(n##8) ONE(n##9)
#define HUNDRED(n) \
	TEN(n##0) \
	TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) TEN(n##9)

static const char *const literals[] = { HUNDRED(1) HUNDRED(2) HUNDRED(3) HUNDRED(4) HUNDRED(5)
		HUNDRED(6) HUNDRED(7) HUNDRED(8) HUNDRED(9) HUNDRED(10) };

enum { LITERALS = sizeof(literals) / sizeof(*literals) };

static void test_many_statements(void)
{
	static struct db_statement *first[LITERALS];
	int wrong = 0, moved = 0;

	for (int i = 0; i < LITERALS; i++) {
		first[i] = db_prepare(literals[i]);
		wrong += db_first(first[i], -1) != 100 + i;
	}
	is_int(wrong, 0, "%d statements give what they say", LITERALS);
	for (int i = 0; i < LITERALS; i++) {
		moved += db_prepare(literals[i]) != first[i];
		wrong += db_first(first[i], -1) != 100 + i;
	}
	is_int(moved + wrong, 0, "each was compiled once");
}

static void test_many_parameters(void)
{
	static const char *const names[] = { ":a0", ":a1", ":a2", ":a3", ":a4", ":a5", ":a6", ":a7",
		":a8", ":a9", ":b0", ":b1", ":b2", ":b3", ":b4", ":b5", ":b6", ":b7", ":b8", ":b9",
		":c0", ":c1", ":c2", ":c3", ":c4", ":c5", ":c6", ":c7", ":c8", ":c9", ":d0", ":d1",
		":d2", ":d3", ":d4", ":d5", ":d6", ":d7", ":d8", ":d9" };
	enum { COUNT = sizeof(names) / sizeof(*names) };

	for (int round = 0; round < 3; round++) {
		struct db_statement *s = db_prepare(
			"VALUES (:a0), (:a1), (:a2), (:a3), (:a4), (:a5), (:a6), (:a7), (:a8), (:a9),"
			" (:b0), (:b1), (:b2), (:b3), (:b4), (:b5), (:b6), (:b7), (:b8), (:b9),"
			" (:c0), (:c1), (:c2), (:c3), (:c4), (:c5), (:c6), (:c7), (:c8), (:c9),"
			" (:d0), (:d1), (:d2), (:d3), (:d4), (:d5), (:d6), (:d7), (:d8), (:d9)");
		int right = 0, row = 0;

		for (int i = 0; i < COUNT; i++) {
			int which = round == 1 ? COUNT - 1 - i : i;

			db_bind_int(s, names[which], 1000 * round + which);
		}
		for (; db_step(s); row++)
			right += db_int(s, 0) == 1000 * round + row;
		is_int(right, COUNT, "all of %d parameters are bound, round %d", COUNT, round);
	}
}

/* names at other addresses than before, more of them than there are parameters */
static void test_other_addresses(void)
{
	static const char *const sql = "SELECT :one + :two";
	char names[8][2][8];
	int right = 0;

	for (int i = 0; i < 8; i++) {
		struct db_statement *s = db_prepare(sql);

		strcpy(names[i][0], ":one");
		strcpy(names[i][1], ":two");
		db_bind_int(s, names[i][0], i);
		db_bind_int(s, names[i][1], 10);
		right += db_first(s, -1) == 10 + i;
	}
	is_int(right, 8, "a parameter is found by its name, wherever that is");
}

static void use_wrong_name(void *unused)
{
	(void)unused;
	db_bind_int(db_prepare("SELECT :right"), ":wrong", 1);
}

static void test_wrong_name(void)
{
	struct tap_child child = tap_fork(use_wrong_name, NULL, "");

	is_int(child.status, 3, "a parameter that the statement does not have ends the program");
	ok(strstr(child.err, "no parameter :wrong in: SELECT :right") != NULL, "it is named");
}

int main(void)
{
	alarm(60); /* a full cache must not be searched for ever */
	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	db_open(DB_WRITE);
	test_many_statements();
	test_many_parameters();
	test_other_addresses();
	test_wrong_name();
	db_close();
	db_open(DB_WRITE);
	test_many_parameters();
	db_close();
	return done();
}
