/* output: what a job wrote, wherever it is stored at the moment; errors end the program */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include <stdint.h>

struct output_options {
	int64_t job;
	int64_t attempt; /* 0: the latest, and with follow also later ones */
	int to[2];       /* descriptors that stdout and stderr are copied to; -1: not copied */
	int follow;      /* until the job has ended */
};

/*
 * Copy what there is, byte for byte; a separate line marks what --max-output has cut. The job must
 * exist. Returns 0, or -1 if there is no such attempt.
 */
int output_copy(const struct output_options *options);

#endif
