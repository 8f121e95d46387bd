/* http: what is known about a request that was refused, cut, left hanging or misdirected; see
 * tests/fakes/peer */
#include "net/http.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/str.h"
#include "net/mail.h"
#include "net/telegram.h"
#include "net/webhook.h"
#include "tap.h"

#define TOKEN "123456:ABC-def_1234"

static struct http *http;
static int port[4]; /* see tests/fakes/peer */
static int closed_port, peer_in;
static pid_t peer;
static char folder[] = "/tmp/bgjob-http.XXXXXX", authority[64];
static sem_t look_up_may_end;

/*
 * Replaces the C library's, so that names resolve as the test needs: rebind.test is 127.0.0.1,
 * slow.test is not found once the semaphore is posted, none.test at once; all else is an address.
 */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **result)
{
	static const char *const names[] = { "rebind.test", "localhost" };
	struct addrinfo *info;
	struct sockaddr_in *in;

	if (strcmp(node, "slow.test") == 0) {
		while (sem_wait(&look_up_may_end) < 0)
			continue;
		return EAI_AGAIN;
	}
	if (strcmp(node, names[0]) != 0 && strcmp(node, names[1]) != 0)
		return EAI_NONAME;
	info = calloc(1, sizeof *info);
	in = calloc(1, sizeof *in);
	if (!info || !in)
		abort();
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)(service ? atoi(service) : 0));
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*info = (struct addrinfo){ .ai_family = AF_INET, .ai_socktype = hints->ai_socktype };
	info->ai_addr = (void *)in;
	info->ai_addrlen = sizeof *in;
	*result = info;
	return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
	free(info->ai_addr);
	free(info);
}

