/* process: names of signals, as the C library has them; identities of processes */
#include "base/process.h"

#include <signal.h>

#include "tap.h"

int main(void)
{
	char text[PROCESS_SIGNAL_NAME], wanted[PROCESS_SIGNAL_NAME];

	for (int i = -1; i <= 70; i++) {
		const char *name = i > 0 ? sigabbrev_np(i) : NULL;

		if (name)
			snprintf(wanted, sizeof wanted, "SIG%s", name);
		else
			snprintf(wanted, sizeof wanted, "signal %d", i);
		is_str(process_signal_name(i, text), wanted, "signal %d", i);
	}
	ok(process_start(getpid()) > 0, "this process has a start");
	is_int(process_start(0), -1, "pid 0 has none");
	return done();
}
