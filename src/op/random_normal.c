/* y is normal with mean 0 and variance 1, by the method of Box and Muller: sqrt(-2 log u) cos(2 pi v). */
#include "op/random.h"

#define TWO_PI ((real)6.283185307179586)

static inline real normal(uint32_t first, uint32_t second)
{
    real u = unit(first) + (real)0x1p-24, v = unit(second); /* u in (0, 1] */
    return real_sqrt((real)-2 * real_log(u)) * real_cos(TWO_PI * v);
}

static void naive(const lng_naive_call *call)
{
    lng_key key = key_of(call->node, call->context);
    uint32_t step = call->context->step, example = example_of(call);
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++)
        F(call->out[0], e) =
            normal(lng_random_word(key, step, example, 2 * (uint64_t)e), lng_random_word(key, step, example, 2 * (uint64_t)e + 1));
}

#ifdef LNG_FAST
static v16 v_normal(i16 first, i16 second)
{
    v16 u = v_add(v_unit(first), v_set1(0x1p-24f)), v = v_unit(second);
    return v_mul(v_sqrt(v_mul(v_set1(-2), v_log(u))), v_cos(v_mul(v_set1(TWO_PI), v)));
}

static void fast(const lng_call *call)
{
    const int64_t n = vectors_of(call->node) * LNG_LANES;
    const int32_t *word = call->scratch;
    float *y = call->out[0];
    draw(call->scratch, call, 2);
    for (int64_t i = 0; i < n; i += LNG_LANES)
        v_store(y + i, v_normal(iv_load(word + 2 * i), iv_load(word + 2 * i + LNG_LANES)));
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    (void)arena;
    return (lng_prepared){.kernel = fast, .scratch = (size_t)vectors_of(n) * 2 * LNG_LANES * sizeof(uint32_t)};
}
#endif
LNG_KERNELS(random_normal, naive, prepare);

#ifdef LNG_TABLE
const lng_op lng_op_random_normal = {
    .name = "random_normal",
    .about = "normal random numbers with mean 0 and variance 1",
    .math =
        "y = sqrt(-2 log u) cos(2 pi v), with u in (0, 1] and v in [0, 1) from 24 bits each; element e takes the Philox words 2 e and 2 e + 1; "
        "every step draws anew",
    .flags = LNG_OP_RANDOM,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the draws"}),
    LNG_ATTRS(LNG_RANDOM_ATTRS),
    .infer = infer,
    .example = "- it + 0.1 * random_normal(shape=it.shape)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* seed 309, a node named `draw`, step 7, example 0; and without an example */
static const lng_sample samples[] = {
    {.attr = {{.v = LNG_DIMS(6)}, {.i = 1}},
     .out = {LNG_VALUES(0.2714182077622631, 0.3269408018017728, 0.8419698002779581, 1.090165559938516, -0.30191639775900214,
                        1.348575993114164)}},
    {.attr = {{.v = LNG_DIMS(6)}, {.i = 0}},
     .out = {LNG_VALUES(1.3677651349203925, -0.44206827256348125, -0.34023146773130974, 0.6442368467868332, -0.11063838636543517,
                        -0.005879531731018715)}},
};
static const lng_case cases[] = {LNG_RANDOM_CASES};
LNG_OP_CASES(random_normal);
#endif
