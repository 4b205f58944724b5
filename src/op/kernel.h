/* Included by every op's file. The file is compiled at each instruction-set level (LNG_LEVEL = baseline, avx2, avx512), in double,
 * to check gradients (LNG_LEVEL = double), and, if a prediction may have it and it has fused multiply-adds, without them, to tell what they
 * change (LNG_LEVEL = unfused); LNG_TABLE is defined in the baseline compilation only, LNG_CASES in that of the tests (cases).
 *
 *     real                          float; double in the double compilation
 *     F(view, e)                    element e of a naive call's view, as real
 *     I(view, e)                    the same as int32_t
 *     real_fma(a, b, c)             one fused multiply-add, exact in float at every level
 *     real_exp(x) ...               our functions, of a float or a double; libm's in the double compilation
 *     lane_tree(lane)               the sum of 16 lanes, as batch ops add them
 *     LNG_KERNELS(op, naive, prepare)   defines lng_kernels_<op>_<level>; the double compilation drops `prepare`
 *     LNG_ALWAYS_FAST(op, naive, prepare)   likewise, of an op whose `prepare` finds a kernel for every node, but perhaps not in the baseline,
 *                                           which alone has the naive one
 *     LNG_NAIVE_KERNELS(op, naive)  of an op without a fast kernel: the baseline is the only level that its file is compiled at
 *     LNG_FAST_IF(condition)        defines a `prepare` whose kernel, `fast`, needs no preparation; the condition is about node n
 *     #ifdef LNG_FAST               around lane code: everything that uses v16 (kernel/lanes.h)
 *     #ifdef LNG_NAIVE              around the naive kernel of an op that always has a fast one, as pointwise ops do
 *     #ifdef LNG_TABLE              around the table: const lng_op lng_op_<name> = {...}
 *     #ifdef LNG_CASES              around the test data (op/cases.h) */
#ifndef LNG_OP_KERNEL_H
#define LNG_OP_KERNEL_H
#include "graph/op.h"

#define LNG_PASTE3_(a, b, c)                  a##b##_##c
#define LNG_PASTE3(a, b, c)                   LNG_PASTE3_(a, b, c)

#define LNG_ALWAYS_FAST(op, naive_, prepare_) LNG_SWEPT_KERNELS(op, naive_, prepare_, NULL)

#if defined LNG_DOUBLE || defined LNG_UNFUSED
#define LNG_NAIVE                                         1
#define LNG_KERNELS(op, naive_, prepare_)                 const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_)}
#define LNG_SWEPT_KERNELS(op, naive_, prepare_, tile_)    LNG_KERNELS(op, naive_, prepare_)
#define LNG_POINTWISE_KERNELS(op, naive_, tile_, number_) LNG_KERNELS(op, naive_, )
#endif
#ifdef LNG_DOUBLE
#include <math.h>
typedef double real;
#define real_fma(a, b, c) ((a) * (b) + (c))
#define real_sqrt         sqrt
#define real_exp          exp
#define real_expm1        expm1
#define real_log          log
#define real_log1p        log1p
#define real_tanh         tanh
#define real_sin          sin
#define real_cos          cos
#define real_atan         atan
#define real_pow          pow
#define real_erf          erf
#define real_floor        floor
#define real_round        rint
#define real_sigmoid(x)   (1 / (1 + exp(-(x))))
#define real_softplus(x)  (fmax(x, 0) + log1p(exp(-fabs(x))))
static inline double real_remainder(double a, double b)
{
    const double m = fmod(a, b);
    return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}
