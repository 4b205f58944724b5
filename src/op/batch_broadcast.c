/* y = x, for each example: a shared value becomes per-example. All lanes get it, even dead ones, which repeat a live lane. */
#include "op/copy.h"

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int32_t *x = call->in[0];
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++)
        iv_store((int32_t *)call->out[0] + e * LNG_LANES, iv_set1(x[e]));
}

LNG_FAST_IF(!n->in[0]->per_example)
#endif
LNG_KERNELS(batch_broadcast, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    if (r->in[0]->per_example)
        return lng_infer_fail_in(r, 0, LNG_E_KIND, "batch_broadcast expects a shared value, but this is already per-example");
    r->shape[0] = r->in[0]->shape;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_batch_sum(r->graph, r->gout[0]);
}

const lng_op lng_op_batch_broadcast = {
    .name = "batch_broadcast",
    .about = "a shared value, given to each example",
    .math = "y = x; the adjoint is the sum over the examples",
    .flags = LNG_OP_HIDDEN | LNG_OP_PER_EXAMPLE,
    LNG_IN({"x", LNG_ANY_DTYPE, "a shared value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the same for every example"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3]",
    .example = "made by the gradient of batch_sum",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {{.in = {LNG_VALUES(1, -2, 3)}, .out = {LNG_VALUES(1, -2, 3)}}};
static const lng_case cases[] = {LNG_UNARY_CASES()};
LNG_OP_CASES(batch_broadcast);
#endif
