/* y = the rows of x that an index names, along an axis. */
#include "op/rows.h"

static rows rows_of_node(const lng_node *n)
{
    return rows_of(n->in[0]->shape, n->in[1]->shape, n->attr);
}

static void naive(const lng_naive_call *call)
{
    const rows r = rows_of_node(call->node);
    const bool integers = call->node->out[0].dtype == LNG_I32;
    for (int64_t t = 0; t < r.reads; t++) {
        const int64_t row = row_at(&r, t, I(call->in[1], index_of(&r, t)));
        for (int64_t c = 0; c < r.inner; c++)
            if (integers)
                I(call->out[0], t * r.inner + c) = row < 0 ? 0 : I(call->in[0], row * r.inner + c);
            else
                F(call->out[0], t * r.inner + c) = row < 0 ? 0 : F(call->in[0], row * r.inner + c);
    }
}

#ifdef LNG_FAST
/* One index for all lanes. */
static void whole_rows(const lng_call *call)
{
    const rows *r = call->prepared;
    const size_t length = (size_t)r->inner * (call->node->out[0].per_example ? LNG_LANES : 1);
    const int32_t *index = call->in[1];
    float *y = call->out[0];
    for (int64_t t = 0; t < r->reads; t++, y += length) {
        const int64_t row = row_at(r, t, index[index_of(r, t)]);
        if (row < 0)
            memset(y, 0, length * sizeof *y);
        else
            memcpy(y, (const float *)call->in[0] + (size_t)row * length, length * sizeof *y);
    }
}

/* A shared table: 16 rows are 16 lanes once they are transposed. */
static void from_table(const lng_call *call)
{
    const rows *r = call->prepared;
    const float *x = call->in[0];
    float *y = call->out[0];
    for (int64_t t = 0; t < r->reads; t++) {
        int64_t row[16];
        rows_at(r, t, call->in[1], row);
        for (int64_t c = 0; c < r->inner; c += 16) {
            const int n = (int)(r->inner - c < 16 ? r->inner - c : 16);
            v16 v[16];
            for (int l = 0; l < 16; l++)
                v[l] = row[l] < 0 ? v_zero() : v_load_part(x + row[l] * r->inner + c, n);
            v_transpose(v);
            for (int i = 0; i < n; i++, y += LNG_LANES)
                v_store(y, v[i]);
        }
    }
}

static void lane_by_lane(const lng_call *call)
{
    const rows *r = call->prepared;
    const int32_t *x = call->in[0]; /* bits */
    int32_t *y = call->out[0];
    for (int64_t t = 0; t < r->reads; t++) {
        int64_t row[16];
        rows_at(r, t, call->in[1], row);
        for (int64_t c = 0; c < r->inner; c++)
            for (int l = 0; l < 16; l++)
                *y++ = row[l] < 0 ? 0 : x[(row[l] * r->inner + c) * LNG_LANES + l];
    }
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    rows *r = LNG_NEW(arena, rows);
    *r = rows_of_node(n);
    return (lng_prepared){.kernel = !n->in[1]->per_example  ? whole_rows
                                    : n->in[0]->per_example ? lane_by_lane
                                                            : from_table,
                          .data = r};
}
#endif
LNG_KERNELS(gather, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape, index = r->in[1]->shape;
    char text[2][LNG_SHAPE_TEXT];
    int axis;
    if (x.rank == 0)
        return lng_infer_fail_operand(r, 0, "a value with at least one dimension");
    if (!infer_gather_axis(r, x.rank, &axis))
        return false;
    const int batch = (int)r->attr[LNG_GATHER_BATCH_AXES].i;
    if (x.rank - 1 + index.rank - batch > LNG_MAX_RANK)
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE,
                                 "the result of gather from %s by an index of shape %s would have more than %d dimensions",
                                 lng_shape_text(text[0], x), lng_shape_text(text[1], index), LNG_MAX_RANK);
    lng_shape y = {0};
    for (int i = 0; i < axis; i++)
        y.dim[y.rank++] = x.dim[i];
    for (int i = batch; i < index.rank; i++)
        y.dim[y.rank++] = index.dim[i];
    for (int i = axis + 1; i < x.rank; i++)
        y.dim[y.rank++] = x.dim[i];
    r->shape[0] = y;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    const lng_shape x = r->node->in[0]->shape;
    const int axis = axis_of(r->node->attr[LNG_GATHER_AXIS].i, x.rank);
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_GATHER_AXIS] = {.i = axis},
                                         [LNG_GATHER_BATCH_AXES] = r->node->attr[LNG_GATHER_BATCH_AXES],
                                         [LNG_GATHER_SIZE] = {.i = x.dim[axis]}};
    r->gin[0] = lng_emit(r->graph, &lng_op_scatter_add, (lng_value *[]){r->gout[0], r->node->in[1]}, 2, attr, NULL);
}

const lng_op lng_op_gather = {
    .name = "gather",
    .about = "elements of a value by index along an axis, such as the rows of a table",
    .math =
        "y = x[.., index, ..]: each index becomes the part of x that it names along the axis, and 0 if it is not from 0 to the axis's "
        "size - 1; with batch_axes = 1, y[b] is made of x[b] and index[b]",
    LNG_IN({"x", LNG_ANY_DTYPE, "the table"}, {"index", LNG_INT_ONLY, "indices from 0"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "x with the index's dimensions in place of the axis"}),
    LNG_ATTRS(GATHER_ATTRS),
    .infer = infer,
    .vjp = vjp,
    .trial = "[8, 3] 8:[4] | [2, 4, 3] 4:[2] axis=1 | [3, 6] 6:[3] axis=1 batch_axes=1",
    .example = "loss: -gather(log(out), label)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 3, 4, 5, 6), LNG_VALUES(2, 0, 2)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(3, 2), 5, 6, 1, 2, 5, 6)}},
    {.in = {LNG_VALUES(1, 2, 3), LNG_NUMBER(1)}, .default_attr = true, .out = {LNG_NUMBER(2)}},
    {.in = {LNG_VALUES(1, 2, 3), LNG_VALUES(-1, 3, 2)}, .default_attr = true, .out = {LNG_VALUES(0, 0, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6), LNG_VALUES(2, 0)},
     .attr = {{.i = -1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 3, 1, 6, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6), LNG_VALUES(2, 0)},
     .attr = {{.i = 1}, {.i = 1}},
     .out = {LNG_VALUES(3, 4)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_NUMBER(1)},
     .default_attr = true,
     .integers = true,
     .out = {LNG_VALUES(3, 4)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(8), LNG_SCALAR}, .default_attr = true, .low = 0, .high = 7, .n_in = 2},
    {.in = {LNG_DIMS(8, 5), LNG_DIMS(3)}, .default_attr = true, .low = -1, .high = 8},
    {.in = {LNG_DIMS(6, 17), LNG_DIMS(2, 2)}, .default_attr = true, .low = 0, .high = 5},
    {.in = {LNG_DIMS(2, 4, 3), LNG_DIMS(2)}, .attr = {{.i = 1}}, .low = 0, .high = 4},
    {.in = {LNG_DIMS(2, 3, 5, 2), LNG_DIMS(2, 4)}, .attr = {{.i = -2}, {.i = 1}}, .low = -1, .high = 5},
    {.in = {LNG_DIMS(3, 8), LNG_DIMS(3)}, .attr = {{.i = 1}, {.i = 1}}, .low = 0, .high = 7},
    {.in = {LNG_DIMS(4, 3), LNG_DIMS(2)}, .default_attr = true, .low = 0, .high = 3, .integers = true},
};
LNG_OP_CASES(gather);
#endif
