/* Included before every source file (the build passes -include): the compiler must compute what the source says. See "Numbers" in
 * ARCHITECTURE.md; configure turns off contraction, which no macro reveals. */
#ifndef LNG_BASE_EXACT_H
#define LNG_BASE_EXACT_H
#include <float.h>

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__) || defined __ASSOCIATIVE_MATH__ ||             \
    defined __RECIPROCAL_MATH__ || defined __NO_SIGNED_ZEROS__
#error "lngraph cannot be built with -ffast-math or its parts: the same file must give the same bits everywhere"
#endif
#if !defined FLT_EVAL_METHOD || FLT_EVAL_METHOD != 0
#error "lngraph needs a machine that computes float in float and double in double (on i386: -msse2 -mfpmath=sse)"
#endif
#if FLT_RADIX != 2 || FLT_MANT_DIG != 24 || FLT_MAX_EXP != 128 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "lngraph needs IEEE 754 binary32 float and binary64 double"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#endif