static void start_peer(void)
{
	int in[2], out[2];
	FILE *ports;

	if (!tap_folder(folder) || pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		abort();
	peer = fork();
	if (peer == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl("tests/fakes/peer", "peer", folder, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	peer_in = in[1];
	ports = fdopen(out[0], "r");
	if (!ports || fscanf(ports, "%d %d %d %d", &port[0], &port[1], &port[2], &port[3]) != 4) {
		puts("Bail out! tests/fakes/peer does not start");
		exit(1);
	}
	fclose(ports);
	closed_port = port[3];
	snprintf(authority, sizeof authority, "%s/ca.pem", folder);
}

static void stop_peer(void)
{
	close(peer_in);
	waitpid(peer, NULL, 0);
}

/* The outcome of a request. */
struct got {
	int done;
	enum http_sent sent;
	long status;
	size_t size;
	int64_t retry_after_s;
	int hopeless;
	char body[1000], error[300];
};

static void on_done(void *arg, const struct http_answer *answer)
{
	struct got *got = arg;

	got->done++;
	got->sent = answer->sent;
	got->status = answer->status;
	got->size = answer->size;
	got->retry_after_s = answer->retry_after_s;
	got->hopeless = answer->hopeless;
	snprintf(got->body, sizeof got->body, "%s", answer->body);
	snprintf(got->error, sizeof got->error, "%s", answer->error ? answer->error : "");
}

static void wait_done(const int *done_flag)
{
	while (!*done_flag) {
		if (http_wait(http, NULL, 0, -1) < 0)
			abort();
	}
}

/* Runs r; body "": GET. */
static struct got run(struct http_request r, const char *body)
{
	struct got got = { 0 };

	r.body = *body ? strdup(body) : NULL;
	r.body_size = strlen(body);
	r.done = on_done;
	r.arg = &got;
	http_start(http, &r);
	wait_done(&got.done);
	return got;
}

static struct got post_to(const char *scheme, const char *host, int at, const char *path)
{
	struct http_request r = { .total_ms = 20000 };
	char url[200];

	snprintf(url, sizeof url, "%s://%s:%d%s", scheme, host, at, path);
	r.url = url;
	return run(r, "{}");
}

static struct got post(const char *path)
{
	return post_to("http", "127.0.0.1", port[0], path);
}

static const char *look_up(const char *path)
{
	static struct got got;
	struct http_request r = { 0 };
	char url[200];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port[0], path);
	r.url = url;
	got = run(r, "");
	return got.body;
}

static int is_sent(const struct got *got, enum http_sent wanted, const char *name)
{
	int same = ok(got->done == 1 && got->sent == wanted, "%s", name);

	if (!same)
		printf("# got %d, status %ld, %s\n", (int)got->sent, got->status, got->error);
	ok((wanted == HTTP_ANSWERED) == !*got->error && !strstr(got->error, "127.0.0.1:"),
		"with an error if there was no answer: %s", got->error);
	return same;
}

static void test_answers(void)
{
	struct got got = post("/ok");

	is_sent(&got, HTTP_ANSWERED, "an answer");
	ok(got.status == 200 && got.size == 2, "its status and size");
	is_str(got.body, "ok", "its body");
	ok(strstr(look_up("/last"), "User-Agent: bgjob/") != NULL, "the request says who it is");
	ok(!strstr(look_up("/last"), "Expect:"), "and waits for no 100");
	got = post("/big");
	is_sent(&got, HTTP_ANSWERED, "an answer longer than wanted");
	is_int((intmax_t)got.size, 65536, "is cut");
	got = post("/redirect");
	is_sent(&got, HTTP_ANSWERED, "a redirect");
	is_int(got.status, 307, "is not followed");
	got = post("/refuse");
	is_sent(&got, HTTP_CUT, "a refusal that is cut");
	ok(got.status == 429 && got.retry_after_s == 7, "has its status and Retry-After");
}

static void test_not_sent(void)
{
	struct http_request r = { .total_ms = 20000, .connect_ms = 300 };
	struct got got = post_to("http", "127.0.0.1", closed_port, "/ok");
	char url[64];

	is_sent(&got, HTTP_NOT_SENT, "a closed port");
	ok(!got.hopeless, "may open");
	got = post_to("http", "none.test", port[0], "/ok");
	is_sent(&got, HTTP_NOT_SENT, "a name that is none");
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", port[0]);
	r.url = url;
	got = run(r, "{}");
	is_sent(&got, HTTP_NOT_SENT, "TLS with a server that waits for something else");
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", port[2]);
	r.url = url;
	got = run(r, "{}");
	is_sent(&got, HTTP_NOT_SENT, "TLS with an answer that makes no sense");
	got = post_to("ftp", "127.0.0.1", port[0], "/ok");
	is_sent(&got, HTTP_NOT_SENT, "another protocol");
	ok(got.hopeless, "is hopeless");
	got = run((struct http_request){ .url = "http://" }, "{}");
	ok(got.sent == HTTP_NOT_SENT && got.hopeless, "so is a bad URL");
	r = (struct http_request){ .url = url, .https_only = 1 };
	r.headers = (const char *const[]){ "X: y\r\nZ: z", NULL };
	got = run(r, "{}");
	ok(got.sent == HTTP_NOT_SENT && got.hopeless, "and a header with a line break");
	r = (struct http_request){ .https_only = 1, .url = "http://127.0.0.1/" };
	got = run(r, "{}");
	ok(got.sent == HTTP_NOT_SENT && got.hopeless, "and http where https is due");
}

static void test_tls(void)
{
	struct got got = post_to("https", "127.0.0.1", port[1], "/ok");

	is_sent(&got, HTTP_NOT_SENT, "a certificate that nobody has signed");
	ok(strstr(got.error, "certificate") != NULL, "is named: %s", got.error);
	setenv("BGJOB_CA_FILE", authority, 1);
	got = post_to("https", "127.0.0.1", port[1], "/ok");
	is_sent(&got, HTTP_ANSWERED, "one that BGJOB_CA_FILE trusts");
	got = post_to("https", "localhost", port[1], "/ok");
	is_sent(&got, HTTP_NOT_SENT, "for another name");
	setenv("BGJOB_CA_FILE", "/nonexistent", 1);
	got = post_to("https", "localhost", port[1], "/ok");
	is_sent(&got, HTTP_NOT_SENT, "a file of certificates that is not there");
	unsetenv("BGJOB_CA_FILE");
}

static void test_cut(void)
{
	struct http_request r = { .total_ms = 300 };
	struct got got = post("/ok");
	char url[64];

	got = post("/take");
	is_sent(&got, HTTP_CUT, "taken and closed, on a connection kept alive");
	is_str(look_up("/count/take"), "1", "was sent once");
	http_free(http);
	http = http_new();
	got = post("/take");
	is_sent(&got, HTTP_CUT, "taken and closed, on a new one");
	is_str(look_up("/count/take"), "2", "was sent once, too");
	got = post("/half");
	is_sent(&got, HTTP_CUT, "half an answer");
	is_int(got.status, 200, "has a status");
	got = post("/rubbish");
	is_sent(&got, HTTP_CUT, "an answer that is no HTTP");
	got = post("/reset");
	ok(got.sent != HTTP_ANSWERED, "a reset before the body is read is no answer");
	snprintf(url, sizeof url, "http://127.0.0.1:%d/hang", port[0]);
	r.url = url;
	got = run(r, "{}");
	is_sent(&got, HTTP_CUT, "a time-out after the request");
	is_str(look_up("/count/hang"), "1", "which had arrived");
}

/* The server closes a connection between two requests: the outcome of both is certain. */
static void test_idle(void)
{
	for (int i = 0; i < 50; i++) {
		struct got got = post("/idle");
		struct pollfd none = { .fd = -1 };

		if (got.sent != HTTP_ANSWERED)
			ok(0, "request %d on a connection that is closed after each", i);
		/* the FIN was sent before the answer to this look-up, so it has arrived */
		look_up("/count/idle");
		poll(&none, 1, 1);
	}
	is_str(look_up("/count/idle"), "50", "each of 50 requests arrived once");
}

/* The same with a request that is accepted, over TLS and many times. */
static void test_never_twice(void)
{
	setenv("BGJOB_CA_FILE", authority, 1);
	for (int i = 0; i < 20; i++) {
		struct got got = post_to("https", "127.0.0.1", port[1], "/ok");

		if (got.sent != HTTP_ANSWERED)
			ok(0, "request %d over TLS", i);
		got = post_to("https", "127.0.0.1", port[1], "/bot/CUT");
		if (got.sent != HTTP_CUT)
			ok(0, "taken and closed over TLS, time %d", i);
	}
	is_str(look_up("/count/bot/CUT"), "20",
		"20 requests, taken and closed, were sent 20 times");
	unsetenv("BGJOB_CA_FILE");
}

static void test_kept_alive(void)
{
	int before, after;

	post("/ok");
	before = atoi(look_up("/connections"));
	for (int i = 0; i < 20; i++)
		post("/ok");
	after = atoi(look_up("/connections"));
	is_int(after, before, "20 requests one after the other share a connection");
}

static void test_hanging(void)
{
	struct got hanging[21] = { { 0 } }, good = { 0 };
	char url[64];
	struct http_request r = { .url = url, .done = on_done };

	for (int i = 0; i < 21; i++) {
		snprintf(url, sizeof url,
			i == 20 ? "http://slow.test:%d/" : "http://127.0.0.1:%d/hang", port[0]);
		r.body = strdup("{}");
		r.body_size = 2;
		r.arg = &hanging[i];
		r.total_ms = i == 20 ? 200 : 0;
		http_start(http, &r);
	}
	snprintf(url, sizeof url, "http://127.0.0.1:%d/ok", port[0]);
	r.body = strdup("{}");
	r.total_ms = 0;
	r.arg = &good;
	http_start(http, &r);
	wait_done(&good.done);
	ok(good.sent == HTTP_ANSWERED, "a request is answered while 20 receivers hang");
	wait_done(&hanging[20].done);
	ok(hanging[20].sent == HTTP_NOT_SENT, "a look-up that hangs ends in time, and not sent");
	is_int(http_running(http), 20, "the others still hang");
	while (atoi(look_up("/count/hang")) < 21)
		continue;
	sem_post(&look_up_may_end);
	http_free(http);
	ok(hanging[0].done == 1 && hanging[19].done == 1, "until the set is freed: all are told");
	ok(hanging[0].sent == HTTP_CUT && *hanging[0].error, "that they were cut");
	http = http_new();
}

static void test_descriptors(void)
{
	struct got got = { 0 };
	char url[64];
	struct http_request r = { .url = url, .done = on_done, .arg = &got, .body = strdup("{}") };
	struct pollfd fds[2] = { { .fd = -1, .events = POLLIN }, { .events = POLLIN } };
	int pipes[2], ready;

	if (pipe(pipes) < 0)
		abort();
	fds[1].fd = pipes[0];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/hang", port[0]);
	r.body_size = 2;
	is_int(http_wait(http, fds, 2, 10), 0, "nothing is ready, nothing runs");
	http_start(http, &r);
	for (int i = 0; i < 20; i++)
		http_wait(http, fds, 2, 10);
	is_int(fds[1].revents, 0, "nothing is ready while a request runs");
	if (write(pipes[1], "x", 1) != 1)
		abort();
	while ((ready = http_wait(http, fds, 2, 20000)) == 0)
		continue;
	ok(ready == 1 && fds[1].revents == POLLIN && fds[0].revents == 0, "then one is readable");
	ok(read(pipes[0], url, 1) == 1, "and read");
	close(pipes[1]);
	while ((ready = http_wait(http, fds, 2, 20000)) == 0)
		continue;
	ok(ready == 1 && fds[1].revents & POLLHUP, "and hung up");
	close(pipes[0]);
	http_free(http);
	http = http_new();
}

static void test_private(void)
{
	static const char *const hosts[] = { "127.0.0.1", "127.1", "2130706433", "0x7f000001",
		"0x7f.1", "017700000001", "0.0.0.0", "10.0.0.1", "169.254.169.254", "192.168.1.1",
		"100.64.0.1", "localhost", "rebind.test", "[::1]", "[::]", "[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fd00::1]",
		"[2002:7f00:1::]" };
	int before = atoi(look_up("/connections")), taken;

	/* which leaves a connection that a request without this right could find */
	post_to("http", "rebind.test", port[0], "/ok");
	is_int(atoi(look_up("/connections")) - before, 1, "a name may lead here");
	before = atoi(look_up("/connections"));
	taken = atoi(look_up("/count/ok"));
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct http_request r = { .public_only = 1, .connect_ms = 2000 };
		char url[100];
		struct got got;

		snprintf(url, sizeof url, "http://%s:%d/ok", hosts[i], port[0]);
		r.url = url;
		got = run(r, "{}");
		ok(got.sent == HTTP_NOT_SENT && got.hopeless, "not public: %s: %s", hosts[i],
			got.error);
	}
	is_int(atoi(look_up("/count/ok")), taken, "nothing has come here");
	/* look_up()'s connection is closed by the first request that tried to use it */
	is_int(atoi(look_up("/connections")), before + 1, "nor was anything connected");
}

static void on_outcome(void *arg, const struct outcome *outcome)
{
	*(struct outcome *)arg = *outcome;
}

static struct outcome hook(const char *url)
{
	struct webhook w = { url, "done", "42", "{\"a\":1}", 7 };
	struct outcome o = { 0 };

	webhook_start(http, &w, (struct outcome_call){ on_outcome, &o });
	while (http_running(http) > 0)
		http_wait(http, NULL, 0, -1);
	return o;
}

static struct outcome hook_path(const char *path)
{
	char url[64];

	snprintf(url, sizeof url, "https://127.0.0.1:%d%s", port[1], path);
	return hook(url);
}

static void test_webhook(void)
{
	struct outcome o;
	const char *last;

	setenv("BGJOB_CA_FILE", authority, 1);
	o = hook_path("/status/200");
	ok(o.kind == OUTCOME_DEAD, "a webhook on this machine is refused: %s", o.reason);
	setenv("BGJOB_WEBHOOK_ALLOW", "example.org,127.0.0.1", 1);
	setenv("BGJOB_WEBHOOK_SECRET", "Jefe", 1);
	is_int((int)hook_path("/status/204").kind, OUTCOME_SENT, "204");
	last = look_up("/last");
	ok(strstr(last, "X-Bgjob-Event: done\r\n") && strstr(last, "X-Bgjob-Delivery: 42\r\n") &&
			strstr(last, "Content-Type: application/json\r\n") &&
			strstr(last,
				"X-Bgjob-Signature: sha256=d0d3fc35eb0f1b2f8b40c7cb9dd8dd0b") ==
				strstr(last,
					"X-Bgjob-Signature: sha256=d0d3fc35eb0f1b2f8b40c7cb9dd8dd0b") &&
			strstr(last, "\r\n\r\n{\"a\":1}"),
		"its headers, signature and body");
	is_int((int)hook_path("/half").kind, OUTCOME_SENT, "200 and half a body");
	is_int((int)hook_path("/big").kind, OUTCOME_SENT, "200 and a body that nobody wants");
	is_int((int)hook_path("/status/301").kind, OUTCOME_DEAD, "301");
	is_int((int)hook_path("/redirect").kind, OUTCOME_DEAD, "307");
	is_int((int)hook_path("/status/404").kind, OUTCOME_DEAD, "404");
	is_int((int)hook_path("/status/410").kind, OUTCOME_DEAD, "410");
	is_int((int)hook_path("/status/408").kind, OUTCOME_AGAIN, "408");
	is_int((int)hook_path("/status/425").kind, OUTCOME_AGAIN, "425");
	is_int((int)hook_path("/status/503").kind, OUTCOME_AGAIN, "503");
	o = hook_path("/refuse");
	ok(o.kind == OUTCOME_AGAIN && o.after_ms == 7000, "429 with Retry-After");
	is_int((int)hook_path("/take").kind, OUTCOME_UNCERTAIN, "taken and closed");
	is_int((int)hook("https://none.test/").kind, OUTCOME_AGAIN, "a name that is not found");
	is_int((int)hook("http://127.0.0.1/").kind, OUTCOME_DEAD, "http");
	unsetenv("BGJOB_CA_FILE");
	unsetenv("BGJOB_WEBHOOK_SECRET");
}

static struct outcome send_mail(const char *to)
{
	struct mail m = { to, "s", ".\n..x\nend", 9, "1", 0 };
	struct outcome o = { 0 };

	mail_start(http, &m, (struct outcome_call){ on_outcome, &o });
	while (http_running(http) > 0)
		http_wait(http, NULL, 0, -1);
	return o;
}

static void test_mail(void)
{
	char url[64];
	struct outcome o = send_mail("a@example.org");

	ok(o.kind == OUTCOME_UNAUTHORIZED, "no mail without a server: %s", o.reason);
	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", port[2]);
	setenv("BGJOB_SMTP_URL", url, 1);
	setenv("BGJOB_SMTP_FROM", "from@example.net", 1);
	is_int((int)send_mail("a@example.org").kind, OUTCOME_SENT, "a mail");
	ok(strstr(look_up("/last"), "\r\n\r\n..\r\n...x\r\nend\r\n.\r\n") != NULL,
		"its dots are kept");
	is_int((int)send_mail("a@example.org").kind, OUTCOME_SENT, "another");
	o = send_mail("gone@example.org");
	ok(o.kind == OUTCOME_DEAD, "550");
	is_str(o.reason, "550 5.1.1 no such user", "its reason");
	is_int((int)send_mail("later@example.org").kind, OUTCOME_AGAIN, "451");
	is_int((int)send_mail("spam@example.org").kind, OUTCOME_DEAD, "554 after the text");
	is_int((int)send_mail("before@example.org").kind, OUTCOME_AGAIN, "closed before the text");
	is_int((int)send_mail("cut@example.org").kind, OUTCOME_UNCERTAIN, "closed after it");
	alarm(100);
	is_int((int)send_mail("mute@example.org").kind, OUTCOME_SENT, "no reply to QUIT");
	is_int((int)send_mail("mutegone@example.org").kind, OUTCOME_DEAD, "nor after a refusal");
	alarm(300);
	is_int((int)send_mail("a b@example.org").kind, OUTCOME_DEAD, "no address");
	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", closed_port);
	setenv("BGJOB_SMTP_URL", url, 1);
	is_int((int)send_mail("a@example.org").kind, OUTCOME_AGAIN, "no server there");
	setenv("BGJOB_SMTP_URL", "http://127.0.0.1/", 1);
	is_int((int)send_mail("a@example.org").kind, OUTCOME_UNAUTHORIZED, "not even a URL of one");
}

static struct outcome finish_call(struct outcome *o)
{
	while (http_running(http) > 0)
		http_wait(http, NULL, 0, -1);
	return *o;
}

static void test_telegram_requests(struct telegram *t)
{
	static const struct telegram_button buttons[] = { { "A", "/a", 0 }, { "B", "/b", 0 },
		{ "C", "/c", 1 } };
	struct telegram_message m = { .chat = "-100123",
		.thread = 5,
		.reply_to = 9,
		.text = "<b>x\xFF</b>",
		.html = 1,
		.silent = 1,
		.buttons = buttons,
		.button_count = 3 };
	struct outcome o = { 0 };
	const char *last;

	telegram_send_message(t, &m, (struct outcome_call){ on_outcome, &o });
	o = finish_call(&o);
	ok(o.kind == OUTCOME_SENT && o.message_id == 7, "sendMessage");
	last = look_up("/last");
	is_str(strstr(last, "\r\n\r\n"),
		"\r\n\r\n{\"chat_id\":\"-100123\",\"message_thread_id\":5,"
		"\"text\":\"<b>x\xEF\xBF\xBD</b>\",\"parse_mode\":\"HTML\","
		"\"disable_notification\":true,\"reply_parameters\":{\"message_id\":9,"
		"\"allow_sending_without_reply\":true},\"reply_markup\":{\"inline_keyboard\":[["
		"{\"text\":\"A\",\"callback_data\":\"/a\"},{\"text\":\"B\",\"callback_data\":\"/b\"}],["
		"{\"text\":\"C\",\"callback_data\":\"/c\"}]]},"
		"\"link_preview_options\":{\"is_disabled\":true}}",
		"its body");
	ok(strncmp(last, "POST /bot" TOKEN "/sendMessage HTTP/1.1\r\n", 20) == 0, "its path");
	m = (struct telegram_message){ .chat = "@name", .thread = 1, .text = "c" };
	telegram_send_document(t, &m, "a\"b\r\n.txt", "data\0x", 6,
		(struct outcome_call){ on_outcome, &o });
	o = finish_call(&o);
	ok(o.kind == OUTCOME_SENT && o.message_id == 7, "sendDocument");
	last = look_up("/last");
	ok(strstr(last, "name=\"chat_id\"\r\n\r\n@name\r\n--") &&
			strstr(last, "name=\"caption\"") &&
			strstr(last, "name=\"document\"; filename=\"a_b__.txt\"\r\n") &&
			!strstr(last, "thread_id"),
		"its parts");
	telegram_get_updates(t, 11, 99, (struct outcome_call){ on_outcome, &o });
	finish_call(&o);
	is_str(strstr(look_up("/last"), "\r\n\r\n"),
		"\r\n\r\n{\"offset\":11,\"timeout\":50,"
		"\"allowed_updates\":[\"message\",\"callback_query\",\"my_chat_member\"]}",
		"getUpdates");
}

/* Whatever goes wrong, the message does not contain the token. */
static void test_telegram(void)
{
	struct str why = { 0 };
	struct outcome o = { 0 };
	struct telegram *t;
	char base[64];

	for (int i = 0; i < 4; i++) {
		static const char *const bases[] = { "http://127.0.0.1", "http://127.0.0.1",
			"https://127.0.0.1", "http://none.test" };

		snprintf(base, sizeof base, "%s:%d/", bases[i], i == 0 ? port[0] : closed_port);
		setenv("BGJOB_TELEGRAM_API", base, 1);
		t = telegram_new(http, TOKEN, &why);
		if (!ok(t != NULL, "a base: %s", base))
			continue;
		if (i == 0)
			test_telegram_requests(t);
		telegram_delete_webhook(t, (struct outcome_call){ on_outcome, &o });
		finish_call(&o);
		ok(o.kind == (i == 0 ? OUTCOME_SENT : OUTCOME_AGAIN) && !strstr(o.reason, "ABC"),
			"deleteWebhook: %s", o.reason);
		telegram_free(t);
	}
	unsetenv("BGJOB_TELEGRAM_API");
	str_free(&why);
}

int main(void)
{
	static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" };

	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
		unsetenv(proxies[i]);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	alarm(300);
	sem_init(&look_up_may_end, 0, 0);
	start_peer();
	http = http_new();
	test_answers();
	test_not_sent();
	test_tls();
	test_cut();
	test_idle();
	test_never_twice();
	test_kept_alive();
	test_hanging();
	test_descriptors();
	test_private();
	test_webhook();
	test_mail();
	test_telegram();
	http_free(http);
	stop_peer();
	return done();
}
