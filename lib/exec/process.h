/* process: identities of processes and what they belong to; no errors */
#ifndef EXEC_PROCESS_H
#define EXEC_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* When a process started: field 22 of proc(5)'s stat, in clock ticks after boot; -1: it is gone. */
int64_t process_start(pid_t pid);

/* This boot's id (/proc/sys/kernel/random/boot_id), "unknown" where there is none. Read once. */
const char *process_boot(void);

#endif
