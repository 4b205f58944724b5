/* The state of the run. */
#include "op/kernel.h"
#include <string.h>

static void naive(const lng_naive_call *call)
{
    const char *what = call->node->attr[LNG_CLOCK_WHAT].s;
    const lng_context *c = call->context;
    double y = strcmp(what, "step") == 0       ? (double)c->step
               : strcmp(what, "epoch") == 0    ? (double)c->epoch
               : strcmp(what, "progress") == 0 ? c->progress
                                               : (double)c->batch;
    F(call->out[0], 0) = (real)y;
}
LNG_NAIVE_KERNELS(clock, naive);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    r->shape[0] = (lng_shape){0};
    return true;
}

const lng_op lng_op_clock = {
    .name = "clock",
    .about = "the state of the run: its step, epoch or progress, or the number of examples in the batch",
    .math =
        "y = the step (from 0), the epoch (from 0), the progress (0 at the first step, towards 1 at the last) or the number of examples in "
        "the batch, rounded to a float",
    .flags = LNG_OP_HIDDEN | LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_FLOAT_ONLY, "a scalar"}),
    LNG_ATTRS([LNG_CLOCK_WHAT] = {"what", LNG_ATTR_NAME, .required = true, .choices = "step epoch progress batch_size",
                                  .about = "which of them"}),
    .infer = infer,
    .example = "step + 1",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* the clock of the samples: step 7 in epoch 2, a quarter of the way */
static const lng_sample samples[] = {
    {.attr = {{.s = "step"}}, .out = {LNG_NUMBER(7)}},
    {.attr = {{.s = "epoch"}}, .out = {LNG_NUMBER(2)}},
    {.attr = {{.s = "progress"}}, .out = {LNG_NUMBER(0.25)}},
    {.attr = {{.s = "batch_size"}}, .out = {LNG_NUMBER(1)}},
};
static const lng_case cases[] = {
    {.attr = {{.s = "step"}}}, {.attr = {{.s = "epoch"}}}, {.attr = {{.s = "progress"}}}, {.attr = {{.s = "batch_size"}}}};
LNG_OP_CASES(clock);
#endif
