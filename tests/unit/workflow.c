/* workflow: which files are workflows, what their headers say, who may own and write them */
#include "submit/workflow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "access/trust.h"
#include "base/clock.h"
#include "tap.h"

static char top[] = "/tmp/bgjob-workflow-XXXXXX";

static const char *in_top(const char *name)
{
	static char paths[4][300];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", top, name);
	return path;
}

static void write_bytes(const char *name, const void *data, size_t n, mode_t mode)
{
	const char *path = in_top(name);
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, n, file) != n || fclose(file) != 0 || chmod(path, mode) != 0)
		abort();
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	write_bytes(name, text, strlen(text), mode);
}

static void make_folder(const char *name, mode_t mode)
{
	if ((mkdir(in_top(name), 0700) < 0 && errno != EEXIST) || chmod(in_top(name), mode) < 0)
		abort();
}

static void make_link(const char *target, const char *name)
{
	unlink(in_top(name));
	if (symlink(target, in_top(name)) < 0)
		abort();
}

/* ---- headers ---- */

static struct workflow with_header(const char *text)
{
	struct workflow w;

	write_file("bgjob/workflows/x-y_z", text, 0755);
	workflow_find("x-y_z", &w);
	return w;
}

static void is_header(const char *text, const char *title, const char *description)
{
	struct workflow w = with_header(text);

	is_str(w.refused, NULL, "taken: %s", text);
	is_str(w.title, title, "its title");
	is_str(w.description, description, "its description");
	workflow_free(&w);
}

static void test_texts(void)
{
	is_header("", "x y z", "");
	is_header("#!/bin/sh\n# title: board analysis\n# description: d e\n", "board analysis",
		"d e");
	is_header("// title: a\n//description: b", "a", "b");
	is_header("; title: a\n;;; description: b\n", "a", "b");
	is_header("-- title: a\n--description: b\n", "a", "b");
	is_header("/* title: a */\n", "a", "");
	is_header("/*\n * title: a\n * description: b\n */\n", "a", "b");
	is_header("#\t title:\t a  b \t\r\n", "a  b", "");
	is_header("# title: first\n# title: second\n", "first", "");
	is_header("# Title: a\n# title : b\n# titles: c\n# atitle: d\n", "x y z", "");
	is_header("title: a\necho '# title: b'\n- title: c\n/ title: d\n", "x y z", "");
	is_header("# url: https://example.org/\n# unknown: x\n", "x y z", "");
	is_header("# title: a\033[31mb\177c\td\342\200\256e\377\n", "abc de\357\277\275", "");
	is_header("# title: a\n\n\ncode\n# description: below code\n", "a", "below code");
	is_header("# title: <b>*x*</b>\n", "<b>*x*</b>", "");
}

static void test_binaries(void)
{
	static const char elf[] = "\177ELF\n# title: a\n", nul[] = "#!/bin/sh\n# title: a\0b\n";
	struct workflow w;

	write_bytes("bgjob/workflows/binary", elf, sizeof elf - 1, 0755);
	is_int(workflow_find("binary", &w), 1, "an ELF file");
	is_str(w.title, "binary", "has no header");
	is_int(w.timeout_ms, CLOCK_HOUR, "but the defaults");
	workflow_free(&w);
	write_bytes("bgjob/workflows/binary", nul, sizeof nul - 1, 0755);
	workflow_find("binary", &w);
	is_str(w.title, "ab", "a NUL in a header");
	workflow_free(&w);
	unlink(in_top("bgjob/workflows/binary"));
}

static void is_run(const char *text, int64_t timeout, enum workflow_detach detach)
{
	struct workflow w = with_header(text);

	is_str(w.refused, NULL, "taken: %s", text);
	is_int(w.timeout_ms, timeout, "its time limit");
	is_int(w.detach, detach, "when it detaches");
	workflow_free(&w);
}

