/* process: identities of processes and what they belong to; no errors */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* When a process started: field 22 of proc(5)'s stat, in clock ticks after boot; -1: it is gone. */
int64_t process_start(pid_t pid);

/*
 * A descriptor that refers to this process even if the pid is used again
 * (pidfd_open(2)); -1 with errno. Readable when the process has ended. Called
 * directly: not every C library has it.
 */
int process_open(pid_t pid);

/* Send a signal to it (pidfd_send_signal(2)). Returns 0, or -1 with errno. */
int process_signal(int pidfd, int signal_number);

/* This boot's id (/proc/sys/kernel/random/boot_id), "unknown" where there is none. Read once. */
const char *process_boot(void);

enum { PROCESS_SIGNAL_NAME = 32 };

/* "SIGKILL", or "signal 40" for one without a name, written to text, which is returned. */
const char *process_signal_name(int number, char text[PROCESS_SIGNAL_NAME]);

#endif
