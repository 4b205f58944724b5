/* Rows along the last axis, for softmax and log_softmax: the maximum m of a row (from its first element on, by max(now, best)), then exp(x - m),
 * then their sum, in the order of long_sum.h. */
#include "op/long_sum.h"

static inline real largest(real a, real b) /* like the op maximum: NaN wins */
{
    return a > b || a != a ? a : b;
}

static inline real row_max(lng_view x, int64_t at, int64_t n)
{
    real m = F(x, at);
    for (int64_t i = 1; i < n; i++)
        m = largest(F(x, at + i), m);
    return m;
}

/* The sum of e^(x - m), which go to `out` unless it is NULL. */
static inline real row_sum(const lng_view *out, lng_view x, real m, int64_t at, int64_t n)
{
    long_sum sum = {0};
    for (int64_t i = 0; i < n; i++) {
        const real e = real_exp(F(x, at + i) - m);
        long_sum_add(&sum, e);
        if (out)
            F(*out, at + i) = e;
    }
    return long_sum_total(&sum);
}

static inline int64_t row_length(const lng_node *n)
{
    return n->in[0]->shape.dim[n->in[0]->shape.rank - 1];
}

static void row(lng_view out, lng_view in, int64_t at, int64_t n); /* of the op */

static void naive(const lng_naive_call *call)
{
    int64_t size = lng_shape_size(call->node->out[0].shape), n = row_length(call->node);
    for (int64_t at = 0; at < size; at += n)
        row(call->out[0], call->in[0], at, n);
}

#ifdef LNG_FAST
static inline v16 v_row_max(const float *x, int64_t n)
{
    v16 m = v_load(x);
    for (int64_t i = 1; i < n; i++)
        m = v_max(v_load(x + i * LNG_LANES), m);
    return m;
}

static inline v16 v_row_run(float *y, const float *x, v16 m, int64_t n)
{
    v16 run = v_zero();
    for (int64_t i = 0; i < n; i++) {
        v16 e = v_exp(v_sub(v_load(x + i * LNG_LANES), m));
        run = v_add(run, e);
        if (y)
            v_store(y + i * LNG_LANES, e);
    }
    return run;
}

static inline v16 v_row_sum(float *y, const float *x, v16 m, int64_t n)
{
    v_long_sum sum;
    v16 run;
    int64_t i = 0;
    for (sum.runs = 0; n - i > LONG_SUM_RUN; i += LONG_SUM_RUN) {
        run = v_row_run(y ? y + i * LNG_LANES : NULL, x + i * LNG_LANES, m, LONG_SUM_RUN);
        v_long_sum_add(&sum, &run, 1);
    }
    run = v_row_run(y ? y + i * LNG_LANES : NULL, x + i * LNG_LANES, m, n - i);
    v_long_sum_total(&sum, &run, 1);
    return run;
}

static void v_row(float *y, const float *x, int64_t n); /* of the op */

static void fast(const lng_call *call)
{
    int64_t size = lng_shape_size(call->node->out[0].shape), n = row_length(call->node);
    for (int64_t at = 0; at < size; at += n)
        v_row((float *)call->out[0] + at * LNG_LANES, (const float *)call->in[0] + at * LNG_LANES, n);
}

LNG_FAST_IF(n->out[0].per_example)
#endif

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    if (r->in[0]->shape.rank == 0)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s expects at least one dimension, got a scalar", r->op->name);
    r->shape[0] = r->in[0]->shape;
    return true;
}

static inline lng_value *sum_of_rows(lng_graph *g, lng_value *x)
{
    return lng_sum(g, x, lng_shape_of(1, (int64_t)x->shape.rank - 1), true);
}
#endif

#ifdef LNG_CASES
#define LNG_ROW_CASES                                                                                                              \
    {.in = {LNG_DIMS(1)}}, {.in = {LNG_DIMS(10)}}, {.in = {LNG_DIMS(3, 17)}}, {.in = {LNG_DIMS(2, 300)}},                          \
    {                                                                                                                              \
        .in = { LNG_DIMS(2, 1, 4) }                                                                                                \
    }
#endif
