/* The logarithm of a probability becomes one op on what the probability was computed from. It is finite where the probability underflows,
 * and exact where it is close to 1:
 *
 *     log softmax(x) = log_softmax(x)             log(1 + e^x) = softplus(x)     log(1 + x) = log1p(x)
 *     log sigmoid(x) = -softplus(-x)              log e^x = x                    log(1 - x) = log1p(-x)
 *     log(1 - sigmoid(x)) = -softplus(x)
 *
 * also through ops that only move numbers, and for products and sums of such probabilities and positive constants. xlogy(a, p) becomes the
 * product of a with the logarithm of p; and one_hot times any other log(p) becomes xlogy. Where a is 0 such a product is 0, even if the
 * logarithm is -infinity. */
#include "pass/pass.h"
#include <float.h>
#include <math.h>

#define MOVES 16 /* looked through */
#define DEPTH 16 /* of products and sums */

/* What v is moved from; the moves, outermost first. */
static lng_value *moved(lng_value *v, const lng_node *move[MOVES], int *n)
{
    for (*n = 0; *n < MOVES && v->node->op->flags & LNG_OP_MOVES; v = v->node->in[0])
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

/* The x of 1 + x or 1 - x; NULL if v is neither. */
static lng_value *beside_one(const lng_value *v)
{
    const lng_node *n = v->node;
    if (n->op == &lng_op_sub && lng_value_is(n->in[0], 1))
        return n->in[1];
    for (int i = 0; n->op == &lng_op_add && i < 2; i++)
        if (lng_value_is(n->in[i], 1))
            return n->in[1 - i];
    return NULL;
}

/* log(e^a + e^b) = most + log(1 + e^(least - most)), which keeps its digits when most is 0; if both are -infinity, so is it, with slopes of 0 */
static lng_value *log_add(lng_graph *g, lng_value *a, lng_value *b)
{
    lng_value *less = lng_binary(g, &lng_op_less, a, b), *none = lng_scalar(g, -(double)INFINITY);
    lng_value *most = lng_ternary(g, &lng_op_select, less, b, a), *least = lng_ternary(g, &lng_op_select, less, a, b);
    lng_value *finite = lng_binary(g, &lng_op_maximum, most, lng_scalar(g, -FLT_MAX));
    lng_value *log = lng_add(g, finite, lng_unary(g, &lng_op_softplus, lng_sub(g, least, finite)));
    return lng_ternary(g, &lng_op_select, lng_binary(g, &lng_op_less, none, most), log, none);
}

static lng_value *log_probability(lng_graph *g, lng_value *p, int depth);

/* The logarithm of a probability or positive constant, or NULL. */
static lng_value *log_term(lng_graph *g, lng_value *v, int depth)
{
    double fill;
    if (lng_value_is_constant(v, &fill))
        return fill > 0 ? lng_unary(g, &lng_op_log, v) : NULL;
    return log_probability(g, v, depth);
}

/* Of a product, quotient or sum. */
static lng_value *log_of_two(lng_graph *g, const lng_node *n, int depth)
{
    const bool divides = n->op == &lng_op_div;
    if (depth == 0 || (divides && !lng_value_is_constant(n->in[1], NULL)))
        return NULL;
    lng_value *a = log_term(g, n->in[0], depth - 1), *b = a ? log_term(g, n->in[1], depth - 1) : NULL;
    if (!b)
        return NULL;
    return n->op == &lng_op_add ? log_add(g, a, b) : divides ? lng_sub(g, a, b) : lng_add(g, a, b);
}

/* The logarithm of a probability, finite whatever x is; NULL if p is not known to be one. */
static lng_value *log_probability(lng_graph *g, lng_value *p, int depth)
{
    const lng_node *move[MOVES], *inner[MOVES];
    int n, m;
    lng_value *v = moved(p, move, &n), *x = beside_one(v), *y = NULL;
    const lng_op *op = v->node->op;
    if (op == &lng_op_softmax)
        y = lng_unary(g, &lng_op_log_softmax, v->node->in[0]);
    else if (op == &lng_op_sigmoid)
        y = log_sigmoid(g, v->node->in[0], false);
    else if (x && op == &lng_op_sub) {
        x = moved(x, inner, &m);
        if (x->node->op == &lng_op_sigmoid)
            y = move_again(g, log_sigmoid(g, x->node->in[0], true), inner, m);
    } else if (op == &lng_op_mul || op == &lng_op_div || op == &lng_op_add)
        y = log_of_two(g, v->node, depth);
    return move_again(g, y, move, n);
}

/* a times a logarithm: 0 where a is 0 and the logarithm -infinity */
static lng_value *times_log(lng_graph *g, lng_value *a, lng_value *log)
{
    lng_value *zero = lng_scalar(g, 0), *none = lng_scalar(g, -(double)INFINITY);
    if (a->node->op == &lng_op_one_hot)
        return lng_ternary(g, &lng_op_select, a, log, zero);
    lng_value *counts =
        lng_binary(g, &lng_op_maximum, lng_binary(g, &lng_op_not_equal, a, zero), lng_binary(g, &lng_op_not_equal, log, none));
    return lng_mul(g, a, lng_ternary(g, &lng_op_select, counts, log, zero));
}

/* The logarithm of anything else for which there is a better form. */
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

/* What replaces a factor beside a one_hot, or NULL. */
static lng_value *product_with_one_hot(lng_graph *g, lng_value *hot, lng_value *v)
{
    const lng_node *move[MOVES];
    int n;
    if (v->node->op == &lng_op_log)
        return lng_binary(g, &lng_op_xlogy, hot, v->node->in[0]);
    return moved(v, move, &n)->node->op == &lng_op_log_softmax ? times_log(g, hot, v) : NULL;
}

static lng_value *product(lng_rewrite *r)
{
    lng_value *y = NULL;
    for (int i = 0; i < 2 && !y; i++)
        if (r->in[i]->node->op == &lng_op_one_hot)
            y = product_with_one_hot(r->to, r->in[i], r->in[1 - i]);
    return y;
}

static bool rule(lng_rewrite *r)
{
    if (r->node->op == &lng_op_log) {
        r->out[0] = log_probability(r->to, r->in[0], DEPTH);
        if (!r->out[0])
            r->out[0] = log_sum(r->to, r->in[0]);
    } else if (r->node->op == &lng_op_xlogy) {
        lng_value *log = log_probability(r->to, r->in[1], DEPTH);
        r->out[0] = log ? times_log(r->to, r->in[0], log) : NULL;
    } else
        r->out[0] = product(r);
    return r->out[0] != NULL;
}

static const lng_op *const replaces[] = {&lng_op_log, &lng_op_xlogy, &lng_op_mul, NULL};
const lng_pass lng_pass_logarithm = {.name = "logarithm",
                                     .about = "logarithms of probabilities are computed from what the probabilities are made of",
                                     .replaces = replaces,
                                     .rule = rule};
