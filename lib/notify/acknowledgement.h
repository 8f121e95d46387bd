/* acknowledgement: the message that tells users that their job has started; database errors end the
 * program */
#ifndef NOTIFY_ACKNOWLEDGEMENT_H
#define NOTIFY_ACKNOWLEDGEMENT_H

#include <stdint.h>

#include "base/str.h"

/* Append "Started — I'll message you when done 🔄 #42". */
void acknowledgement_text(struct str *text, int64_t job);

/* Append its buttons, as delivery_new.buttons has them. */
void acknowledgement_buttons(struct str *buttons, int64_t job);

/* Queue it for a target (NULL: do nothing), inside the caller's transaction. */
void acknowledgement_queue(const char *target, int64_t job, int64_t now);

#endif
