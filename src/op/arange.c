/* y[i] = start + i step. */
#include "op/kernel.h"

enum { SIZE, START, STEP };

static void naive(const lng_naive_call *call)
{
    const lng_attr *attr = call->node->attr;
    for (int64_t i = 0; i < attr[SIZE].i; i++)
        F(call->out[0], i) = (real)(attr[START].f + (double)i * attr[STEP].f);
}
LNG_NAIVE_KERNELS(arange, naive);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = lng_shape_of(1, r->attr[SIZE].i);
    return true;
}

const lng_op lng_op_arange = {
    .name = "arange",
    .about = "numbers at equal distances: 0, 1, 2, ...",
    .math = "y[i] = start + i step, rounded once",
    .flags = LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the numbers"}),
    LNG_ATTRS([SIZE] = {"size", LNG_ATTR_INT, .required = true, .low = 1, .high = 2147483648, .about = "how many there are"},
              [START] = {"start", LNG_ATTR_FLOAT, .low = -1e30, .high = 1e30, .about = "the first"},
              [STEP] = {"step", LNG_ATTR_FLOAT, .fallback = {.f = 1}, .low = -1e30, .high = 1e30,
                        .about = "the distance from one to the next"}),
    .infer = infer,
    .example = "- it * reshape(arange(size=28), shape=[28, 1, 1])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.attr = {{.i = 4}, {0}, {.f = 1}}, .out = {LNG_VALUES(0, 1, 2, 3)}},
    {.attr = {{.i = 3}, {.f = 1}, {.f = -0.5}}, .out = {LNG_VALUES(1, 0.5, 0)}},
};
static const lng_case cases[] = {{.attr = {{.i = 1}, {.f = 7}, {.f = 1}}}, {.attr = {{.i = 37}, {.f = -3}, {.f = 0.1}}}};
LNG_OP_CASES(arange);
#endif
