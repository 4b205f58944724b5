/* What is known of the numbers of a value. */
#include "lang/nature.h"
#include "graph/ops.h"

/* Ops whose numbers are their operand's, in another place or type. */
static bool moves(const lng_op *op)
{
    static const lng_op *const table[] = {&lng_op_reshape,   &lng_op_transpose,     &lng_op_slice,
                                          &lng_op_broadcast, &lng_op_stop_gradient, &lng_op_to_float};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i] == op)
            return true;
    return false;
}

static const lng_value *origin(const lng_value *v)
{
    while (moves(v->node->op))
        v = v->node->in[0];
    return v;
}

/* The size of the axis that argmax takes away. */
static int64_t choices(const lng_node *n)
{
    const lng_shape x = n->in[0]->shape;
    const int64_t taken = lng_shape_size(n->out[0].shape);
    return lng_shape_size(x) / (taken ? taken : 1);
}

int64_t lng_classes_of(const lng_elab *e, const lng_value *v)
{
    static const lng_op *const binary[] = {&lng_op_equal, &lng_op_not_equal, &lng_op_less, &lng_op_less_equal, &lng_op_one_hot};
    const lng_node *n = origin(v)->node;
    if (n->op == &lng_op_input)
        return n->out[0].dtype == LNG_I32 ? e->classes : 0;
    if (n->op == &lng_op_argmax)
        return choices(n);
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
        if (binary[i] == n->op)
            return 2;
    return 0;
}