static void is_bad(const char *text, int line, const char *reason)
{
	struct workflow w = with_header(text);
	char wanted[400];

	snprintf(wanted, sizeof wanted, "%s:%d: %s", in_top("bgjob/workflows/x-y_z"), line, reason);
	is_str(w.refused, wanted, "refused");
	workflow_free(&w);
	is_int(workflow_find("x-y_z", &w), -1, "and so it is found");
	workflow_free(&w);
}

static void test_values(void)
{
	char text[6000];

	is_run("#\n", CLOCK_HOUR, WORKFLOW_AUTO);
	is_run("# timeout: 10m\n# detach: always\n", 10 * CLOCK_MINUTE, WORKFLOW_ALWAYS);
	is_run("# timeout:90\n# detach:never\n", 90 * CLOCK_SECOND, WORKFLOW_NEVER);
	is_run("# detach: auto\n# timeout: 2h", 2 * CLOCK_HOUR, WORKFLOW_AUTO);
	is_bad("#\n#\n# timeout: soon\n", 3, "timeout: not a duration: soon");
	is_bad("# timeout:\n", 1, "timeout: not a duration: ");
	is_bad("# timeout: -5\n", 1, "timeout: not a duration: -5");
	is_bad("#\n# detach: yes\n", 2, "detach: not always, auto or never: yes");
	is_bad("# detach: ALWAYS\n", 1, "detach: not always, auto or never: ALWAYS");
	is_bad("# title:\n", 1, "title: empty");
	is_bad("# title: \033[1m\n", 1, "title: empty");
	snprintf(text, sizeof text, "# title: %0200d\n", 1);
	is_bad(text, 1, "title: longer than 100 bytes");
	snprintf(text, sizeof text, "# description: %0300d\n", 1);
	is_bad(text, 1, "description: longer than 256 bytes");
}

/* Lines 30 and 31, and a line cut by the end of the first 4 KiB. */
static void test_limits(void)
{
	char text[6000];

	for (int i = 0; i < 29; i++)
		snprintf(text + 2 * (size_t)i, sizeof text - 2 * (size_t)i, "#\n");
	snprintf(text + 58, sizeof text - 58, "# title: in line 30\n# description: in line 31\n");
	is_header(text, "in line 30", "");
	snprintf(text, sizeof text, "#%04080d\n# title: abcdefghijklmnopqrstuvwxyz\n", 0);
	is_header(text, "x y z", "");
	snprintf(text, sizeof text, "#%04070d\n# title: abcdef\n", 0);
	is_header(text, "abcdef", "");
	unlink(in_top("bgjob/workflows/x-y_z"));
}

/* ---- names ---- */

static void is_found(const char *name, const char *wanted)
{
	struct workflow w;
	int found = workflow_find(name, &w);

	is_int(found, wanted ? 1 : 0, "find %s", name);
	is_str(w.name, wanted, "which is");
	workflow_free(&w);
}

static void test_names(void)
{
	write_file("bgjob/workflows/disk-usage", "", 0755);
	is_found("disk-usage", "disk-usage");
	is_found("disk_usage", "disk-usage");
	is_found("disk usage", NULL);
	is_found("diskusage", NULL);
	is_found("disk-usag", NULL);
	is_found("disk-usage-", NULL);
	is_found("Disk-usage", NULL);
	is_found("", NULL);
	is_found("../workflows/disk-usage", NULL);
	is_found("/etc/passwd", NULL);
	is_found("disk-usage\n", NULL);
	is_found("a2345678901234567890123456789012", NULL);
	write_file("bgjob/workflows/disk_usage", "", 0755);
	is_found("disk-usage", "disk-usage");
	is_found("disk_usage", "disk_usage");
	unlink(in_top("bgjob/workflows/disk_usage"));
	write_file("bgjob/workflows/a2345678901234567890123456789012", "", 0755);
	is_found("a2345678901234567890123456789012", "a2345678901234567890123456789012");
	unlink(in_top("bgjob/workflows/a2345678901234567890123456789012"));
	ok(workflow_named("a-b", 3) && !workflow_named("a-b", 0) && workflow_named("ab c", 2),
		"names of a length");
}

