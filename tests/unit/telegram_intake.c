/* updates of the Bot API into the inbox: what is stored of each, and when it is offered again */
#include <string.h>

#include "tap.h"

#include "base/clock.h"
#include "base/str.h"
#include "chat/telegram_intake.h"
#include "db/db.h"
#include "db/home.h"
#include "store/inbox.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

static int take(const char *json, struct str *lines, struct telegram_intake *in)
{
	str_clear(lines);
	return telegram_intake_store("telegram:1", json, strlen(json), lines, in);
}

/* How many are offered if one message was last offered `ago` ms ago, after `tries`. */
static int64_t offered(int64_t ago, int tries)
{
	struct str lines = { 0 }, sql = { 0 };
	int64_t waiting, n = 0;

	str_addf(&sql,
		"UPDATE inbox SET status = iif(id = 1, 'new', 'handled'), handled_at = 1,"
		" offered_at = %lld, tries = %d",
		(long long)(clock_now() - ago), tries);
	db_begin();
	db_exec(sql.data);
	db_commit();
	waiting = telegram_intake_offer(30000, &lines);
	ok(waiting == 1, "one waits");
	for (size_t i = 0; i < lines.len; i++)
		n += lines.data[i] == '\n';
	str_free(&lines);
	str_free(&sql);
	return n;
}

static void answers(void)
{
	struct str lines = { 0 };
	struct telegram_intake in;

	ok(take("[]", &lines, &in) == 0 && in.count == 0 && in.next == 0, "no updates");
	ok(take("nonsense", &lines, &in) == 0 && in.count == 0, "no JSON");
	ok(take("[{}]", &lines, &in) == 0 && in.count == 1 && in.next == 0,
		"one without a number cannot be confirmed");
	take("[{\"update_id\":5,\"message\":{\"from\":{\"id\":7},\"chat\":{\"id\":-8}}},"
	     " {\"update_id\": 6, \"poll\": {\"x\": [1, {}]}} , 17, {\"update_id\":1.5}]",
		&lines, &in);
	is_int(in.count, 4, "of four");
	is_int(in.stored, 2, "two are stored");
	is_int(in.next, 7, "the next is behind the last");
	is_str(lines.data, "1\t7\ttelegram:-8\n2\t\t\n", "their lines");
	take("[{\"update_id\":6},{\"update_id\":9,\"message\":{\"from\":{\"id\":\"7\"},\"chat\":7}}]",
		&lines, &in);
	is_int(in.stored, 1, "one of them is there already");
	is_int(in.next, 10, "both are confirmed");
	is_str(lines.data, "4\t\t\n", "ids of another type are none");
	take("[{\"update_id\":10,\"message\":{\"from\":{\"id\":7},\"sender_chat\":{\"id\":7},"
	     "\"chat\":{\"id\":-100},\"message_thread_id\":9}}]",
		&lines, &in);
	is_str(lines.data, "5\t\ttelegram:-100\n", "a sender nobody knows; no topic");
	take("[{\"update_id\":11,\"callback_query\":{\"from\":{\"id\":7},\"message\":{\"chat\":"
	     "{\"id\":-100},\"sender_chat\":{\"id\":1},\"is_topic_message\":true,"
	     "\"message_thread_id\":9}}}]",
		&lines, &in);
	is_str(lines.data, "6\t7\ttelegram:-100/9\n", "a button: who pressed it, in a topic");
	take("[{\"update_id\":12,\"my_chat_member\":{\"from\":{\"id\":7},\"chat\":{\"id\":-3}}}]",
		&lines, &in);
	is_str(lines.data, "7\t7\ttelegram:-3\n", "a membership");
	str_free(&lines);
}

static void offers(void)
{
	struct str lines = { 0 };

	is_int(offered(29000, 0), 0, "29 s ago: not yet");
	is_int(offered(31000, 0), 1, "31 s ago: again");
	is_int(offered(31000, 1), 1, "after one try as well");
	is_int(offered(31000, 2), 0, "after two tries not yet");
	is_int(offered(61000, 2), 1, "but after a minute");
	is_int(offered(119000, 3), 0, "after three tries");
	is_int(offered(121000, 3), 1, "but after two minutes");
	is_int(offered(-1000, 3), 1, "the clock was set back");
	is_int(telegram_intake_offer(30000, &lines), 1, "it waits");
	ok(lines.len == 0, "and is not offered twice");
	is_int(telegram_intake_offer(0, &lines), 1, "at a start");
	ok(lines.len > 0, "it is");
	str_free(&lines);
}

int main(void)
{
	if (!tap_folder(home) || setenv("BGJOB_HOME", home, 1) < 0)
		return 1;
	db_open(DB_WRITE);
	answers();
	offers();
	db_close();
	return done();
}
