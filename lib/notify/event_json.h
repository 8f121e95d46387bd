/* event_json: what a webhook gets, documented in bgjob-notify(1) */
#ifndef NOTIFY_EVENT_JSON_H
#define NOTIFY_EVENT_JSON_H

#include "store/outbox.h"

/* The event that a row reports: "done", "failed", "cancelled", "milestone", "message" ... */
const char *event_json_name(const struct outbox_row *row);

/*
 * A row as one JSON object: event, delivery, and for a job id, type, label,
 * user, status, reason, times and result; text and title for other messages.
 * The caller frees it.
 */
char *event_json(const struct outbox_row *row);

#endif
