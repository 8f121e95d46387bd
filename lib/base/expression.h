/* expression: whether a regular expression of somebody else's is safe to use; no errors */
#ifndef BASE_EXPRESSION_H
#define BASE_EXPRESSION_H

/*
 * What regcomp(3) would take as a POSIX extended regular expression but is too much: more than
 * 1 KiB, back-references (matching one can take for ever), repetitions that multiply it by more
 * than 1000 (that is memory). Returns the reason, a static text, or NULL: nothing.
 */
const char *expression_costly(const char *expression);

#endif
