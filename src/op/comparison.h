/* The kernels of a comparison of two floats or two integers. It gives 1 where it holds, else 0.
 *
 *     #define OP          less
 *     #define COMPARES    a < b
 *     #define IN_FLOATS   v_lt(a, b)      in m16
 *     #define IN_INTEGERS iv_lt(a, b)
 *     #include "op/comparison.h"
 */
#define ARITY        2
#define SCALAR       COMPARES
#define VECTOR       v_keep(IN_FLOATS, v_set1(1))
#define WHOLE_SCALAR COMPARES
#define WHOLE_VECTOR v_keep(IN_INTEGERS, v_set1(1))
#include "op/either.h"

#undef COMPARES
#undef IN_FLOATS
#undef IN_INTEGERS
