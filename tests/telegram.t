#!/bin/sh
# The fakes themselves: the answers of the strict stand-ins for Telegram, a mail server and a
# receiver of webhooks. (make check-peers tests Telegram's with third-party clients.)
. "$(dirname "$0")/tap.sh"
/usr/bin/python3 -B "$TESTS/fakes/check.py"
