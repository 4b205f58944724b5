/* Floor division of integers. By 0 the quotient is 0, so the remainder is the dividend; a divisor that is surely 0 is refused. */
#ifndef LNG_OP_WHOLE_DIVISION_H
#define LNG_OP_WHOLE_DIVISION_H
#include "op/kernel.h"

static inline int32_t whole_quotient(int32_t a, int32_t b)
{
    if (b == 0)
        return 0;
    const int64_t q = (int64_t)a / b;
    return (int32_t)(q - ((int64_t)a % b != 0 && (a < 0) != (b < 0))); /* -2^31 / -1 wraps around */
}

static inline int32_t whole_remainder(int32_t a, int32_t b)
{
    return (int32_t)(a - (int64_t)b * whole_quotient(a, b));
}

#ifdef LNG_FAST
#define LNG_LANES_OF(name, f)                                                                                                      \
    static inline i16 name(i16 x, i16 y)                                                                                           \
    {                                                                                                                              \
        int32_t a[LNG_LANES], b[LNG_LANES];                                                                                        \
        iv_storeu(a, x), iv_storeu(b, y);                                                                                          \
        for (int i = 0; i < LNG_LANES; i++)                                                                                        \
            a[i] = f(a[i], b[i]);                                                                                                  \
        return iv_loadu(a);                                                                                                        \
    }
LNG_LANES_OF(iv_quotient, whole_quotient)
LNG_LANES_OF(iv_remainder, whole_remainder)
#undef LNG_LANES_OF
#endif

#ifdef LNG_TABLE
#include "op/table.h"

static inline bool infer_division(lng_infer *r)
{
    const lng_node *b = r->in[1]->node;
    if (r->in[1]->dtype == LNG_I32 && b->op == &lng_op_constant && b->attr[LNG_CONSTANT_VALUE].f == 0)
        return lng_infer_fail_in(r, 1, LNG_E_RANGE, "an integer cannot be divided by zero");
    return lng_infer_arithmetic(r);
}
#endif
#endif
