/* the event loop of the services: what is called when, and what is not */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "tap.h"

#include "base/clock.h"
#include "db/db.h"
#include "db/home.h"
#include "service/loop.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

/* replaces the C library's */
static int no_inotify;

int inotify_init1(int flags)
{
	if (no_inotify) {
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_inotify_init1, flags);
}

static int signals, commits, dues, waits;

static void on_signal(void *arg)
{
	(void)arg;
	signals++;
}

static void on_commit(void *arg)
{
	(void)arg;
	commits++;
}

static void on_due(void *arg)
{
	(void)arg;
	dues++;
}

/* as a library with its own descriptors does */
static int wait_early(void *arg, struct pollfd *fds, unsigned count, int timeout_ms)
{
	(void)arg;
	return ++waits % 2 ? 0 : poll(fds, count, timeout_ms);
}

static struct loop *open_loop(void)
{
	struct loop_options options = { on_signal, on_commit, on_due, NULL, NULL, NULL };

	signals = commits = dues = 0;
	return loop_new(&options);
}

/* Wait until *count is not 0, or for ten seconds. */
static void wait_for(struct loop *loop, const int *count)
{
	int64_t deadline = clock_boot() + 10 * CLOCK_SECOND;

	while (!*count && clock_boot() < deadline) {
		loop_wake_by(loop, deadline);
		loop_wait(loop);
	}
}

/* Descriptors that are ready from the start. */
static void look(struct loop *loop)
{
	loop_wake_by(loop, clock_boot());
	loop_wait(loop);
}

