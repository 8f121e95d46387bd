# shellcheck shell=sh
# tg.sh: a fake Telegram for a test; sourced after tap.sh.

BGJOB_TELEGRAM_TOKEN=123456:never_to-BE_seen
export BGJOB_TELEGRAM_TOKEN

# telegram_start: starts one for this bot; $T/telegram.record lists what is sent to it
telegram_start()
{
	"$TESTS/fakes/telegram" --token "$BGJOB_TELEGRAM_TOKEN" --record "$T/telegram.record" \
		>"$T/telegram.port" 2>"$T/telegram.err" &
	wait_for 20 test -s "$T/telegram.port" || fail 'the fake Telegram is there'
	BGJOB_TELEGRAM_API=http://127.0.0.1:$(cat "$T/telegram.port")
	export BGJOB_TELEGRAM_API
}

# tg COMMAND [KEY=VALUE...]: controls it, see tests/fakes/telegram_control.py
tg()
{
	"$TESTS/fakes/telegram" --at "$(cat "$T/telegram.port")" "$@"
}

# tg_api METHOD [JSON]: calls the Bot API as the bot, as another program would
tg_api()
{
	/usr/bin/python3 -c '
import sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
try:
    print(urllib.request.urlopen(request, timeout=30).read().decode())
except urllib.error.HTTPError as e:
    print(e.read().decode())
' "$BGJOB_TELEGRAM_API/bot$BGJOB_TELEGRAM_TOKEN/$1" "${2:-{\}}"
}

# token_seen FILE...: the files that contain the token
token_seen()
{
	env -u BGJOB_TELEGRAM_TOKEN grep -rlF never_to-BE_seen "$@"
}

# polled: whether the bot has a poller, for wait_for
polled()
{
	bgjob-doctor | grep -q '^[okFIX]*	poller	running'
}
