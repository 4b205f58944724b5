/* y is uniform in [0, 1). */
#include "op/random.h"

static void naive(const lng_naive_call *call)
{
    lng_key key = key_of(call->node, call->context);
    const uint32_t example = example_of(call);
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++)
        F(call->out[0], e) = unit(lng_random_word(key, call->context->step, example, (uint64_t)e));
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int64_t n = vectors_of(call->node) * LNG_LANES;
    float *y = call->out[0];
    draw(call->out[0], call, 1);
    for (int64_t i = 0; i < n; i += LNG_LANES)
        v_store(y + i, v_unit(iv_load((const int32_t *)call->out[0] + i)));
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(random_uniform, naive, prepare);

#ifdef LNG_TABLE
const lng_op lng_op_random_uniform = {
    .name = "random_uniform",
    .about = "uniform random numbers",
    .math = "y = the top 24 bits of a Philox word, times 2 ^ -24: in [0, 1); element e takes word e; every step draws anew",
    .flags = LNG_OP_RANDOM,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the draws"}),
    LNG_ATTRS(LNG_RANDOM_ATTRS),
    .infer = infer,
    .example = "- it * (random_uniform(shape=it.shape) < 0.9)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* seed 309, a node named `draw`, step 7, example 0; and without an example */
static const lng_sample samples[] = {
    {.attr = {{.v = LNG_DIMS(6)}, {.i = 1}},
     .out = {LNG_VALUES(0.4080358147621155, 0.21751272678375244, 0.6236971616744995, 0.19538408517837524, 0.5106606483459473,
                        0.8793671727180481)}},
    {.attr = {{.v = LNG_DIMS(6)}, {.i = 0}},
     .out = {LNG_VALUES(0.16957086324691772, 0.12067937850952148, 0.6995834112167358, 0.662412166595459, 0.8061367869377136,
                        0.3367069959640503)}},
};
static const lng_case cases[] = {LNG_RANDOM_CASES};
LNG_OP_CASES(random_uniform);
#endif
