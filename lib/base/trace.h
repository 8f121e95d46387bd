/* trace: messages on stderr for debugging; a bad $BGJOB_TRACE is a usage error */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "base/die.h"

/* The words of BGJOB_TRACE, in this order, separated by commas; "all" is all of them. */
enum trace_topic {
	TRACE_SQL = 1 << 0,   /* "sql": statements, and how long they took */
	TRACE_SPAWN = 1 << 1, /* "spawn": programs started and how they ended */
	TRACE_HTTP = 1 << 2,  /* "http": requests and the answers' codes */
	TRACE_LOCK = 1 << 3,  /* "lock": locks taken and waited for */
	TRACE_WAKE = 1 << 4,  /* "wake": why a service woke up */
};

/*
 * Whether $BGJOB_TRACE names the topic, or -v was given twice. The variable is
 * read at the first call; an unknown word in it ends the program with exit 2.
 */
int trace_on(enum trace_topic topic);

/*
 * If the topic is on, print "PROGRAM: 12:34:56.789 spawn: MESSAGE" on stderr as
 * one line and in one write, escaped as messages are and with secrets as "***"
 * (config_redact). errno is kept.
 */
void trace(enum trace_topic topic, const char *fmt, ...) DIE_PRINTF(2, 3);

#endif
