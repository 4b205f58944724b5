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
#define SCATTER_ATTRS                                                                                                              \
    GATHER_ATTRS, [LNG_GATHER_SIZE] = {"size",   LNG_ATTR_INT,       .required = true,                                             \
                                       .low = 1, .high = 2147483647, .about = "the size of the axis, which indices are below"}

/* The attributes of an adjoint of a gather from a table of this shape, or of the gather itself. */
static inline void gather_attrs(const lng_attr *from, lng_shape table, lng_attr attr[LNG_MAX_ATTR])
{
    const int axis = axis_of(from[LNG_GATHER_AXIS].i, table.rank);
    attr[LNG_GATHER_AXIS].i = axis;
    attr[LNG_GATHER_BATCH_AXES].i = from[LNG_GATHER_BATCH_AXES].i;
    attr[LNG_GATHER_SIZE].i = table.dim[axis];
}

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
#endif
