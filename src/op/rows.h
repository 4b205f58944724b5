/* Rows by index along an axis, for gather and its adjoints. The table's shape is [batch.., outer.., n, inner..], with the axis of size n; the index
 * is [batch.., count..], and what is read is [batch.., outer.., count.., inner..]. Both are arrays of rows of `inner` adjacent elements: row t of what
 * is read is the table's row n * (t / count) + index[..], or none where the index is not from 0 to n - 1. */
#include "op/kernel.h"

typedef struct rows {
    int64_t reads, count, outer, n, inner;
} rows;

static inline rows rows_of(lng_shape table, lng_shape index, const lng_attr *attr)
{
    const int axis = axis_of(attr[LNG_GATHER_AXIS].i, table.rank);
    rows r = {.count = 1, .outer = 1, .n = table.dim[axis], .inner = 1};
    for (int i = (int)attr[LNG_GATHER_BATCH_AXES].i; i < axis; i++)
        r.outer *= table.dim[i];
    for (int i = axis + 1; i < table.rank; i++)
        r.inner *= table.dim[i];
    for (int i = (int)attr[LNG_GATHER_BATCH_AXES].i; i < index.rank; i++)
        r.count *= index.dim[i];
    r.reads = lng_shape_size(index) * r.outer;
    return r;
}

/* Those of a node of scatter_add or scatter_add_batch. */
static inline rows rows_of_scatter(const lng_node *n)
{
    return rows_of(n->out[0].shape, n->in[1]->shape, n->attr);
}

/* Where the index of row t stands. */
static inline int64_t index_of(const rows *r, int64_t t)
{
    return t / (r->count * r->outer) * r->count + t % r->count;
}

/* The table's row for row t and its index; -1: none. */
static inline int64_t row_at(const rows *r, int64_t t, int32_t index)
{
    return index < 0 || index >= r->n ? -1 : t / r->count * r->n + index;
}

#ifdef LNG_FAST
/* The table's rows for the 16 lanes of row t. */
static inline void rows_at(const rows *r, int64_t t, const int32_t *index, int64_t row[16])
{
    const int32_t *at = index + index_of(r, t) * LNG_LANES;
    for (int l = 0; l < LNG_LANES; l++)
        row[l] = row_at(r, t, at[l]);
}
#endif

#ifdef LNG_TABLE
#include "op/table.h"

#define GATHER_ATTRS                                                                                                               \
    [LNG_GATHER_AXIS] = {"axis",                                                                                                   \
                         LNG_ATTR_INT,                                                                                             \
                         .fallback = {.i = 0},                                                                                     \
                         .low = -LNG_MAX_RANK,                                                                                     \
                         .high = LNG_MAX_RANK - 1,                                                                                 \
                         .about = "the axis that the indices count along, -1 being the last"},                                     \
    [LNG_GATHER_BATCH_AXES] = {"batch_axes",                                                                                       \
                               LNG_ATTR_INT,                                                                                       \
                               .fallback = {.i = 0},                                                                               \
                               .low = 0,                                                                                           \
                               .high = LNG_MAX_RANK - 1,                                                                           \
                               .about = "the number of first axes that the indices have, too, and that go together"}

/* The table's axis for a value of some rank, from the attributes; false after recording an error. */
static inline bool infer_gather_axis(lng_infer *r, int rank, int *axis)
{
    const int64_t given = r->attr[LNG_GATHER_AXIS].i, batch = r->attr[LNG_GATHER_BATCH_AXES].i;
    char text[LNG_SHAPE_TEXT], other[LNG_SHAPE_TEXT];
    *axis = axis_of(given, rank);
    if (*axis < 0 || *axis >= rank)
        return lng_infer_fail_attr(r, LNG_GATHER_AXIS, LNG_E_RANGE,
                                   "`axis` of %s is from %d to %d for values of these shapes, got %lld", r->op->name, -rank,
                                   rank - 1, (long long)given);
    if (batch > *axis || batch > r->in[1]->shape.rank)
        return lng_infer_fail_attr(
            r, LNG_GATHER_BATCH_AXES, LNG_E_RANGE,
            "`batch_axes` of %s counts axes before `axis`, which is %d, that the index of shape %s has, too; got %lld", r->op->name,
            *axis, lng_shape_text(text, r->in[1]->shape), (long long)batch);
    for (int i = 0; i < batch; i++)
        if (r->in[0]->shape.dim[i] != r->in[1]->shape.dim[i])
            return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "%s expects `%s` and `%s` to agree in their batch axes, got %s and %s",
                                     r->op->name, r->op->in[0].name, r->op->in[1].name, lng_shape_text(text, r->in[0]->shape),
                                     lng_shape_text(other, r->in[1]->shape));
    return true;
}

