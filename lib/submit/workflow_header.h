/* workflow_header: what the first comment lines of a workflow say; returns -1 and says why */
#ifndef SUBMIT_WORKFLOW_HEADER_H
#define SUBMIT_WORKFLOW_HEADER_H

struct str;
struct workflow;

/*
 * Read the comment lines "KEY: VALUE" among the first 4 KiB and 30 lines of fd into the title,
 * description, timeout_ms and detach of w; a field without a line is unchanged. The first line of a
 * key counts, other keys are ignored, and an ELF file has no header. Returns
 * 0, or -1 with "FILE:LINE: KEY: REASON" appended to why, FILE being w->path.
 */
int workflow_header_read(int fd, struct workflow *w, struct str *why);

#endif
