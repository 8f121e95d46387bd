#!/bin/sh
# The fakes themselves: what the strict stand-ins for Telegram, a mail server and a receiver of
# webhooks answer. (make check-peers has Telegram's judged by clients that others wrote.)
. "$(dirname "$0")/tap.sh"
/usr/bin/python3 -B "$TESTS/fakes/check.py"
