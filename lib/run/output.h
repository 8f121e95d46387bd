/* output: what a job wrote, wherever the bytes are at that moment; errors end the program */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include <stdint.h>

struct output_options {
	int64_t job;
	int64_t attempt; /* 0: the latest, and with follow those that come after it */
	int to[2];       /* where stdout and stderr are copied to; -1: not at all */
	int follow;      /* until the job has ended */
};

/*
 * Copy what there is, byte for byte; a cut (--max-output) is stated in a line
 * of its own. The job must exist. Returns 0, or -1 if there is no such attempt.
 */
int output_copy(const struct output_options *options);

#endif
