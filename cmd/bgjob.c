/* bgjob: run bgjob-NAME, or list the programs */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "service/paths.h"

static const struct {
	const char *name, *sentence;
} programs[] = {
#include "programs.h"
};

static void list(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		if (strcmp(programs[i].name, "bgjob") == 0)
			continue;
		if (out_tty()) {
			struct str line = { 0 };

			str_addf(&line, "%-16s %s\n", programs[i].name, programs[i].sentence);
			out_raw(line.data, line.len);
			str_free(&line);
		} else {
			out_field(programs[i].name);
			out_field(programs[i].sentence);
			out_end();
		}
	}
}

/* look next to this program first: that one is of the same version */
_Noreturn static void run(char *argv[])
{
	struct str name = { 0 };
	const char *word = argv[0];

	if (strchr(word, '/') || !*word)
		die_usage("no program %s", word);
	str_addf(&name, "bgjob-%s", word);
	argv[0] = name.data;
	execv(paths_program(name.data), argv);
	if (errno == ENOENT)
		execvp(name.data, argv);
	if (errno == ENOENT)
		die_usage("no program %s (bgjob alone lists them)", name.data);
	die_errno("cannot run %s", name.data);
}

static void help(void)
{
	static const char text[] = "usage: bgjob [NAME [ARG...]]\n"
				   "Run bgjob-NAME, or list the programs.\n\n"
				   "bgjob NAME --help, man bgjob-NAME and man 7 bgjob say more.\n";

	out_raw(text, sizeof(text) - 1);
}

int main(int argc, char *argv[])
{
	die_init("bgjob");
	if (argc > 1 && argv[1][0] != '-')
		run(argv + 1);
	if (argc == 1) {
		list();
	} else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help();
	} else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		out_fieldf("bgjob %s", BGJOB_VERSION);
		out_end();
	} else {
		die_usage("unknown option %s (see bgjob --help)", argv[1]);
	}
	out_done();
	return EXIT_DONE;
}
