/* The plan's verifier, for tests of builds without assertions, where the library lacks it. */
#ifndef LNG_ASSERTIONS
#define LNG_ASSERTIONS
#include "tape/verify.c"
#endif
