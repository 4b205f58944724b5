/* Ops that move numbers, in ONNX (onnx.h). */
#include "export/onnx.h"
#include <string.h>

/* The operand itself, in whatever order it is there. */
bool lng_onnx_view(lng_onnx *o, const lng_node *n)
{
    for (int order = 0; order < LNG_ONNX_ORDERS; order++)
        lng_onnx_result(o, &n->out[0], o->name[order][lng_value_index(n->in[0])], order);
    return true;
}

bool lng_onnx_reshaped(lng_onnx *o, const lng_node *n)
{
    return lng_onnx_done(o, n, lng_onnx_reshape(o, lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS), n->out[0].shape));
}

bool lng_onnx_slice_op(lng_onnx *o, const lng_node *n)
{
    const lng_attr *a = n->attr;
    const int axis = lng_onnx_axis(a[LNG_SLICE_AXIS].i, n->in[0]->shape.rank);
    return lng_onnx_done(o, n,
                         lng_onnx_slice(o, lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS), axis, a[LNG_SLICE_START].i,
                                        a[LNG_SLICE_STOP].i, a[LNG_SLICE_STEP].i));
}

bool lng_onnx_flip(lng_onnx *o, const lng_node *n)
{
    const int axis = lng_onnx_axis(n->attr[LNG_FLIP_AXIS].i, n->in[0]->shape.rank);
    return lng_onnx_done(o, n, lng_onnx_slice(o, lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS), axis, -1, INT64_MIN, -1));
}

/* Elements that are to be `step` apart get a dimension of their own, which is padded, and joined with theirs. */
bool lng_onnx_pad_op(lng_onnx *o, const lng_node *n)
{
    const lng_attr *a = n->attr;
    const lng_value *x = n->in[0];
    const int rank = x->shape.rank, axis = lng_onnx_axis(a[LNG_PAD_AXIS].i, rank);
    const int64_t step = a[LNG_PAD_STEP].i, size = x->shape.dim[axis - 1];
    const char *name = lng_onnx_read(o, x, LNG_ONNX_AS_IS);
    if (step > 1) {
        int64_t apart[LNG_MAX_RANK + 2] = {-1}, joined[LNG_MAX_RANK + 2] = {-1};
        for (int i = 1, k = 1; i <= rank; i++) {
            joined[i] = i == axis ? size * step : x->shape.dim[i - 1];
            apart[k++] = x->shape.dim[i - 1];
            if (i == axis)
                apart[k++] = 1;
        }
        name = lng_onnx_binary(o, "Reshape", name, lng_onnx_shape(o, apart, rank + 2));
        name = lng_onnx_pad(o, name, x->dtype, rank + 2, axis + 1, 0, step - 1);
        name = lng_onnx_binary(o, "Reshape", name, lng_onnx_shape(o, joined, rank + 1));
        name = lng_onnx_slice(o, name, axis, 0, (size - 1) * step + 1, 1);
    }
    name = lng_onnx_pad(o, name, x->dtype, rank + 1, axis, a[LNG_PAD_BEFORE].i, a[LNG_PAD_AFTER].i);
    return lng_onnx_done(o, n, name);
}

bool lng_onnx_transpose(lng_onnx *o, const lng_node *n)
{
    const int rank = n->in[0]->shape.rank;
    const lng_shape given = n->attr[LNG_TRANSPOSE_PERM].v;
    const char *from = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    int64_t perm[LNG_MAX_RANK + 1] = {0};
    for (int i = 0; i < rank; i++)
        perm[i + 1] = (given.rank ? given.dim[i] : rank - 1 - i) + 1;
    lng_onnx_ints(o, "perm", perm, rank + 1);
    return lng_onnx_done(o, n, lng_onnx_unary(o, "Transpose", from));
}

const char *lng_onnx_expanded(lng_onnx *o, const lng_value *v, lng_shape s)
{
    int64_t to[LNG_MAX_RANK + 1] = {1};
    memcpy(to + 1, s.dim, (size_t)s.rank * sizeof *to);
    return lng_onnx_binary(o, "Expand", lng_onnx_stretched(o, v, s.rank, LNG_ONNX_AS_IS), lng_onnx_shape(o, to, s.rank + 1));
}

bool lng_onnx_broadcast(lng_onnx *o, const lng_node *n)
{
    return lng_onnx_done(o, n, lng_onnx_expanded(o, n->in[0], n->out[0].shape));
}

bool lng_onnx_spread(lng_onnx *o, const lng_node *n)
{
    return lng_onnx_done(o, n, lng_onnx_batched(o, n->in[0]));
}

bool lng_onnx_concat(lng_onnx *o, const lng_node *n)
{
    static const int of_image[] = {0, 2, 3, 1};
    const int axis = lng_onnx_axis(n->attr[LNG_CONCAT_AXIS].i, n->out[0].shape.rank);
    const char *in[LNG_MAX_IN];
    bool first = true;
    for (int i = 0; i < n->n_in; i++)
        first = first && lng_onnx_image_first(o, n->in[i]);
    for (int i = 0; i < n->n_in; i++)
        in[i] = first ? lng_onnx_read(o, n->in[i], LNG_ONNX_CHANNELS_FIRST) : lng_onnx_batched(o, n->in[i]);
    lng_onnx_int(o, "axis", first ? of_image[axis] : axis);
    return lng_onnx_result(o, &n->out[0], lng_onnx_node_of(o, "Concat", in, n->n_in, 1, 0),
                           first ? LNG_ONNX_CHANNELS_FIRST : LNG_ONNX_AS_IS);
}