static const struct workflow *find_in(const struct workflow *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static void check_refused(const struct workflow *list, size_t n, const char *name,
	const char *reason)
{
	const struct workflow *w = find_in(list, n, name);

	const char *refused = w && w->refused ? w->refused : "(not refused)";

	ok(strstr(refused, reason) != NULL, "%s: %s", name, refused);
}

static void test_list(void)
{
	struct workflow *list;
	size_t n;
	int sorted = 1;

	write_file("bgjob/workflows/disk_usage", "# title: mine\n", 0755);
	unlink(in_top("bgjob/workflows/disk-usage"));
	write_file("bgjob/workflows/notes", "", 0644);
	write_file("bgjob/workflows/README.md", "", 0644);
	write_file("bgjob/workflows/.hidden", "", 0755);
	write_file("bgjob/workflows/old~", "", 0755);
	write_file("bgjob/workflows/board.sh", "", 0755);
	write_file("bgjob/workflows/b\033\n", "", 0755);
	make_folder("bgjob/workflows/folder", 0755);
	make_link("/nonexistent", "bgjob/workflows/dangling");
	list = workflow_list(&n);
	for (size_t i = 1; i < n; i++)
		sorted &= strcmp(list[i - 1].name, list[i].name) < 0;
	ok(sorted, "sorted");
	ok(find_in(list, n, "disk_usage") && !find_in(list, n, "disk-usage"),
		"the installed one is hidden by ours, also if it is spelled with the other sign");
	ok(find_in(list, n, "log-watch") && !find_in(list, n, "log-watch")->refused,
		"other installed ones are there");
	check_refused(list, n, "notes", "is not executable: chmod +x");
	check_refused(list, n, "board.sh", "a workflow's name has only a-z");
	check_refused(list, n, "b\\x1b\\n", "a workflow's name has only a-z");
	check_refused(list, n, "dangling", "/nonexistent: No such file or directory");
	ok(!find_in(list, n, "README.md") && !find_in(list, n, ".hidden") &&
			!find_in(list, n, "old~") && !find_in(list, n, "folder"),
		"what is none");
	workflow_list_free(list, n);
	rmdir(in_top("bgjob/workflows/folder"));
	unlink(in_top("bgjob/workflows/b\033\n"));
}

/* ---- trust ---- */

static void is_trusted(const char *path, const char *reason)
{
	struct str why = { 0 };
	int fd = trust_open(path, TRUST_PROGRAM, &why);

	if (reason)
		ok(fd < 0 && why.len && strstr(why.data, reason), "%s refused: %s", path,
			why.len ? why.data : "not at all");
	else
		is_str(why.data, NULL, "%s trusted", path);
	if (fd >= 0) {
		ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "closed on exec");
		close(fd);
	}
	str_free(&why);
}

static void test_files(void)
{
	make_folder("t", 0755);
	write_file("t/x", "", 0755);
	is_trusted(in_top("t/x"), NULL);
	chmod(in_top("t/x"), 0644);
	is_trusted(in_top("t/x"), "t/x is not executable: chmod +x");
	chmod(in_top("t/x"), 0775);
	is_trusted(in_top("t/x"), "t/x may be written by others: chmod go-w");
	chmod(in_top("t/x"), 0757);
	is_trusted(in_top("t/x"), "t/x may be written by others");
	chmod(in_top("t/x"), 0755);
	chmod(in_top("t"), 0775);
	is_trusted(in_top("t/x"), "/t may be written by others: chmod go-w");
	chmod(in_top("t"), 01777);
	is_trusted(in_top("t/x"), "/t may be written by others");
	chmod(in_top("t"), 0755);
	is_trusted(in_top("t"), "is not a regular file");
	is_trusted("/dev/null", "is not a regular file");
	is_trusted("/", "is not a regular file");
	is_trusted(in_top("t/x/y"), "Not a directory");
	is_trusted(in_top("t/none"), "No such file");
	mkfifo(in_top("t/fifo"), 0755);
	is_trusted(in_top("t/fifo"), "is not a regular file");
	unlink(in_top("t/fifo"));
	is_trusted("/bin/sh", NULL);
}

