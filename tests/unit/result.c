/* stored results: one whose file is missing, unreadable or too short is an error that does not end
 * the program */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tap.h"

#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/result.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";
static int64_t job;

static void add_job(void)
{
	struct job_new new;
	int64_t other;

	job_new_init(&new);
	new.command = "true";
	new.command_size = 5;
	new.directory = "/";
	db_begin();
	new.environment = environment_save("A=b", 4);
	job = job_add(&new, &other);
	db_exec("INSERT INTO attempt (job_id, attempt, claim, boot, started_at)"
		" WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
		" SELECT 1, i, 'token', 'boot', 1 FROM n");
	db_commit();
}

/* record a stream of attempt `attempt` as a file of `size` bytes */
static void add_file(int64_t attempt, const char *name, const char *text, int64_t size)
{
	int fd = openat(home_folder(HOME_RESULTS), name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	close(fd);
	db_begin();
	result_save_file(job, attempt, RESULT_STDOUT, name, size, 0, 0);
	db_commit();
}

static void add_small(int64_t attempt, const char *text)
{
	FILE *f = tmpfile();

	if (!f || fputs(text, f) < 0 || fflush(f) != 0)
		exit(1);
	db_begin();
	result_save(job, attempt, RESULT_STDOUT, fileno(f), (int64_t)strlen(text), 0, 0);
	db_commit();
	fclose(f);
}

static int says(const char *text)
{
	return strstr(result_error(), text) != NULL;
}

static void test_whole(void)
{
	struct result_part part;
	struct result r;
	char data[8];

	add_file(1, "1-1.out", "abcdef", 6);
	is_int(result_open(job, 1, RESULT_STDOUT, &r), 0, "a file is opened");
	is_int(result_read(&r, 4, data, sizeof(data)), 2, "its rest is read");
	is_int(result_read(&r, 6, data, sizeof(data)), 0, "its end is its end");
	result_close(&r);
	is_int(result_open(job, 1, RESULT_STDERR, &r), RESULT_NONE, "an empty stream is none");
	is_int(result_part(job, 1, RESULT_STDERR, 0, 10, &part), 0, "as a part it is empty");
	is_str(part.data, "", "and a text");
	free(part.data);
}

static void part(int64_t attempt, int64_t from, size_t most, const char *wanted)
{
	struct result_part p;

	is_int(result_part(job, attempt, RESULT_STDOUT, from, most, &p), 0,
		"attempt %d: %zu from %d", (int)attempt, most, (int)from);
	is_str(p.data, wanted, "are \"%s\"", wanted);
	is_int((intmax_t)p.n, (intmax_t)strlen(wanted), "their number");
	is_int(p.size, 6, "the whole");
	free(p.data);
}

static void test_parts(void)
{
	add_small(2, "abcdef");
	for (int attempt = 1; attempt <= 2; attempt++) {
		part(attempt, 0, 100, "abcdef");
		part(attempt, 0, 2, "ab");
		part(attempt, 3, 2, "de");
		part(attempt, 5, 2, "f");
		part(attempt, 6, 2, "");
		part(attempt, 60, 2, "");
		part(attempt, -1, 2, "ef");
		part(attempt, -1, 100, "abcdef");
		part(attempt, 0, 0, "");
	}
}

/* its middle was left out: the file has a hole there */
static void test_hole(void)
{
	struct result_part p;

	add_file(6, "1-6.out", "abcXYZdef", 9);
	db_begin();
	db_exec("UPDATE result SET size = 6, omitted = 3, cut_at = 3 WHERE attempt = 6");
	db_commit();
	is_int(result_part(job, 6, RESULT_STDOUT, 0, 100, &p), 0, "a file with a hole");
	is_str(p.data, "abcdef", "is read across it");
	is_int(p.omitted, 3, "what it lacks");
	free(p.data);
}

static void lost(int64_t attempt, const char *why)
{
	struct result_part p;
	struct result r;

	is_int(result_open(job, attempt, RESULT_STDOUT, &r), RESULT_LOST, "attempt %d is lost",
		(int)attempt);
	ok(says("cannot open the result of job 1: ") && says(why), "because: %s", why);
	result_close(&r);
	is_int(result_part(job, attempt, RESULT_STDOUT, 0, 10, &p), -1, "no part of it is read");
	ok(!p.data && says(why), "for the same reason");
}

static void test_lost(void)
{
	add_file(3, "1-3.out", "abcdef", 6);
	unlinkat(home_folder(HOME_RESULTS), "1-3.out", 0);
	lost(3, "1-3.out: No such file or directory");
	if (symlinkat("1-1.out", home_folder(HOME_RESULTS), "1-3.out") < 0)
		exit(1);
	lost(3, "1-3.out: Too many levels of symbolic links");
	if (geteuid() == 0)
		return;
	add_file(4, "1-4.out", "abcdef", 6);
	if (fchmodat(home_folder(HOME_RESULTS), "1-4.out", 0, 0) < 0)
		exit(1);
	lost(4, "1-4.out: Permission denied");
}

static void test_short(void)
{
	struct result_part p;
	struct result r;
	char data[8];

	add_file(5, "1-5.out", "abc", 6);
	is_int(result_open(job, 5, RESULT_STDOUT, &r), 0, "a file that lost its end is opened");
	is_int(result_read(&r, 0, data, sizeof(data)), 3, "what it has is read");
	is_int(result_read(&r, 3, data, sizeof(data)), -1, "then it is an error");
	ok(says("is shorter than it was: restore a copy"), "that says so");
	result_close(&r);
	is_int(result_part(job, 5, RESULT_STDOUT, 0, 10, &p), -1, "a part of it is none");
	ok(!p.data, "and leaves nothing to be freed");
	mkdirat(home_folder(HOME_RESULTS), "folder", 0700);
	db_begin();
	result_save_file(job, 7, RESULT_STDOUT, "folder", 6, 0, 0);
	db_commit();
	is_int(result_part(job, 7, RESULT_STDOUT, 0, 10, &p), -1,
		"what cannot be read is an error");
	ok(says("cannot read a result in ") && says("Is a directory"), "that says why");
}

int main(void)
{
	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	db_open(DB_WRITE);
	add_job();
	test_whole();
	test_parts();
	test_hole();
	test_lost();
	test_short();
	is_int(environment_load(99, &(size_t){ 0 }) == NULL, 1,
		"an environment that is missing is no end");
	db_close();
	return done();
}