static inline double real_floor_divide(double a, double b)
{
    if (isinf(b) && isfinite(a))
        return a != 0 && (a < 0) != (b < 0) ? -1 : 0;
    return b == 0 || !isfinite(a) ? a / b : floor((a - real_remainder(a, b)) / b + 0.5);
}
#elif defined LNG_UNFUSED
#include "kernel/vmath.h"
typedef float real;
#define real_fma(a, b, c) ((a) * (b) + (c))
#define real_floor        s_floor
#define real_sqrt         s_sqrt
#define real_exp          s_exp
#define real_expm1        s_expm1
#define real_log          s_log
#define real_log1p        s_log1p
#define real_tanh         s_tanh
#define real_sin          s_sin
#define real_cos          s_cos
#define real_atan         s_atan
#define real_erf          s_erf
#define real_sigmoid      s_sigmoid
#define real_softplus     s_softplus
#else
#define LNG_FAST 1
#include "kernel/dmath.h"
#include "kernel/lanes.h"
#include "kernel/vmath.h"
typedef float real;
/* of a float; of a double in pointwise ops on numbers that are rounded later */
#define LNG_REAL(f, x)          _Generic((x), double : d_##f, default : s_##f)
#define real_fma(a, b, c)       LNG_REAL(fma, a)(a, b, c)
#define real_sqrt(a)            LNG_REAL(sqrt, a)(a)
#define real_exp(a)             LNG_REAL(exp, a)(a)
#define real_expm1(a)           LNG_REAL(expm1, a)(a)
#define real_log(a)             LNG_REAL(log, a)(a)
#define real_log1p(a)           LNG_REAL(log1p, a)(a)
#define real_tanh(a)            LNG_REAL(tanh, a)(a)
#define real_sin(a)             LNG_REAL(sin, a)(a)
#define real_cos(a)             LNG_REAL(cos, a)(a)
#define real_atan(a)            LNG_REAL(atan, a)(a)
#define real_pow(a, b)          LNG_REAL(pow, a)(a, b)
#define real_erf(a)             LNG_REAL(erf, a)(a)
#define real_floor(a)           LNG_REAL(floor, a)(a)
#define real_round(a)           LNG_REAL(round, a)(a)
#define real_sigmoid(a)         LNG_REAL(sigmoid, a)(a)
#define real_softplus(a)        LNG_REAL(softplus, a)(a)
#define real_remainder(a, b)    LNG_REAL(remainder, a)(a, b)
#define real_floor_divide(a, b) LNG_REAL(floor_divide, a)(a, b)
#define LNG_KERNELS(op, naive_, prepare_)                                                                                          \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_), .prepare = (prepare_)}
/* The `prepare` of pointwise ops, in fused.c. */
#define lng_prepare_pointwise LNG_NAME(lng_prepare_pointwise)
lng_prepared lng_prepare_pointwise(const lng_node *, lng_arena *);
#if defined LNG_AVX512 || defined LNG_AVX2
#define LNG_SWEPT_KERNELS(op, naive_, prepare_, tile_)                                                                             \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.prepare = (prepare_), .tile = (tile_)}
#define LNG_POINTWISE_KERNELS(op, naive_, tile_, number_) LNG_SWEPT_KERNELS(op, naive_, lng_prepare_pointwise, tile_)
#else
#define LNG_NAIVE 1
#define LNG_SWEPT_KERNELS(op, naive_, prepare_, tile_)                                                                             \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {.naive = (naive_), .prepare = (prepare_), .tile = (tile_)}
#define LNG_POINTWISE_KERNELS(op, naive_, tile_, number_)                                                                          \
    const lng_kernels LNG_PASTE3(lng_kernels_, op, LNG_LEVEL) = {                                                                  \
        .naive = (naive_), .prepare = lng_prepare_pointwise, .tile = (tile_), .number = (number_)}
#endif
#define LNG_FAST_IF(condition)                                                                                                     \
    static lng_prepared prepare(const lng_node *n, lng_arena *arena)                                                               \
    {                                                                                                                              \
        (void)n, (void)arena;                                                                                                      \
        return (lng_prepared){.kernel = (condition) ? fast : NULL};                                                                \
    }
#endif
#define LNG_NAIVE_KERNELS(op, naive_) LNG_KERNELS(op, naive_, NULL)

static inline real lane_tree(real lane[LNG_LANES])
{
    for (int half = LNG_LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

/* An axis of a shape; negative: from the end. */
static inline int axis_of(int64_t axis, int rank)
{
    return (int)(axis < 0 ? axis + rank : axis);
}

#define F(view, e) (((real *)(view).at)[(ptrdiff_t)(e) * (view).step])
#define I(view, e) (((int32_t *)(view).at)[(ptrdiff_t)(e) * (view).step])

/* Copies `size` elements of one example, from the first of `from` on to that of `to`. */
static inline void copy_naive(const lng_naive_call *call, int64_t to, int64_t from, int64_t size)
{
    for (int64_t e = 0; e < size; e++)
        if (call->node->out[0].dtype == LNG_I32)
            I(call->out[0], to + e) = I(call->in[0], from + e);
        else
            F(call->out[0], to + e) = F(call->in[0], from + e);
}

#endif
