/* arg: options and operands of a program; any error prints one line and exits 2 */
#ifndef BASE_ARG_H
#define BASE_ARG_H

#include <stddef.h>
#include <stdint.h>

/*
 * One option. id is the short letter, or 256 and up for a long option only.
 * value names the argument for --help: NULL = none, "NAME" = required, "[NAME]"
 * = optional (--option=X only). The table ends with { 0 }. -h/--help,
 * -V/--version and -v/--verbose are added by arg_next().
 */
struct arg_option {
	int id;
	const char *name;
	const char *value;
	const char *help;
};

/*
 * Start: program name for messages, its one-sentence description, the synopsis
 * lines after the program's name ("[options] -- COMMAND [ARG...]", several
 * separated by newlines) and the options. The texts are not copied. Opens a
 * placeholder for a closed descriptor 0, 1 or 2, so that no file opened later
 * gets its number.
 */
void arg_init(const char *program, const char *sentence, const char *synopsis,
	const struct arg_option *options);

/*
 * For a program with subcommands: do for the subcommand what arg_init() did for the program. Call
 * it once arg_next() (with stop_at_operand) has read the options before the word. From here on
 * arg_next() takes an argv that starts with the word; a -v before it counts.
 */
void arg_command(const char *word, const char *sentence, const char *synopsis,
	const struct arg_option *options);

/*
 * The next option's id, or -1 when only operands are left (optind is then the
 * first of them, optarg as in getopt_long(3)). stop_at_operand != 0: the first
 * operand ends the options (for programs that take a command). --help and
 * --version print and exit 0; an unknown option, a missing value and an
 * unexpected one end the program with one line.
 */
int arg_next(int argc, char *argv[], int stop_at_operand);

/* How often -v was given: once shows the SQL, twice is BGJOB_TRACE=all (base/trace). */
int arg_verbose(void);

/* Values; `option` is only for the message ("--timeout: not a duration: x"). */
int64_t arg_number(const char *option, const char *text, int64_t min, int64_t max);
int64_t arg_duration(const char *option, const char *text); /* ms, >= 0 */
int64_t arg_size(const char *option, const char *text);     /* bytes: 512, 64K, 2G (1024s) */
int64_t arg_time(const char *option, const char *text);     /* ms since 1970 */
int64_t arg_id(const char *text);                           /* a job id: 1 .. 2^63-1, "#42" too */
int64_t arg_id_of(const char *what, const char *text);      /* the same for a "run" */

struct arg_ids {
	int64_t *ids;
	size_t count;
};

/*
 * Job ids from operands; the operand "-" reads stdin: the first tab- or
 * space-separated column of each line, empty lines skipped. Repeated ids are
 * kept once. No operand at all is a usage error; an empty stdin is not
 * (count 0). Free with arg_ids_free().
 */
void arg_ids(struct arg_ids *ids, int count, char *operands[]);

/* The same for ids of another kind; `what` names it in messages: "run". */
void arg_ids_of(const char *what, struct arg_ids *ids, int count, char *operands[]);
void arg_ids_free(struct arg_ids *ids);

/* Split "a,b,c" into NULL-terminated words (empty words are an error). One free() frees all. */
char **arg_list(const char *option, const char *text);

#endif
