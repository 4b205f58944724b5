/* Short forms for the nodes that rules, passes and the language need. Each emits one node, or none if it would change nothing. */
#include "base/assert.h"
#include "graph/ops.h"

static lng_value *emit(lng_graph *g, const lng_op *op, lng_value *const *in, int n, const lng_attr *attr)
{
    for (int i = 0; i < n; i++)
        if (!in[i])
            return NULL; /* an error has been recorded */
    return lng_emit(g, op, in, n, attr, NULL);
}

lng_value *lng_constant(lng_graph *g, double value, lng_shape shape)
{
    if (value > -0x1p-126 && value < 0x1p-126) /* kernels flush subnormals, and must not read any */
        value = value < 0 ? -0.0 : value * 0;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONSTANT_VALUE] = {.f = value}, [LNG_CONSTANT_SHAPE] = {.v = shape}};
    return emit(g, &lng_op_constant, NULL, 0, attr);
}

lng_value *lng_scalar(lng_graph *g, double value)
{
    return lng_constant(g, value, (lng_shape){0});
}

lng_value *lng_integer(lng_graph *g, int64_t value)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONSTANT_VALUE] = {.f = (double)value}, [LNG_CONSTANT_INTEGER] = {.i = 1}};
    return emit(g, &lng_op_constant, NULL, 0, attr);
}

lng_value *lng_read_input(lng_graph *g, int index, const char *name, lng_shape shape, lng_dtype dtype)
{
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_INPUT_INDEX] = {.i = index}, [LNG_INPUT_SHAPE] = {.v = shape}, [LNG_INPUT_INTEGER] = {.i = dtype == LNG_I32}};
    return lng_emit(g, &lng_op_input, NULL, 0, attr, name);
}

lng_value *lng_read_variable(lng_graph *g, const char *name, lng_shape shape)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_VARIABLE_SHAPE] = {.v = shape}};
    return lng_emit(g, &lng_op_variable, NULL, 0, attr, name);
}

lng_value *lng_read_clock(lng_graph *g, const char *what)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CLOCK_PROGRAM] = {.s = what}};
    return emit(g, &lng_op_clock, NULL, 0, attr);
}

lng_value *lng_unary(lng_graph *g, const lng_op *op, lng_value *a)
{
    return emit(g, op, &a, 1, NULL);
}

lng_value *lng_binary(lng_graph *g, const lng_op *op, lng_value *a, lng_value *b)
{
    return emit(g, op, (lng_value *[]){a, b}, 2, NULL);
}

lng_value *lng_ternary(lng_graph *g, const lng_op *op, lng_value *a, lng_value *b, lng_value *c)
{
    return emit(g, op, (lng_value *[]){a, b, c}, 3, NULL);
}

lng_value *lng_add(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_binary(g, &lng_op_add, a, b);
}

lng_value *lng_sub(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_binary(g, &lng_op_sub, a, b);
}

lng_value *lng_mul(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_binary(g, &lng_op_mul, a, b);
}

lng_value *lng_div(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_binary(g, &lng_op_div, a, b);
}

lng_value *lng_neg(lng_graph *g, lng_value *a)
{
    return lng_unary(g, &lng_op_neg, a);
}

lng_value *lng_matmul(lng_graph *g, lng_value *a, bool transpose_a, lng_value *b, bool transpose_b)
{
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_MATMUL_TRANSPOSE_A] = {.i = transpose_a}, [LNG_MATMUL_TRANSPOSE_B] = {.i = transpose_b}};
    return emit(g, &lng_op_matmul, (lng_value *[]){a, b}, 2, attr);
}

lng_value *lng_reshape(lng_graph *g, lng_value *x, lng_shape shape)
{
    if (!x || lng_shape_equal(x->shape, shape))
        return x;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_RESHAPE_SHAPE] = {.v = shape}};
    return emit(g, &lng_op_reshape, &x, 1, attr);
}

lng_value *lng_broadcast(lng_graph *g, lng_value *x, lng_shape shape)
{
    if (!x || lng_shape_equal(x->shape, shape))
        return x;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_BROADCAST_SHAPE] = {.v = shape}};
    return emit(g, &lng_op_broadcast, &x, 1, attr);
}

