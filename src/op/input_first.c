/* A field of the first example of a batch, as a shared value: a model that is run for one example has no lanes to fill. */
#include "op/field.h"
#include <string.h>

static void naive(const lng_naive_call *call)
{
    read_row(call, call->context->first);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const lng_field *f = field_of(call->context, call->node);
    const size_t first = (size_t)call->context->first * (size_t)f->size;
    float *y = call->out[0];
    if (f->type == LNG_FIELD_U8)
        for (size_t e = 0; e < (size_t)f->size; e++)
            y[e] = (float)((const uint8_t *)f->at)[first + e];
    else if (f->type == LNG_FIELD_I32)
        for (size_t e = 0; e < (size_t)f->size; e++)
            y[e] = (float)((const int32_t *)f->at)[first + e];
    else
        memcpy(y, (const float *)f->at + first, (size_t)f->size * sizeof *y);
}

LNG_FAST_IF(n->out[0].dtype == LNG_F32)
#endif
LNG_KERNELS(input_first, naive, prepare);

#ifdef LNG_TABLE
const lng_op lng_op_input_first = {
    .name = "input_first",
    .about = "a field of the data, of the batch's first example alone",
    .math = "y = the first example's" INPUT_MATH,
    .flags = LNG_OP_HIDDEN | LNG_OP_SHARED_OUT,
    LNG_OUT({"y", LNG_ANY_DTYPE, "the example's numbers"}),
    LNG_ATTRS(INPUT_ATTRS),
    .infer = infer,
    .example = "made when a model is compiled for one example",
};
#endif

#ifdef LNG_CASES
LNG_OP_CASES(input_first);
#endif
