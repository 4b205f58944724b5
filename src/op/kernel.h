/* What an op's file includes. It is compiled at each instruction-set level (LNG_LEVEL = baseline, avx2, avx512), and for
 * the tests in double (LNG_LEVEL = double); the table only with LNG_TABLE (in the baseline compilation), the cases only with LNG_CASES
 * (in the double one).
 *
 *     real                    float, or double in the double compilation
 *     F(view, e)  I(view, e)  element e of a naive call's view, as real / as int32_t
 *     real_fma(a, b, c)       one fused multiply-add, exact in float at every level
 *     real_exp(x) ...         our functions in float; libm's in the double compilation
 *     LNG_KERNELS(op, naive, pick)   defines lng_kernels_<op>_<level>; pick is dropped in the double compilation
 *     LNG_NAIVE_KERNELS(op, naive)   of an op without a fast kernel: of the levels, its file is compiled at the baseline alone
 *     #ifdef LNG_FAST         around lane code: everything that uses v16 (kernel/lanes.h)
 *     #ifdef LNG_NAIVE        around the naive kernel of a pointwise op: as there always is a fast one, the baseline's serves all levels
 *     #ifdef LNG_TABLE        around the table: const lng_op lng_op_<name> = {...}
 *     #ifdef LNG_CASES        around what it is tested with (op/cases.h) */
#ifndef LNG_OP_KERNEL_H
#define LNG_OP_KERNEL_H
#include "graph/op.h"

#define LNG_PASTE3_(a, b, c) a##b##_##c
#define LNG_PASTE3(a, b, c)  LNG_PASTE3_(a, b, c)

#ifdef LNG_DOUBLE
#include <math.h>
typedef double real;
#define real_fma(a, b, c)                           ((a) * (b) + (c))
#define real_sqrt                                   sqrt
#define real_exp                                    exp
#define real_log                                    log
#define real_tanh                                   tanh
#define real_sin                                    sin
#define real_cos                                    cos
#define real_pow                                    pow
#define real_erf                                    erf
#define real_floor                                  floor
#define real_sigmoid(x)                             (1 / (1 + exp(-(x))))
#define LNG_KERNELS(op, naive_, pick_)              const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_)}
#define LNG_SWEPT_KERNELS(op, naive_, pick_, tile_) LNG_KERNELS(op, naive_, pick_)
#define LNG_POINTWISE_KERNELS(op, naive_, tile_)    LNG_KERNELS(op, naive_, )
#define LNG_NAIVE                                   1
#else
#define LNG_FAST 1
#include "kernel/lanes.h"
#include "kernel/vmath.h"
typedef float real;
#define real_fma     s_fma
#define real_sqrt    s_sqrt
#define real_exp     s_exp
#define real_log     s_log
#define real_tanh    s_tanh
#define real_sin     s_sin
#define real_cos     s_cos
#define real_pow     s_pow
#define real_erf     s_erf
#define real_floor   s_floor
#define real_sigmoid s_sigmoid
#define LNG_KERNELS(op, naive_, pick_)                                                                                             \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_), .pick = (pick_)}
#if defined LNG_AVX512 || defined LNG_AVX2
#define LNG_SWEPT_KERNELS(op, naive_, pick_, tile_)                                                                                \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.pick = (pick_), .tile = (tile_)}
#else
#define LNG_NAIVE 1
#define LNG_SWEPT_KERNELS(op, naive_, pick_, tile_)                                                                                \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_), .pick = (pick_), .tile = (tile_)}
#endif
/* Of pointwise ops, in chain.c. */
lng_kernel *LNG_NAME(lng_pointwise_pick)(const lng_node *, lng_arena *, const void **plan, size_t *scratch);
#define LNG_POINTWISE_KERNELS(op, naive_, tile_) LNG_SWEPT_KERNELS(op, naive_, LNG_NAME(lng_pointwise_pick), tile_)
#endif
#define LNG_NAIVE_KERNELS(op, naive_) LNG_KERNELS(op, naive_, NULL)

#define F(view, e)                    (((real *)(view).at)[(ptrdiff_t)(e) * (view).step])
#define I(view, e)                    (((int32_t *)(view).at)[(ptrdiff_t)(e) * (view).step])

#endif