lng_value *lng_slice(lng_graph *g, lng_value *x, int axis, int64_t start, int64_t stop, int64_t step)
{
    if (step < 0) {
        const int64_t last = start - (start - stop - 1) / -step * -step;
        return lng_flip(g, lng_slice(g, x, axis, last, start + 1, -step), axis);
    }
    if (!x || (start == 0 && stop == x->shape.dim[axis] && step == 1))
        return x;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_SLICE_AXIS] = {.i = axis},
                                         [LNG_SLICE_START] = {.i = start},
                                         [LNG_SLICE_STOP] = {.i = stop},
                                         [LNG_SLICE_STEP] = {.i = step}};
    return emit(g, &lng_op_slice, &x, 1, attr);
}

lng_value *lng_flip(lng_graph *g, lng_value *x, int axis)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_FLIP_AXIS] = {.i = axis}};
    return !x || x->shape.dim[axis] == 1 ? x : emit(g, &lng_op_flip, &x, 1, attr);
}

lng_value *lng_shift(lng_graph *g, lng_value *x, int axis, bool forward, double fill)
{
    if (!x)
        return NULL;
    const int64_t size = x->shape.dim[axis];
    lng_shape one = x->shape;
    one.dim[axis] = 1;
    lng_value *edge = lng_constant(g, fill, one);
    if (size == 1)
        return edge;
    lng_value *rest = forward ? lng_slice(g, x, axis, 0, size - 1, 1) : lng_slice(g, x, axis, 1, size, 1);
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_CONCAT_AXIS] = {.i = axis}};
    return emit(g, &lng_op_concat, (lng_value *[]){forward ? edge : rest, forward ? rest : edge}, 2, attr);
}

lng_value *lng_gather(lng_graph *g, lng_value *x, lng_value *index, int axis, int batch_axes)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_GATHER_AXIS] = {.i = axis}, [LNG_GATHER_BATCH_AXES] = {.i = batch_axes}};
    return emit(g, &lng_op_gather, (lng_value *[]){x, index}, 2, attr);
}

lng_value *lng_sum(lng_graph *g, lng_value *x, lng_shape axes, bool keep)
{
    if (!x || axes.rank == 0)
        return x;
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_REDUCE_AXES] = {.v = axes}, [LNG_REDUCE_KEEP] = {.i = keep}};
    return emit(g, &lng_op_sum, &x, 1, attr);
}

lng_value *lng_sum_to(lng_graph *g, lng_value *x, lng_shape to)
{
    if (!x)
        return NULL;
    lng_shape axes = {0};
    int extra = x->shape.rank - to.rank;
    for (int i = 0; i < x->shape.rank; i++)
        if (x->shape.dim[i] != 1 && (i < extra || to.dim[i - extra] == 1))
            axes.dim[axes.rank++] = i;
    return lng_reshape(g, lng_sum(g, x, axes, true), to);
}

static lng_value *batch_size(lng_graph *g)
{
    return lng_read_clock(g, "batch_size");
}

lng_value *lng_batch_sum(lng_graph *g, lng_value *x)
{
    if (!x)
        return NULL;
    if (!x->per_example)
        return lng_mul(g, x, batch_size(g));
    const lng_node *n = x->node;
    if (n->op == &lng_op_batch_broadcast)
        return lng_mul(g, n->in[0], batch_size(g));
    if (n->op == &lng_op_reshape)
        return lng_reshape(g, lng_batch_sum(g, n->in[0]), x->shape);
    lng_value *contracted = n->op->contract ? n->op->contract(g, n) : NULL;
    return contracted ? contracted : lng_unary(g, &lng_op_batch_sum, x);
}

lng_value *lng_batch_mean(lng_graph *g, lng_value *x)
{
    return x && x->per_example ? lng_div(g, lng_batch_sum(g, x), batch_size(g)) : x;
}

lng_value *lng_batch_broadcast(lng_graph *g, lng_value *x)
{
    return !x || x->per_example ? x : lng_unary(g, &lng_op_batch_broadcast, x);
}
