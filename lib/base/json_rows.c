/* json_rows: JSON on stdout: one array, or an object a line */
#include "base/json_rows.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "base/out.h"

static int in_array, rows;

void json_rows_start(int array)
{
	in_array = array;
	rows = 0;
	if (array)
		out_raw("[", 1);
}

void json_rows_add(struct cJSON *object)
{
	char *text = cJSON_PrintUnformatted(object);

	if (!text)
		die_system("out of memory");
	if (in_array && rows++)
		out_raw(",\n", 2);
	out_raw(text, strlen(text));
	if (!in_array)
		out_raw("\n", 1);
	free(text);
	cJSON_Delete(object);
}

void json_rows_end(void)
{
	if (in_array)
		out_raw("]\n", 2);
}
