/* Terms that are only added up are not stored:
 *
 *     sum(a b) = sum_product(a, b)      sum(-x) = 0 - sum(x)
 *
 * where a and b are as large as the product. A sum starts from +0, and so is never -0: the same bits. */
#include "pass/pass.h"

static lng_value *emit(const lng_rewrite *r, const lng_op *op, lng_value *const *terms, int n)
{
    return lng_emit(r->to, op, terms, n, r->node->attr, r->node->name);
}

static bool rule(lng_rewrite *r)
{
    const lng_value *terms = r->in[0];
    lng_value *const *in = terms->node->in;
    if (lng_rewrite_uses(r, r->node->in[0]) != 1)
        return false;
    if (terms->node->op == &lng_op_neg) {
        r->out[0] = lng_sub(r->to, lng_scalar(r->to, 0), emit(r, &lng_op_sum, in, 1));
        return true;
    }
    if (terms->node->op != &lng_op_mul)
        return false;
    for (int k = 0; k < 2; k++)
        if (!lng_shape_equal(in[k]->shape, terms->shape) || in[k]->per_example != terms->per_example)
            return false;
    r->out[0] = emit(r, &lng_op_sum_product, in, 2);
    return true;
}

static const lng_op *const replaces[] = {&lng_op_sum, NULL};
const lng_pass lng_pass_sum_terms = {.name = "sum-terms",
                                     .about = "products and negations that are only added up are not stored",
                                     .replaces = replaces,
                                     .rule = rule};
