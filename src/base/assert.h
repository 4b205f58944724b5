/* Assertions: what must hold unless lngraph has a defect. They are compiled in with --enable-assertions, and with the sanitizers; the
 * product does not evaluate them. A user's mistake is an error (base/error.h), never an assertion. */
#ifndef LNG_BASE_ASSERT_H
#define LNG_BASE_ASSERT_H

#ifdef LNG_ASSERTIONS
#include <stdio.h>
#include <stdlib.h>
#define LNG_ASSERT(condition) ((condition) ? (void)0 : lng_assertion_failed(#condition, __FILE__, __LINE__))

static inline _Noreturn void lng_assertion_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
#else
#define LNG_ASSERT(condition) ((void)(1 || (condition))) /* never evaluated, but its functions count as used */
#endif

#endif
