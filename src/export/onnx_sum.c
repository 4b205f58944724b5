/* Products, sums and the like in ONNX (onnx.h). */
#include "export/onnx.h"

/* A vector on the left is a matrix of one row, if the right side has examples or dimensions of its own. */
bool lng_onnx_matmul(lng_onnx *o, const lng_node *n)
{
    const lng_value *a = n->in[0], *b = n->in[1];
    const lng_onnx_order left = n->attr[LNG_MATMUL_TRANSPOSE_A].i ? LNG_ONNX_SWAPPED : LNG_ONNX_AS_IS,
                         right = n->attr[LNG_MATMUL_TRANSPOSE_B].i ? LNG_ONNX_SWAPPED : LNG_ONNX_AS_IS;
    const bool row = a->shape.rank == 1 && a->per_example && (b->per_example || b->shape.rank > 2);
    const int rank = row || a->shape.rank < b->shape.rank ? b->shape.rank : a->shape.rank;
    if (a->shape.rank == 1 && !row) {
        const char *x = lng_onnx_read(o, a, LNG_ONNX_AS_IS);
        return lng_onnx_done(o, n, lng_onnx_binary(o, "MatMul", x, lng_onnx_read(o, b, right)));
    }
    const char *x = lng_onnx_stretched(o, a, rank, left);
    const char *y = lng_onnx_binary(o, "MatMul", x, lng_onnx_stretched(o, b, rank, right));
    return lng_onnx_done(o, n, row ? lng_onnx_reshape(o, y, n->out[0].shape) : y);
}

/* ReduceSum takes its axes as an operand, the others as an attribute. */
bool lng_onnx_reduce(lng_onnx *o, const lng_node *n)
{
    const lng_shape given = n->attr[LNG_REDUCE_AXES].v;
    const int rank = n->in[0]->shape.rank, count = given.rank ? given.rank : rank;
    const char *x = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    int64_t axes[LNG_MAX_RANK];
    for (int i = 0; i < count; i++)
        axes[i] = lng_onnx_axis(given.rank ? given.dim[i] : i, rank);
    if (count == 0)
        return lng_onnx_done(o, n, x);
    lng_onnx_int(o, "keepdims", n->attr[LNG_REDUCE_KEEP].i);
    if (n->op == &lng_op_sum)
        return lng_onnx_done(o, n, lng_onnx_binary(o, "ReduceSum", x, lng_onnx_shape(o, axes, count)));
    lng_onnx_ints(o, "axes", axes, count);
    return lng_onnx_done(o, n, lng_onnx_unary(o, lng_onnx_row_of(n->op)->type, x));
}

bool lng_onnx_argmax(lng_onnx *o, const lng_node *n)
{
    const char *x = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    lng_onnx_int(o, "axis", lng_onnx_axis(n->attr[LNG_ARGMAX_AXIS].i, n->in[0]->shape.rank));
    lng_onnx_int(o, "keepdims", 0);
    return lng_onnx_done(o, n, lng_onnx_cast(o, lng_onnx_unary(o, "ArgMax", x), LNG_I32));
}

bool lng_onnx_argsort(lng_onnx *o, const lng_node *n)
{
    const int rank = n->in[0]->shape.rank, axis = lng_onnx_axis(n->attr[LNG_ARGSORT_AXIS].i, rank);
    const char *const in[] = {lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS), lng_onnx_shape(o, &n->in[0]->shape.dim[axis - 1], 1)};
    lng_onnx_int(o, "axis", axis);
    lng_onnx_int(o, "largest", n->attr[LNG_ARGSORT_DESCENDING].i);
    return lng_onnx_done(o, n, lng_onnx_cast(o, lng_onnx_node_of(o, "TopK", in, 2, 2, 1), LNG_I32));
}

bool lng_onnx_softmax(lng_onnx *o, const lng_node *n)
{
    const char *x = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    lng_onnx_int(o, "axis", -1);
    return lng_onnx_done(o, n, lng_onnx_unary(o, lng_onnx_row_of(n->op)->type, x));
}

/* Where each number is added to those before it, it is a cumulative sum; otherwise, a loop. */
bool lng_onnx_recurrence(lng_onnx *o, const lng_node *n)
{
    const lng_attr *a = n->attr;
    const int axis = lng_onnx_axis(a[LNG_RECURRENCE_AXIS].i, n->out[0].shape.rank);
    if (!lng_value_is(n->in[1], 1))
        return lng_onnx_done(o, n, lng_onnx_recurred(o, n, axis));
    const char *x = lng_onnx_read(o, n->in[0], LNG_ONNX_AS_IS);
    lng_onnx_int(o, "reverse", a[LNG_RECURRENCE_REVERSE].i);
    x = lng_onnx_binary(o, "CumSum", x, lng_onnx_shape(o, &(int64_t){axis}, 1));
    const double start = a[LNG_RECURRENCE_START].f;
    return lng_onnx_done(o, n, start != 0 ? lng_onnx_binary(o, "Add", x, lng_onnx_number(o, LNG_F32, start)) : x);
}
