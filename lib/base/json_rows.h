/* json_rows: JSON on stdout (RFC 8259): one array, or an object a line; a failing stdout ends
 * the program */
#ifndef BASE_JSON_ROWS_H
#define BASE_JSON_ROWS_H

struct cJSON;

/* An array of objects (array != 0), or one object a line. Start, each object, end. */
void json_rows_start(int array);
void json_rows_add(struct cJSON *object); /* is freed */
void json_rows_end(void);

#endif
