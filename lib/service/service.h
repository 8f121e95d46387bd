/* service: talk to a service manager (sd_notify(3)); no errors */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <stdint.h>

/*
 * Send a state such as "READY=1" to $NOTIFY_SOCKET, if there is one (protocol:
 * sd_notify(3); a datagram to a unix socket, "@" for an abstract one).
 */
void service_notify(const char *state);

/*
 * How often to send WATCHDOG=1, in ms: half of $WATCHDOG_USEC if that is meant for this process;
 * 0: never.
 */
int64_t service_watchdog(void);

#endif
