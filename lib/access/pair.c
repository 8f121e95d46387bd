/* pair: the codes that turn a stranger into a user */
#include "access/pair.h"

#include <string.h>
#include <sys/random.h>

#include "base/die.h"

/*
 * without characters that are easily confused when read aloud or copied: 0 O 1 I L U V 5 S 2 Z 8 B
 */
static const char alphabet[] = "ACDEFGHJKMNPQRTWXY34679";

enum { LETTERS = sizeof(alphabet) - 1 };

static char random_letter(void)
{
	unsigned char byte;

	do {
		if (getrandom(&byte, 1, 0) != 1)
			die_errno("cannot get random numbers");
	} while (byte >= 256 / LETTERS * LETTERS);
	return alphabet[byte % LETTERS];
}

void pair_add(enum user_role role, int64_t now, char code[PAIR_CODE + 1])
{
	for (int i = 0; i < PAIR_CODE; i++)
		code[i] = random_letter();
	code[PAIR_CODE] = '\0';
	user_pairing_add(code, role, now + PAIR_LIFE, now);
}

int pair_read(const char *text, char code[PAIR_CODE + 1])
{
	size_t n = strcspn(text, " \t\n");

	if (n != PAIR_CODE)
		return -1;
	for (size_t i = 0; i < n; i++) {
		code[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
		if (!strchr(alphabet, code[i]))
			return -1;
	}
	code[n] = '\0';
	return 0;
}