static void test_above(void)
{
	make_folder("t/in", 0755);
	write_file("t/in/x", "", 0755);
	is_trusted(in_top("t/in/x"), NULL);
	chmod(in_top("t"), 0775);
	is_trusted(in_top("t/in/x"), NULL);
	chmod(in_top("t"), 0777);
	is_trusted(in_top("t/in/x"), "/t may be written by everybody: chmod o-w");
	chmod(in_top("t"), 01777);
	is_trusted(in_top("t/in/x"), NULL);
	chmod(in_top("t"), 0755);
}

static void test_links(void)
{
	make_link("x", "t/relative");
	is_trusted(in_top("t/relative"), NULL);
	make_link("in/../in/x", "t/relative");
	is_trusted(in_top("t/relative"), NULL);
	make_link(in_top("t/in/x"), "t/absolute");
	is_trusted(in_top("t/absolute"), NULL);
	make_link(in_top("t/in"), "t/folder");
	is_trusted(in_top("t/folder/x"), NULL);
	make_link("loop", "t/loop");
	is_trusted(in_top("t/loop"), "Too many levels");
	make_link("/dev/null", "t/device");
	is_trusted(in_top("t/device"), "/dev/null is not a regular file");
	/* A link to a good file in another user's folder: its owner may change the link later. */
	make_folder("t/others", 0777);
	make_link("/bin/sh", "t/others/link");
	make_link(in_top("t/others/link"), "t/far");
	is_trusted(in_top("t/far"), "/t/others may be written by everybody");
	chmod(in_top("t/others"), 0775);
	is_trusted(in_top("t/far"), "link is a link in a folder that others may write");
	chmod(in_top("t/others"), 0755);
	is_trusted(in_top("t/far"), NULL);
}

static void test_owners(void)
{
	if (geteuid() != 0) {
		ok(1, "owners # SKIP needs root");
		return;
	}
	if (chown(in_top("t/in/x"), 12345, (gid_t)-1) < 0)
		abort();
	is_trusted(in_top("t/in/x"), "t/in/x belongs to user 12345");
	if (chown(in_top("t/in/x"), 0, (gid_t)-1) < 0 ||
		chown(in_top("t/in"), 12345, (gid_t)-1) < 0)
		abort();
	is_trusted(in_top("t/in/x"), "t/in belongs to user 12345");
	if (chown(in_top("t/in"), 0, (gid_t)-1) < 0 ||
		lchown(in_top("t/relative"), 12345, (gid_t)-1) < 0)
		abort();
	is_trusted(in_top("t/relative"), "t/relative belongs to user 12345");
}

static void test_refused(void)
{
	struct workflow w;

	write_file("bgjob/workflows/log-watch", "# title: mine\n", 0777);
	is_int(workflow_find("log_watch", &w), -1, "one that others may write is refused");
	is_str(w.title, "log watch", "nothing in it is believed");
	ok(strncmp(w.path, top, strlen(top)) == 0, "the installed one does not take its place");
	workflow_free(&w);
	workflow_free(&w);
	unlink(in_top("bgjob/workflows/log-watch"));
	is_int(workflow_find("log_watch", &w), 1, "without it, the installed one is there");
	workflow_free(&w);
	unsetenv("XDG_CONFIG_HOME");
}

int main(void)
{
	umask(022);
	if (!tap_folder(top) || setenv("XDG_CONFIG_HOME", top, 1) < 0)
		abort();
	make_folder("bgjob", 0755);
	make_folder("bgjob/workflows", 0755);
	test_texts();
	test_binaries();
	test_values();
	test_limits();
	test_names();
	test_list();
	test_files();
	test_above();
	test_links();
	test_owners();
	test_refused();
	return done();
}
