/* The logarithm of a probability becomes one op of what the probability was made of, which is finite where that underflows, and exact
 * where it is close to 1:
 *
 *     log softmax(x) = log_softmax(x)             log(1 + e^x) = softplus(x)     log(1 + x) = log1p(x)
 *     log sigmoid(x) = -softplus(-x)              log e^x = x                    log(1 - x) = log1p(-x)
 *     log(1 - sigmoid(x)) = -softplus(x)
 *
 * also behind ops that only move numbers. So does xlogy(a, p) of such a p, as the product of a with the logarithm; and one_hot times any
 * other log(p) becomes xlogy, as 0 times the logarithm of 0 is meant to be 0. */
#include "pass/pass.h"

#define MOVES 16 /* looked through */

static bool moves(const lng_op *op)
{
    return op == &lng_op_reshape || op == &lng_op_slice || op == &lng_op_transpose || op == &lng_op_broadcast ||
           op == &lng_op_stop_gradient;
}

/* What v is made of by moves, outermost first. */
static lng_value *moved(lng_value *v, const lng_node *move[MOVES], int *n)
{
    for (*n = 0; *n < MOVES && moves(v->node->op); v = v->node->in[0])
        move[(*n)++] = v->node;
    return v;
}

static lng_value *move_again(lng_graph *g, lng_value *v, const lng_node *const *move, int n)
{
    while (v && n-- > 0)
        v = lng_emit(g, move[n]->op, &v, 1, move[n]->attr, NULL);
    return v;
}

/* -softplus(sign x) */
static lng_value *log_sigmoid(lng_graph *g, lng_value *x, bool complement)
{
    return lng_neg(g, lng_unary(g, &lng_op_softplus, complement ? x : lng_neg(g, x)));
}

/* The operand that is added to a 1, or that a 1 is reduced by; NULL when v is no such value. */
static lng_value *beside_one(const lng_value *v)
{
    const lng_node *n = v->node;
    double fill;
    if (n->op == &lng_op_sub && lng_value_is_constant(n->in[0], &fill) && fill == 1)
        return n->in[1];
    for (int i = 0; n->op == &lng_op_add && i < 2; i++)
        if (lng_value_is_constant(n->in[i], &fill) && fill == 1)
            return n->in[1 - i];
    return NULL;
}

/* The logarithm of a probability, finite whatever x is; NULL when p is not known to be one. */
static lng_value *log_probability(lng_graph *g, lng_value *p)
{
    const lng_node *move[MOVES], *inner[MOVES];
    int n, m;
    lng_value *v = moved(p, move, &n), *x = beside_one(v), *y = NULL;
    if (v->node->op == &lng_op_softmax)
        y = lng_unary(g, &lng_op_log_softmax, v->node->in[0]);
    else if (v->node->op == &lng_op_sigmoid)
        y = log_sigmoid(g, v->node->in[0], false);
    else if (x && v->node->op == &lng_op_sub) {
        x = moved(x, inner, &m);
        if (x->node->op == &lng_op_sigmoid)
            y = move_again(g, log_sigmoid(g, x->node->in[0], true), inner, m);
    }
    return move_again(g, y, move, n);
}

/* The logarithm of anything else that has a better form. */
static lng_value *log_sum(lng_graph *g, lng_value *v)
{
    lng_value *x = beside_one(v);
    if (v->node->op == &lng_op_exp)
        return v->node->in[0];
    if (!x || !lng_shape_equal(x->shape, v->shape))
        return NULL;
    if (v->node->op == &lng_op_sub)
        return lng_unary(g, &lng_op_log1p, lng_neg(g, x));
    return x->node->op == &lng_op_exp ? lng_unary(g, &lng_op_softplus, x->node->in[0]) : lng_unary(g, &lng_op_log1p, x);
}

static lng_value *product(lng_rewrite *r)
{
    for (int i = 0; i < 2; i++)
        if (r->in[i]->node->op == &lng_op_one_hot && r->in[1 - i]->node->op == &lng_op_log)
            return lng_binary(r->to, &lng_op_xlogy, r->in[i], r->in[1 - i]->node->in[0]);
    return NULL;
}

static bool rule(lng_rewrite *r)
{
    if (r->node->op == &lng_op_log) {
        r->out[0] = log_probability(r->to, r->in[0]);
        if (!r->out[0])
            r->out[0] = log_sum(r->to, r->in[0]);
    } else if (r->node->op == &lng_op_xlogy) {
        lng_value *log = log_probability(r->to, r->in[1]);
        r->out[0] = log ? lng_mul(r->to, r->in[0], log) : NULL;
    } else if (r->node->op == &lng_op_mul)
        r->out[0] = product(r);
    return r->out[0] != NULL;
}

const lng_pass lng_pass_logarithm = {"logarithm", "logarithms of probabilities are computed from what these are made of", rule};
