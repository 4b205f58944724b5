/* Ops that only move numbers: each element of the output is an element of the operand, or 0.
 *
 * An op defines where an output element comes from (`source`; -1: it is 0), and the same as a nest of loops in which array 0 is the output and
 * array 1 the operand, each from a first element on. What the loops do not reach is 0. Bits are moved as they are, whatever the dtype. */
#include "graph/nest.h"
#include "op/kernel.h"

static int64_t source(const lng_node *, int64_t e); /* of the op */

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    for (int64_t e = 0, size = lng_shape_size(n->out[0].shape); e < size; e++) {
        int64_t from = source(n, e);
        if (n->out[0].dtype == LNG_I32)
            I(call->out[0], e) = from < 0 ? 0 : I(call->in[0], from);
        else
            F(call->out[0], e) = from < 0 ? 0 : F(call->in[0], from);
    }
}

#ifdef LNG_FAST
typedef struct move {
    lng_nest nest;
    ptrdiff_t to, from; /* the first elements */
    bool partial;       /* some elements are 0 */
} move;

static void route(move *, const lng_node *); /* of the op, in elements */

static void copy_row(float *out, const float *in, const lng_nest *w, bool per_example)
{
    const int inner = w->rank - 1;
    const int64_t n = w->extent[inner];
    const ptrdiff_t to = w->step[0][inner], from = w->step[1][inner], unit = per_example ? LNG_LANES : 1;
    if (to == unit && from == unit)
        memcpy(out, in, (size_t)(n * unit) * sizeof *out);
    else if (per_example)
        for (int64_t i = 0; i < n; i++)
            v_store(out + i * to, v_load(in + i * from));
    else
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * to, in + i * from, sizeof *out);
}

static void fast(const lng_call *call)
{
    const move *m = call->prepared;
    const lng_value *y = &call->node->out[0];
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {m->to, m->from};
    if (m->partial)
        memset(call->out[0], 0, (size_t)lng_shape_size(y->shape) * (y->per_example ? LNG_LANES : 1) * sizeof(float));
    do
        copy_row((float *)call->out[0] + at[0], (const float *)call->in[0] + at[1], &m->nest, y->per_example);
    while (lng_nest_next(&m->nest, m->nest.rank - 1, 2, index, at));
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    move *m = LNG_NEW(arena, move);
    bool per_example = n->out[0].per_example;
    route(m, n);
    lng_nest_merge(&m->nest, 2);
    lng_nest_scale(&m->nest, 0, per_example);
    lng_nest_scale(&m->nest, 1, per_example);
    m->to *= per_example ? LNG_LANES : 1;
    m->from *= per_example ? LNG_LANES : 1;
    return (lng_prepared){.kernel = fast, .data = m};
}
#endif
