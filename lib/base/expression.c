/* expression: whether a regular expression from outside is safe to run */
#include "base/expression.h"

#include <stdlib.h>
#include <string.h>

enum {
	EXPRESSION_MAX = 1024, /* bytes */
	REPEAT_MAX = 1000,     /* the product of all {n} in an expression */
};

/* The largest number in the braces at s, at least 1. */
static long repeats(const char *s)
{
	long most = 1;

	while (*s && *s != '}') {
		char *end;
		long n = strtol(s, &end, 10);

		if (end == s)
			return most;
		most = n > most ? n : most;
		s = end + (*end == ',');
	}
	return most;
}

const char *expression_costly(const char *expression)
{
	long total = 1;

	if (strlen(expression) > EXPRESSION_MAX)
		return "the expression is too long";
	for (const char *s = expression; *s; s++) {
		if (s[0] == '\\' && s[1] >= '1' && s[1] <= '9')
			return "back-references are not supported";
		if (s[0] == '\\' && s[1])
			s++;
		else if (s[0] == '{') {
			long n = repeats(s + 1);

			if (n > REPEAT_MAX || (total *= n) > REPEAT_MAX)
				return "too many repetitions";
		}
	}
	return NULL;
}
