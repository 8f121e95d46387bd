/* expression: whether a regular expression from outside is safe to run; no errors */
#ifndef BASE_EXPRESSION_H
#define BASE_EXPRESSION_H

/*
 * Why a POSIX extended regular expression that regcomp(3) would accept costs
 * too much: longer than 1 KiB, back-references (matching may take for ever),
 * repetitions that multiply it by more than 1000 (memory). Returns a static
 * text, or NULL if it is fine.
 */
const char *expression_costly(const char *expression);

#endif
