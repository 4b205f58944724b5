/* y = the sums of the parts of x that have the same index: the adjoint of gather. */
#include "op/rows.h"

static rows rows_of_node(const lng_node *n)
{
    return rows_of(n->out[0].shape, n->in[1]->shape, n->attr);
}

static void naive(const lng_naive_call *call)
{
    const rows r = rows_of_node(call->node);
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
    *r = rows_of_node(n);
    return (lng_prepared){.kernel = fast, .data = r};
}
#endif
LNG_KERNELS(scatter_add, naive, prepare);

#ifdef LNG_TABLE
static void vjp(lng_vjp *r)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    gather_attrs(r->node->attr, r->node->out[0].shape, attr);
    r->gin[0] = lng_gather(r->graph, r->gout[0], r->node->in[1], (int)attr[LNG_GATHER_AXIS].i, (int)attr[LNG_GATHER_BATCH_AXES].i);
}

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
    LNG_IN({"x", LNG_FLOAT_ONLY, "the parts, with the index's dimensions at the axis"}, {"index", LNG_INT_ONLY, "indices from 0"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the sums, with the axis in place of the index's dimensions"}),
    LNG_ATTRS(SCATTER_ATTRS),
    .infer = infer_scatter,
    .vjp = vjp,
    .contract = contract,
    .example = "loss: mse(out, scatter_add(1, label, size=10))",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 3, 4, 5, 6), LNG_VALUES(2, 0, 2)},
     .attr = {{.i = 0}, {.i = 0}, {.i = 4}},
     .out = {LNG_ARRAY(LNG_DIMS(4, 2), 3, 4, 0, 0, 6, 8, 0, 0)}},
    {.in = {LNG_VALUES(1, 2, 4), LNG_VALUES(-1, 1, 2)}, .attr = {{.i = 0}, {.i = 0}, {.i = 2}}, .out = {LNG_VALUES(0, 2)}},
    {.in = {LNG_NUMBER(5), LNG_NUMBER(1)}, .attr = {{.i = 0}, {.i = 0}, {.i = 2}}, .out = {LNG_VALUES(0, 5)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 2), 0, 0, 1, 0)},
     .attr = {{.i = 1}, {.i = 1}, {.i = 2}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 3, 0, 4, 3)}},
    {.in = {LNG_VALUES(0x1p60, 1, -0x1p60), LNG_VALUES(0, 0, 0)},
     .attr = {{.i = 0}, {.i = 0}, {.i = 1}},
     .out = {LNG_VALUES(0)}}, /* in order: the 1 is lost */
};
static const lng_case cases[] = {
    {.in = {LNG_SCALAR, LNG_SCALAR}, .attr = {{.i = 0}, {.i = 0}, {.i = 8}}, .low = -1, .high = 8, .n_in = 2},
    {.in = {LNG_DIMS(3, 5), LNG_DIMS(3)}, .attr = {{.i = 0}, {.i = 0}, {.i = 4}}, .low = -1, .high = 4},
    {.in = {LNG_DIMS(2, 2, 17), LNG_DIMS(2, 2)}, .attr = {{.i = 0}, {.i = 0}, {.i = 3}}, .low = 0, .high = 2},
    {.in = {LNG_DIMS(2, 4, 3), LNG_DIMS(4)}, .attr = {{.i = -2}, {.i = 0}, {.i = 5}}, .low = 0, .high = 4},
    {.in = {LNG_DIMS(2, 3, 4, 2), LNG_DIMS(2, 4)}, .attr = {{.i = 2}, {.i = 1}, {.i = 6}}, .low = 0, .high = 5},
};
LNG_OP_CASES(scatter_add);
#endif
