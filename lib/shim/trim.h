/* trim: keep head and tail of streams that grow beyond their limit; no errors */
#ifndef SHIM_TRIM_H
#define SHIM_TRIM_H

#include <stdint.h>

/*
 * The command writes straight into its files. While they grow beyond the
 * limit the middle is given back to the file system (fallocate(2),
 * FALLOC_FL_PUNCH_HOLE), at most ten times a second, and never while nothing
 * is written (inotify). Where the file system cannot, the space is given back
 * at the end.
 */
struct trim {
	int streams[2];
	int64_t limit;
	int watch;   /* inotify, -1: none */
	int64_t due; /* when the next round is due, clock_boot(); 0: none */
};

void trim_open(struct trim *t, const int streams[2], int64_t limit);
void trim_close(struct trim *t);

/* For poll(2): what to wait for, and for how long (-1: any time). */
int trim_descriptor(const struct trim *t);
int trim_delay(const struct trim *t);

/* To be called after each poll; grown: the descriptor was ready. */
void trim_work(struct trim *t, int grown);

/* Where a stream of `size` bytes is cut: sets *cut_at and returns how many bytes are left out (0: none). */
int64_t trim_cut(int64_t size, int64_t limit, int64_t *cut_at);

#endif
