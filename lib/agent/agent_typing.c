/* agent_typing: "is typing ..." in a chat while a model thinks */
#include "agent/agent_typing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "net/telegram.h"
#include "store/target.h"

/* Telegram shows it for 5 s */
enum { EVERY_MS = 4000 };

void agent_typing_start(struct agent_typing *t, struct http *http, const char *target)
{
	const char *token = config_get("BGJOB_TELEGRAM_TOKEN");
	struct str why = { 0 };

	if (!token || target_kind(target) != TARGET_TELEGRAM)
		return;
	/* bgjob-notify reports what is wrong with a token */
	t->telegram = telegram_new(http, token, &why);
	str_free(&why);
	if (t->telegram)
		t->thread = target_chat(target, &t->chat);
	agent_typing_tick(t);
}

static void done(void *arg, const struct outcome *outcome)
{
	struct agent_typing *t = arg;

	t->busy = 0;
	/* e.g. the bot was blocked: trying again will not help */
	if (outcome->kind == OUTCOME_DEAD || outcome->kind == OUTCOME_UNAUTHORIZED)
		t->next = INT64_MAX;
	else if (outcome->after_ms > EVERY_MS)
		t->next = clock_boot() + outcome->after_ms;
}

int agent_typing_tick(struct agent_typing *t)
{
	int64_t now = clock_boot();

	if (!t->telegram || t->next == INT64_MAX)
		return -1;
	if (now >= t->next && t->busy) {
		t->next = now + EVERY_MS;
	} else if (now >= t->next) {
		t->next = now + EVERY_MS;
		t->busy = 1;
		telegram_send_typing(t->telegram, t->chat, t->thread,
			(struct outcome_call){ done, t });
	}
	if (t->next == INT64_MAX)
		return -1;
	return t->next - now > 60 * EVERY_MS ? 60 * EVERY_MS : (int)(t->next - now);
}

void agent_typing_free(struct agent_typing *t)
{
	telegram_free(t->telegram);
	free(t->chat);
	*t = (struct agent_typing){ 0 };
}
