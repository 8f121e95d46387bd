/* backup: a consistent copy of the store while it is in use; errors end the program (exit 3) */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdint.h>

/*
 * Write the database as one compact file `file`, and the large results and
 * inputs into the folder `file`.results: hard links where possible, else copies;
 * what an earlier backup put there is not copied again. Both are synced. An
 * earlier backup of that name is replaced only when the new one is complete.
 * Sets *files to the number of files in the folder.
 */
void backup_run(const char *file, int64_t *files);

#endif
