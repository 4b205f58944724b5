/* y = the sum of x over the examples.
 *
 * Within a slice the order is the lane tree: dead lanes count as +0, then lanes i and i + 8 are added, i and i + 4, i and i + 2, i and i + 1.
 * The fast kernel transposes 16 elements at once, so that lane i of all of them is one vector and the tree is 15 additions. */
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++) {
        real lane[LNG_LANES] = {0};
        for (int l = 0; l < call->live; l++)
            lane[l] = ((const real *)call->in[0].at)[e * call->in[0].step + l];
        F(call->out[0], e) = lane_tree(lane);
    }
}

#ifdef LNG_FAST
static v16 tree(const float *x, int64_t n, m16 live)
{
    v16 row[16];
    for (int e = 0; e < 16; e++)
        row[e] = e < n ? v_keep(live, v_load(x + e * LNG_LANES)) : v_zero();
    v_transpose(row);
    for (int half = LNG_LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            row[l] = v_add(row[l], row[l + half]);
    return row[0];
}

static void fast(const lng_call *call)
{
    const int64_t size = lng_shape_size(call->node->out[0].shape);
    const m16 live = m_live(call->live);
    const float *x = call->in[0];
    float *y = call->out[0];
    int64_t e = 0;
    for (; size - e > 2; e += 16)
        v_store_or_add(y + e, tree(x + e * LNG_LANES, size - e, live), size - e, call->add);
    for (; e < size; e++) {
        const float sum = v_hsum(v_keep(live, v_load(x + e * LNG_LANES)));
        y[e] = call->add ? y[e] + sum : sum;
    }
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(batch_sum, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = r->in[0]->shape;
    return true;
}

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_batch_broadcast(r->graph, r->gout[0]);
}

const lng_op lng_op_batch_sum = {
    .name = "batch_sum",
    .about = "the sum over the examples of a batch",
    .math =
        "y = the sum of x over the examples: within a slice by the lane tree (lanes i and i + 8, i and i + 4, i and i + 2, i and i + 1, "
        "dead lanes as +0), the slices by the tree that splits at the largest power of two below their number",
    .flags = LNG_OP_BATCH,
    LNG_IN({"x", LNG_FLOAT_ONLY, "a per-example value"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "its sum, shared by all examples"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4]",
    .example = "- it - batch_sum(it) / batch_size",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* of a batch of one example */
static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 3)}, .out = {LNG_VALUES(1, -2, 3)}},
    {.in = {LNG_NUMBER(0.5)}, .out = {LNG_NUMBER(0.5)}},
};
static const lng_case cases[] = {LNG_UNARY_CASES(), {.in = {LNG_DIMS(3, 16)}}};
LNG_OP_CASES(batch_sum);
#endif
