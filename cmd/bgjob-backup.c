/* bgjob-backup: copy the store while it is in use */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "db/home.h"
#include "store/backup.h"

static const struct arg_option options[] = { { 0 } };

/* the one file that must never be replaced by its own copy */
static void check_target(const char *file)
{
	struct stat ours, target;

	if (!*file)
		die_usage("the file name is empty");
	if (stat(file, &target) < 0)
		return;
	if (!S_ISREG(target.st_mode))
		die_usage("not a regular file: %s", file);
	if (stat(home_file("bgjob.db"), &ours) == 0 && ours.st_dev == target.st_dev &&
		ours.st_ino == target.st_ino)
		die_usage("that is the store itself: %s", file);
}

int main(int argc, char *argv[])
{
	int64_t files;

	arg_init("bgjob-backup", "Copy the store while it is in use.", "FILE", options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (argc - optind != 1)
		die_usage("give one file to write (see bgjob-backup --help)");
	if (db_open(DB_READ) < 0)
		die_usage("there is no store yet in the state folder");
	check_target(argv[optind]);
	backup_run(argv[optind], &files);
	if (files)
		warn("large results are in %s.results: keep both", argv[optind]);
	out_done();
	return EXIT_DONE;
}
