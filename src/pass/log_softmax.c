/* log(softmax(x)) = log_softmax(x): finite where the softmax underflows, and its gradient needs no division. */
#include "pass/pass.h"

static bool rule(lng_rewrite *r)
{
    if (r->node->op != &lng_op_log || r->in[0]->node->op != &lng_op_softmax)
        return false;
    r->out[0] = lng_unary(r->to, &lng_op_log_softmax, r->in[0]->node->in[0]);
    return true;
}

const lng_pass lng_pass_log_softmax = {"log-softmax", "the logarithm of a softmax is computed as one stable op", rule};
