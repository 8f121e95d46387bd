/* db_log: the logarithm that a search ranks by; SQLite's own call of log(3) leads here (Makefile) */
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
