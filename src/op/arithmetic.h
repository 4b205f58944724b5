/* The kernels of an op on floats or on integers whose result is of the same dtype. Integers wrap around at 2^31.
 *
 *     #define OP           add
 *     #define ARITY        2
 *     #define SCALAR       a + b
 *     #define VECTOR       v_add(a, b)
 *     #define WHOLE_SCALAR WRAPPED(a, +, b)
 *     #define WHOLE_VECTOR iv_add(a, b)
 *     #include "op/arithmetic.h"
 */
#ifndef LNG_OP_ARITHMETIC_H
#define LNG_OP_ARITHMETIC_H
#define WRAPPED(a, sign, b) (int32_t)((uint32_t)(a)sign(uint32_t)(b))
#endif

#define WHOLE_RESULT
#include "op/either.h"
