/* y = the sums of the parts of x that have the same index: the adjoint of gather. */
#include "op/rows.h"

static void naive(const lng_naive_call *call)
{
    const rows r = rows_of_scatter(call->node);
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++)
        F(call->out[0], e) = 0;
    for (int64_t t = 0; t < r.reads; t++) {
        const int64_t row = row_at(&r, t, I(call->in[1], index_of(&r, t)));
        for (int64_t c = 0; row >= 0 && c < r.inner; c++)
            F(call->out[0], row * r.inner + c) += F(call->in[0], t * r.inner + c);
    }
}

#ifdef LNG_FAST
/* One index for all lanes. */
static void whole_rows(const lng_call *call)
{
    const rows *r = call->prepared;
    const int32_t *index = call->in[1];
    const float *x = call->in[0];
    for (int64_t t = 0; t < r->reads; t++, x += r->inner * LNG_LANES) {
        const int64_t row = row_at(r, t, index[index_of(r, t)]);
        float *y = (float *)call->out[0] + row * r->inner * LNG_LANES;
        for (int64_t e = 0; row >= 0 && e < r->inner * LNG_LANES; e += LNG_LANES)
            v_store(y + e, v_add(v_load(y + e), v_load(x + e)));
    }
}

static void lane_by_lane(const lng_call *call)
{
    const rows *r = call->prepared;
    const bool lanes = call->node->in[0]->per_example;
    const float *x = call->in[0];
    for (int64_t t = 0; t < r->reads; t++) {
        int64_t row[16];
        rows_at(r, t, call->in[1], row);
        for (int l = 0; l < 16; l++) {
            float *y = (float *)call->out[0] + row[l] * r->inner * LNG_LANES + l;
            for (int64_t c = 0; row[l] >= 0 && c < r->inner; c++)
                y[c * LNG_LANES] += lanes ? x[(t * r->inner + c) * LNG_LANES + l] : x[t * r->inner + c];
        }
    }
}

static void fast(const lng_call *call)
{
    memset(call->out[0], 0, (size_t)lng_shape_size(call->node->out[0].shape) * LNG_LANES * sizeof(float));
    if (call->node->in[1]->per_example)
        lane_by_lane(call);
    else
        whole_rows(call);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->out[0].per_example)
        return (lng_prepared){0};
    rows *r = LNG_NEW(arena, rows);
    *r = rows_of_scatter(n);
    return (lng_prepared){.kernel = fast, .data = r};
}
#endif
LNG_KERNELS(scatter_add, naive, prepare);

#ifdef LNG_TABLE
/* The sum over the batch: the examples' parts go straight to their rows, and a table of 50,000 rows is not made for each example. */
static lng_value *contract(lng_graph *g, const lng_node *n)
{
    lng_value *in[] = {n->in[0], n->in[1]};
    if (in[1]->per_example)
        return lng_emit(g, &lng_op_scatter_add_batch, in, 2, n->attr, NULL);
    in[0] = lng_batch_sum(g, in[0]);
    return in[0] ? lng_emit(g, &lng_op_scatter_add, in, 2, n->attr, NULL) : NULL;
}

const lng_op lng_op_scatter_add = {
    .name = "scatter_add",
    .about = "parts of a value added up by index along an axis: what gather reads is written",
    .math =
        "y[.., index, ..] = the sum of the parts of x with this index, from +0, in ascending order of their place; an index that is "
        "not from 0 to size - 1 adds nothing",
    SCATTER_TABLE,
    .contract = contract,
    .trial = "[3, 2] 4:[3] size=4 axis=0",
    .example = "loss: mse(out, scatter_add(1, label, size=10))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {SCATTER_SAMPLES};
static const lng_case cases[] = {SCATTER_CASES};
LNG_OP_CASES(scatter_add);
#endif