bool lng_onnx_one_hot(lng_onnx *o, const lng_node *n)
{
    const char *x = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    lng_shape s = n->out[0].shape;
    s.dim[s.rank - 1] = 1;
    x = lng_onnx_reshape(o, x, s);
    return lng_onnx_done(
        o, n, lng_onnx_cast(o, lng_onnx_binary(o, "Equal", x, lng_onnx_range(o, n->attr[LNG_ONE_HOT_DEPTH].i)), LNG_F32));
}

/* ---- gather ---- */
/* What an index outside of the axis reads is 0; ONNX would fail. */
static const char *within(lng_onnx *o, const char *index, int64_t size, const char **valid)
{
    const char *none = lng_onnx_number(o, LNG_I32, 0), *end = lng_onnx_number(o, LNG_I32, (double)size);
    *valid = lng_onnx_binary(o, "And", lng_onnx_binary(o, "GreaterOrEqual", index, none), lng_onnx_binary(o, "Less", index, end));
    return lng_onnx_where(o, *valid, index, none);
}

static const char *masked(lng_onnx *o, const lng_value *x, const char *valid, lng_shape index, int trailing, const char *y)
{
    for (int i = 0; i < trailing; i++)
        index.dim[index.rank++] = 1;
    return lng_onnx_where(o, lng_onnx_reshape(o, valid, index), y, lng_onnx_number(o, x->dtype, 0));
}

/* Rows of one table for all examples. */
static const char *rows(lng_onnx *o, const lng_value *x, const lng_value *index)
{
    const char *valid, *at = within(o, lng_onnx_read(o, index, LNG_ONNX_AS_IS), x->shape.dim[0], &valid);
    lng_onnx_int(o, "axis", 0);
    const char *y = lng_onnx_binary(o, "Gather", lng_onnx_read(o, x, LNG_ONNX_AS_IS), at);
    return masked(o, x, valid, index->shape, x->shape.rank - 1, y);
}

/* Each example has its own table: GatherND, whose axis must follow the common dimensions. */
static const char *own_rows(lng_onnx *o, const lng_value *x, const lng_value *index, int axis, int common)
{
    const int rank = x->shape.rank, reads = index->shape.rank - common, before = axis - common, inner = rank - 1 - common;
    int64_t perm[2 * LNG_MAX_RANK + 2];
    const char *valid, *table = lng_onnx_batched(o, x), *at = within(o, lng_onnx_batched(o, index), x->shape.dim[axis], &valid);
    int64_t with_one[LNG_MAX_RANK + 2] = {-1}; /* the batch, the index, 1 */
    memcpy(with_one + 1, index->shape.dim, (size_t)index->shape.rank * sizeof *with_one);
    with_one[index->shape.rank + 1] = 1;
    if (before > 0) {
        for (int i = 0; i <= rank; i++)
            perm[i] = i <= common ? i : i == common + 1 ? axis + 1 : i <= axis + 1 ? i - 1 : i;
        lng_onnx_ints(o, "perm", perm, rank + 1);
        table = lng_onnx_unary(o, "Transpose", table);
    }
    at = lng_onnx_binary(o, "Reshape", at, lng_onnx_shape(o, with_one, index->shape.rank + 2));
    lng_onnx_int(o, "to", LNG_ONNX_INT64);
    at = lng_onnx_unary(o, "Cast", at);
    lng_onnx_int(o, "batch_dims", common + 1);
    const char *y = masked(o, x, valid, index->shape, inner, lng_onnx_binary(o, "GatherND", table, at));
    if (before == 0)
        return y;
    int k = 0; /* [common, reads, before, after] to [common, before, reads, after] */
    for (int i = 0; i <= common; i++)
        perm[k++] = i;
    for (int i = 0; i < before; i++)
        perm[k++] = common + 1 + reads + i;
    for (int i = 0; i < reads; i++)
        perm[k++] = common + 1 + i;
    for (int i = k; i <= common + reads + inner; i++)
        perm[k++] = i;
    lng_onnx_ints(o, "perm", perm, k);
    return lng_onnx_unary(o, "Transpose", y);
}

bool lng_onnx_gather(lng_onnx *o, const lng_node *n)
{
    const int axis = lng_onnx_axis(n->attr[LNG_GATHER_AXIS].i, n->in[0]->shape.rank) - 1,
              common = (int)n->attr[LNG_GATHER_BATCH_AXES].i;
    const bool one_table = !n->in[0]->per_example && axis == 0 && common == 0;
    return lng_onnx_done(o, n, one_table ? rows(o, n->in[0], n->in[1]) : own_rows(o, n->in[0], n->in[1], axis, common));
}