/* x is [batch.., outer.., count.., inner..]: the index's dimensions stand where the axis goes. A negative axis counts from the end of the result. */
static inline bool infer_scatter(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape, index = r->in[1]->shape;
    const int batch = (int)r->attr[LNG_GATHER_BATCH_AXES].i, counted = index.rank - batch, rank = x.rank - counted + 1;
    char text[2][LNG_SHAPE_TEXT];
    int axis;
    if (rank < 1 || rank > LNG_MAX_RANK || counted < 0)
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE,
                                 "%s expects `x` to have the dimensions of the index, whose shape is %s, at the axis; got %s",
                                 r->op->name, lng_shape_text(text[0], index), lng_shape_text(text[1], x));
    if (!infer_gather_axis(r, rank, &axis))
        return false;
    for (int i = 0; i < counted; i++)
        if (x.dim[axis + i] != index.dim[batch + i])
            return lng_infer_fail_in(
                r, 0, LNG_E_SHAPE, "%s expects `x` to have the sizes of the index, whose shape is %s, from dimension %d on; got %s",
                r->op->name, lng_shape_text(text[0], index), axis, lng_shape_text(text[1], x));
    lng_shape y = {0};
    for (int i = 0; i < axis; i++)
        y.dim[y.rank++] = x.dim[i];
    y.dim[y.rank++] = r->attr[LNG_GATHER_SIZE].i;
    for (int i = axis + counted; i < x.rank; i++)
        y.dim[y.rank++] = x.dim[i];
    r->shape[0] = y;
    return true;
}

/* Linear in x: each part gets what stands where it went. */
static inline void scatter_vjp(lng_vjp *r)
{
    const lng_node *n = r->node;
    const int axis = axis_of(n->attr[LNG_GATHER_AXIS].i, n->out[0].shape.rank);
    r->gin[0] = lng_gather(r->graph, r->gout[0], n->in[1], axis, (int)n->attr[LNG_GATHER_BATCH_AXES].i);
}

/* clang-format off */
#define SCATTER_TABLE                                                                                                              \
    LNG_IN({"x", LNG_FLOAT_ONLY, "the parts, with the index's dimensions at the axis"},                                            \
           {"index", LNG_INT_ONLY, "indices from 0"}),                                                                             \
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the sums, with the axis in place of the index's dimensions"}),                                  \
    LNG_ATTRS(GATHER_ATTRS, [LNG_GATHER_SIZE] = {"size", LNG_ATTR_INT, .required = true, .low = 1, .high = 2147483647,             \
                                                 .about = "the size of the axis, which indices are below"}),                       \
    .infer = infer_scatter, .vjp = scatter_vjp
/* clang-format on */
#endif

#ifdef LNG_CASES
/* clang-format off */
/* In the last sample, in order, the 1 is lost. */
#define SCATTER_SAMPLES                                                                                                            \
    {.in = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 3, 4, 5, 6), LNG_VALUES(2, 0, 2)},                                                     \
     .attr = {{.i = 0}, {.i = 0}, {.i = 4}},                                                                                       \
     .out = {LNG_ARRAY(LNG_DIMS(4, 2), 3, 4, 0, 0, 6, 8, 0, 0)}},                                                                  \
    {.in = {LNG_VALUES(1, 2, 4), LNG_VALUES(-1, 1, 2)}, .attr = {{.i = 0}, {.i = 0}, {.i = 2}}, .out = {LNG_VALUES(0, 2)}},        \
    {.in = {LNG_NUMBER(5), LNG_NUMBER(1)}, .attr = {{.i = 0}, {.i = 0}, {.i = 2}}, .out = {LNG_VALUES(0, 5)}},                     \
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 2), 0, 0, 1, 0)},                                         \
     .attr = {{.i = 1}, {.i = 1}, {.i = 2}},                                                                                       \
     .out = {LNG_ARRAY(LNG_DIMS(2, 2), 3, 0, 4, 3)}},                                                                              \
    {.in = {LNG_VALUES(0x1p60, 1, -0x1p60), LNG_VALUES(0, 0, 0)},                                                                  \
     .attr = {{.i = 0}, {.i = 0}, {.i = 1}},                                                                                       \
     .out = {LNG_VALUES(0)}}
#define SCATTER_CASES                                                                                                              \
    {.in = {LNG_SCALAR, LNG_SCALAR}, .attr = {{.i = 0}, {.i = 0}, {.i = 8}}, .low = -1, .high = 8, .n_in = 2},                     \
    {.in = {LNG_DIMS(3, 5), LNG_DIMS(3)}, .attr = {{.i = 0}, {.i = 0}, {.i = 4}}, .low = -1, .high = 4},                           \
    {.in = {LNG_DIMS(2, 2, 17), LNG_DIMS(2, 2)}, .attr = {{.i = 0}, {.i = 0}, {.i = 3}}, .low = 0, .high = 2},                     \
    {.in = {LNG_DIMS(2, 4, 3), LNG_DIMS(4)}, .attr = {{.i = -2}, {.i = 0}, {.i = 5}}, .low = 0, .high = 4},                        \
    {.in = {LNG_DIMS(2, 3, 4, 2), LNG_DIMS(2, 4)}, .attr = {{.i = 2}, {.i = 1}, {.i = 6}}, .low = 0, .high = 5}
/* clang-format on */
#endif
