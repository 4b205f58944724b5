/* The ops that rules, passes and the language need by name. Each emits at most one node; those that change nothing emit none. */
#include "graph/op.h"
#include <string.h>

static lng_value *emit(lng_graph *g, const char *op, lng_value *const *in, int n, const lng_attr *attr)
{
    for (int i = 0; i < n; i++)
        if (!in[i])
            return NULL; /* an error has been recorded */
    return lng_emit(g, lng_op_find(op), in, n, attr, NULL);
}

static void set_shape(lng_attr *attr, const char *op, const char *name, lng_shape s)
{
    attr[lng_op_attr_index(lng_op_find(op), name)].v = s;
}

lng_value *lng_constant(lng_graph *g, double value, lng_shape shape)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    if (value > -0x1p-126 && value < 0x1p-126) /* kernels flush subnormals; what they read must not be one */
        value = value < 0 ? -0.0 : value * 0;
    attr[lng_op_attr_index(lng_op_find("constant"), "value")].f = value;
    set_shape(attr, "constant", "shape", shape);
    return emit(g, "constant", NULL, 0, attr);
}

lng_value *lng_scalar(lng_graph *g, double value)
{
    return lng_constant(g, value, (lng_shape){0});
}

lng_value *lng_call1(lng_graph *g, const char *op, lng_value *a)
{
    return emit(g, op, &a, 1, NULL);
}

lng_value *lng_call2(lng_graph *g, const char *op, lng_value *a, lng_value *b)
{
    return emit(g, op, (lng_value *[]){a, b}, 2, NULL);
}

lng_value *lng_call3(lng_graph *g, const char *op, lng_value *a, lng_value *b, lng_value *c)
{
    return emit(g, op, (lng_value *[]){a, b, c}, 3, NULL);
}

lng_value *lng_add(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_call2(g, "add", a, b);
}

lng_value *lng_sub(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_call2(g, "sub", a, b);
}

lng_value *lng_mul(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_call2(g, "mul", a, b);
}

lng_value *lng_div(lng_graph *g, lng_value *a, lng_value *b)
{
    return lng_call2(g, "div", a, b);
}

lng_value *lng_neg(lng_graph *g, lng_value *a)
{
    return lng_call1(g, "neg", a);
}

lng_value *lng_reshape(lng_graph *g, lng_value *x, lng_shape shape)
{
    if (!x || lng_shape_equal(x->shape, shape))
        return x;
    lng_attr attr[LNG_MAX_ATTR] = {0};
    set_shape(attr, "reshape", "shape", shape);
    return emit(g, "reshape", &x, 1, attr);
}

lng_value *lng_broadcast(lng_graph *g, lng_value *x, lng_shape shape)
{
    if (!x || lng_shape_equal(x->shape, shape))
        return x;
    lng_attr attr[LNG_MAX_ATTR] = {0};
    set_shape(attr, "broadcast", "shape", shape);
    return emit(g, "broadcast", &x, 1, attr);
}

lng_value *lng_sum(lng_graph *g, lng_value *x, lng_shape axes, bool keep)
{
    if (!x || axes.rank == 0)
        return x;
    lng_attr attr[LNG_MAX_ATTR] = {0};
    set_shape(attr, "sum", "axes", axes);
    attr[lng_op_attr_index(lng_op_find("sum"), "keep")].i = keep;
    return emit(g, "sum", &x, 1, attr);
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
    lng_attr attr[LNG_MAX_ATTR] = {{.s = "batch_size"}};
    return emit(g, "clock", NULL, 0, attr);
}

lng_value *lng_batch_sum(lng_graph *g, lng_value *x)
{
    if (!x)
        return NULL;
    if (!x->per_example)
        return lng_mul(g, x, batch_size(g));
    const lng_node *n = x->node;
    if (strcmp(n->op->name, "batch_broadcast") == 0)
        return lng_mul(g, n->in[0], batch_size(g));
    if (n->op->flags & LNG_OP_VIEW)
        return lng_reshape(g, lng_batch_sum(g, n->in[0]), x->shape);
    lng_value *contracted = n->op->contract ? n->op->contract(g, n) : NULL;
    return contracted ? contracted : lng_call1(g, "batch_sum", x);
}

lng_value *lng_batch_mean(lng_graph *g, lng_value *x)
{
    return x && x->per_example ? lng_div(g, lng_batch_sum(g, x), batch_size(g)) : x;
}

lng_value *lng_batch_broadcast(lng_graph *g, lng_value *x)
{
    return !x || x->per_example ? x : lng_call1(g, "batch_broadcast", x);
}
