/* max_pool(f(x)) = f(max_pool(x)) for a non-decreasing f: the same values, but f is applied to the winners only.
 *
 * This holds bit for bit, because f does not decrease as it is computed either, which tests/exhaustive/functions proves at all floats. f is a
 * monotone pointwise op, or the addition of something finite that does not vary inside a window (a bias); several in a row all move. Where f is
 * flat, another of the equal winners may receive the gradient, but there f' is 0 (relu, a saturated sigmoid). An op that gives zeros of both signs
 * (round) or NaN for a number (log1p) is not called monotone: the pool would take another zero, or miss the NaN. Nor is one that falls by a place,
 * as tanh does. */
#include "pass/pass.h"

/* Whether b is the same at all positions of [h, w, c]: it has no rows and columns, or one of each. */
static bool is_constant_in_window(const lng_value *b, const lng_value *x)
{
    int extra = x->shape.rank - b->shape.rank;
    for (int i = 0; i < b->shape.rank; i++)
        if (i + extra < 2 && b->shape.dim[i] != 1)
            return false;
    return extra >= 0;
}

/* The operand of f that varies, or -1 if f must not move. */
static int moving_operand(const lng_value *f)
{
    const lng_node *n = f->node;
    if (n->op->flags & LNG_OP_MONOTONE)
        return 0;
    if (f->node->op != &lng_op_add)
        return -1;
    for (int i = 0; i < 2; i++)
        if (lng_shape_equal(n->in[i]->shape, f->shape) && is_constant_in_window(n->in[1 - i], f))
            return i;
    return -1;
}

static bool rule(lng_rewrite *r)
{
    if (lng_rewrite_uses(r, &r->node->out[1]) > 0)
        return false;
    const lng_value *moved[16]; /* outermost first */
    int n = 0, which;
    lng_value *x = r->in[0];
    while (n < 16 && (which = moving_operand(x)) >= 0) {
        moved[n++] = x;
        x = x->node->in[which];
    }
    if (n == 0 || lng_rewrite_uses(r, r->node->in[0]) != 1)
        return false;
    lng_value *y = lng_emit(r->to, r->node->op, &x, 1, r->node->attr, NULL);
    while (y && n-- > 0) {
        const lng_node *f = moved[n]->node;
        lng_value *in[LNG_MAX_IN] = {0};
        which = moving_operand(moved[n]);
        for (int i = 0; i < f->n_in; i++)
            in[i] = i == which ? y : f->in[i];
        y = lng_emit(r->to, f->op, in, f->n_in, f->attr, f->name);
    }
    r->out[0] = y;
    return true;
}

static const lng_op *const replaces[] = {&lng_op_max_pool, NULL};
const lng_pass lng_pass_pool_activation = {.name = "pool-activation",
                                           .about = "a monotone activation or a bias moves past a max-pool",
                                           .replaces = replaces,
                                           .rule = rule};
