/* viewer: who looks at the store; access/access.h decides what they may see */
#ifndef STORE_VIEWER_H
#define STORE_VIEWER_H

#include <stdint.h>

#include "store/user.h"

struct viewer {
	const char *user; /* never NULL */
	enum user_role role;
	int64_t now; /* ms since 1970: times are shown relative to it */
};

#endif
