/* log(softmax(x)) = log_softmax(x): finite where the softmax underflows, and its gradient needs no division. */
#include "pass/pass.h"
#include <string.h>

static bool rule(lng_rewrite *r)
{
    if (strcmp(r->node->op->name, "log") != 0 || !lng_value_is(r->in[0], "softmax"))
        return false;
    r->out[0] = lng_call1(r->to, "log_softmax", r->in[0]->node->in[0]);
    return true;
}

const lng_pass lng_pass_log_softmax = {"log-softmax", "the logarithm of a softmax is computed as one stable op", rule};
