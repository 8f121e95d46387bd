/* zone_data: a zone as a table */
#include "task/zone_data.h"

#include <stdlib.h>

struct zone *zone_new(void)
{
	return mem_zero(1, sizeof(struct zone));
}

void zone_free(struct zone *z)
{
	if (z) {
		free(z->name);
		free(z->segments);
		free(z);
	}
}

void zone_add(struct zone *z, int64_t start, int32_t offset)
{
	if (z->count && z->segments[z->count - 1].start == start)
		z->count--;
	if (z->count && z->segments[z->count - 1].offset == offset)
		return;
	z->segments = mem_grow(z->segments, z->count, &z->room, sizeof *z->segments);
	z->segments[z->count++] = (struct zone_segment){ .start = start, .offset = offset };
}