/* Another process, which commits for each byte it reads, and answers with one. */
static int start_writer(void)
{
	int ends[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		abort();
	if (fork() > 0) {
		close(ends[1]);
		/* it has opened the store */
		if (read(ends[0], &byte, 1) != 1)
			abort();
		return ends[0];
	}
	close(ends[0]);
	db_open(DB_WRITE);
	for (;;) {
		if (write(ends[1], "x", 1) != 1 || read(ends[1], &byte, 1) != 1)
			_exit(0);
		if (byte == 'w') {
			db_begin();
			db_exec("INSERT INTO queue (name) VALUES (hex(randomblob(8)))");
			db_commit();
		} else {
			home_wake_prepare();
			home_wake();
		}
	}
}

static void order(int writer, char what)
{
	char byte;

	if (write(writer, &what, 1) != 1 || read(writer, &byte, 1) != 1)
		abort();
}

static void times(void)
{
	struct loop *loop = open_loop();
	int64_t started = clock_boot();

	loop_wake_by(loop, started + CLOCK_HOUR);
	loop_wake_by(loop, started + 30);
	loop_wake_by(loop, 0);
	loop_wake_by(loop, INT64_MAX);
	loop_wait(loop);
	ok(clock_boot() >= started + 30, "the earliest limit ends the wait, and not before");
	ok(!signals && !commits && !dues, "without a call");

	loop_set_due(loop, clock_now() + 30);
	wait_for(loop, &dues);
	is_int(dues, 1, "a due time");
	look(loop);
	is_int(dues, 1, "comes once");
	dues = 0;
	loop_set_due(loop, 0);
	wait_for(loop, &dues);
	is_int(dues, 1, "one that is long over comes at once");
	dues = 0;
	loop_set_due(loop, 0);
	wait_for(loop, &dues);
	is_int(dues, 1, "the same time again comes again");
	loop_set_due(loop, clock_now() + 1);
	loop_set_due(loop, -1);
	loop_wake_by(loop, clock_boot() + 50);
	loop_wait(loop);
	is_int(dues, 1, "one that is taken back does not come");
	loop_free(loop);
}

static void signal_and_commit(int writer)
{
	struct loop *loop = open_loop();

	raise(SIGHUP);
	raise(SIGTERM);
	wait_for(loop, &signals);
	is_int(signals, 1, "two signals are one call");
	look(loop);
	is_int(signals, 1, "and only one");

	order(writer, 'w');
	wait_for(loop, &commits);
	is_int(commits, 1, "a commit of another process");
	look(loop);
	order(writer, 'k');
	look(loop);
	is_int(commits, 1, "a wake-up without a commit is none");
	loop_free(loop);
	raise(SIGINT);
	loop = open_loop();
	wait_for(loop, &signals);
	is_int(signals, 1, "a signal between two loops is not lost");
	loop_free(loop);
}

static void blind(int writer)
{
	struct loop *loop;
	int64_t started;

	no_inotify = 1;
	loop = open_loop();
	no_inotify = 0;
	started = clock_boot();
	loop_wait(loop);
	ok(clock_boot() >= started + 900, "without inotify a wait ends after a second");
	is_int(commits, 0, "nothing has changed");
	order(writer, 'w');
	wait_for(loop, &commits);
	is_int(commits, 1, "a commit is seen all the same");
	loop_free(loop);
}

struct item {
	struct loop *loop;
	struct loop_source *source, **victim;
	int ready, events;
};

static void on_item(void *arg, int events)
{
	struct item *item = arg;

	item->ready++;
	item->events = events;
	if (item->victim) {
		loop_remove(item->loop, *item->victim);
		*item->victim = NULL;
	}
}

static void sources(void)
{
	struct loop *loop = open_loop();
	struct item a = { .loop = loop }, b = { .loop = loop };
	int one[2], two[2], copy;

	if (pipe(one) < 0 || pipe(two) < 0 || write(one[1], "x", 1) != 1 ||
		write(two[1], "x", 1) != 1)
		abort();
	a.source = loop_add(loop, one[0], POLLIN, on_item, &a);
	look(loop);
	look(loop);
	is_int(a.ready, 2, "a source is reported as long as it is ready");
	loop_change(loop, a.source, 0);
	look(loop);
	is_int(a.ready, 2, "not with other events");
	loop_change(loop, a.source, POLLIN);
	a.victim = &a.source;
	look(loop);
	look(loop);
	is_int(a.ready, 3, "one that its own callback removes");
	ok(!a.source, "is gone");

	/* whichever is called first removes the other, whose event was already read */
	a = (struct item){ .loop = loop, .victim = &b.source };
	b = (struct item){ .loop = loop, .victim = &a.source };
	a.source = loop_add(loop, one[0], POLLIN, on_item, &a);
	b.source = loop_add(loop, two[0], POLLIN, on_item, &b);
	look(loop);
	is_int(a.ready + b.ready, 1, "an event of a source that was removed is not delivered");
	loop_remove(loop, a.source ? a.source : b.source);

	a = (struct item){ .loop = loop };
	a.source = loop_add(loop, one[0], POLLIN, on_item, &a);
	copy = dup(one[0]);
	loop_remove(loop, a.source);
	close(one[0]);
	look(loop);
	is_int(a.ready, 0, "nor of one whose descriptor somebody has a copy of");
	close(copy);

	a.source = loop_add(loop, two[1], 0, on_item, &a);
	close(two[0]);
	look(loop);
	ok(a.ready == 1 && a.events & POLLERR, "an error is reported without being asked for");
	loop_remove(loop, a.source);
	loop_remove(loop, NULL);
	loop_change(loop, NULL, POLLIN);
	copy = open("/dev/null", O_RDWR);
	errno = 0;
	ok(!loop_add(loop, copy, POLLIN, on_item, &a) && errno == EPERM, "a file is always ready");
	close(copy);
	close(one[1]);
	close(two[1]);
	loop_free(loop);
}

static void elsewhere(void)
{
	struct loop_options options = { .on_signal = on_signal,
		.on_due = on_due,
		.wait = wait_early };
	struct loop *loop;
	int64_t started;

	signals = dues = 0;
	loop = loop_new(&options);
	raise(SIGTERM);
	loop_wait(loop);
	ok(waits == 1 && !signals, "another wait may return early");
	wait_for(loop, &signals);
	is_int(signals, 1, "and what happens is delivered after it");
	loop_set_due(loop, clock_now() + 20);
	wait_for(loop, &dues);
	is_int(dues, 1, "a due time as well");
	started = clock_boot();
	waits = 1;
	loop_wake_by(loop, started + 30);
	loop_wait(loop);
	ok(clock_boot() >= started + 30, "and a limit");
	loop_free(loop);
}

/* The service manager's end of $NOTIFY_SOCKET. */
static void heard(int manager, const char *wanted)
{
	char text[64];
	ssize_t n = recv(manager, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	is_str(text, wanted, "the service manager is told \"%s\"", wanted);
}

static void manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd fd = { .fd = socket_fd, .events = POLLIN };
	struct loop *loop;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", home);
	if (bind(socket_fd, (struct sockaddr *)(void *)&address, sizeof(address)) < 0)
		abort();
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	setenv("WATCHDOG_USEC", "20000", 1);
	loop = open_loop();
	heard(socket_fd, "");
	loop_ready(loop);
	heard(socket_fd, "READY=1");
	while (poll(&fd, 1, 0) == 0)
		loop_wait(loop);
	heard(socket_fd, "WATCHDOG=1");
	loop_stopping(loop);
	heard(socket_fd, "STOPPING=1");
	loop_free(loop);
	heard(socket_fd, "");
	loop = open_loop();
	loop_ready(loop);
	loop_free(loop);
	heard(socket_fd, "READY=1");
	heard(socket_fd, "STOPPING=1");
	close(socket_fd);
	unlink(address.sun_path);
}

/* Run in a child, since BGJOB_TRACE is read only once. */
static void trace_a_signal(void *unused)
{
	struct loop_options options = { .on_signal = on_signal };
	struct loop *loop;

	(void)unused;
	setenv("BGJOB_TRACE", "wake", 1);
	loop = loop_new(&options);
	raise(SIGTERM);
	wait_for(loop, &signals);
	loop_wake_by(loop, clock_boot());
	loop_wait(loop);
	loop_free(loop);
}

static void traced(void)
{
	struct tap_child child = tap_fork(trace_a_signal, NULL, "");

	ok(strstr(child.err, " wake: a signal\n") && strstr(child.err, " wake: the end of a wait"),
		"BGJOB_TRACE=wake says what a service was woken by");
}

int main(void)
{
	int writer;

	if (!tap_folder(home))
		abort();
	setenv("BGJOB_HOME", home, 1);
	unsetenv("NOTIFY_SOCKET");
	traced();
	writer = start_writer();
	db_open(DB_WRITE);
	db_changed();
	times();
	signal_and_commit(writer);
	blind(writer);
	sources();
	elsewhere();
	manager();
	loop_free(NULL);
	db_close();
	close(writer);
	return done();
}
