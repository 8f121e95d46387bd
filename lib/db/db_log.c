/* db_log: the logarithm used to rank search results; the Makefile redirects SQLite's log(3) to it */
#include <math.h>

#include "db/db_handle.h"

/* with s = (m - 1) / (m + 1), ln m = 2 (s + s^3/3 + s^5/5 + ...); s is at most 1/3 here */
double db_log(double x)
{
	int exponent;
	double m = frexp(x, &exponent), s = (m - 1) / (m + 1), power = s, sum = 0;

	for (int k = 1; k < 30; k += 2) {
		sum += power / k;
		power *= s * s;
	}
	return 2 * sum + exponent * 0.69314718055994530942;
}
