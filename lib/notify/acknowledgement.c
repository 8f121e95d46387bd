/* acknowledgement: the message that tells users that their job has started */
#include "notify/acknowledgement.h"

#include "store/delivery.h"

void acknowledgement_text(struct str *text, int64_t job)
{
	str_addf(text, "Started — I'll message you when done 🔄 #%lld", (long long)job);
}

void acknowledgement_buttons(struct str *buttons, int64_t job)
{
	str_addf(buttons, "Cancel\t/cancel %lld\nStatus\t/job %lld\n", (long long)job,
		(long long)job);
}

void acknowledgement_queue(const char *target, int64_t job, int64_t now)
{
	struct str text = { 0 }, buttons = { 0 };

	if (!target)
		return;
	acknowledgement_text(&text, job);
	acknowledgement_buttons(&buttons, job);
	delivery_queue(&(struct delivery_new){ .kind = DELIVERY_ACK,
			       .target = target,
			       .job = job,
			       .text = text.data,
			       .buttons = buttons.data },
		now);
	str_free(&text);
	str_free(&buttons);
}
