/* The naive kernel of ops that change no element. A view has no other: its output is the operand's memory, so the tape has nothing to run. */
#include "op/kernel.h"

static void naive(const lng_naive_call *call)
{
    const lng_value *y = &call->node->out[0];
    for (int64_t e = 0, size = lng_shape_size(y->shape); e < size; e++)
        if (y->dtype == LNG_I32)
            I(call->out[0], e) = I(call->in[0], e);
        else
            F(call->out[0], e) = F(call->in[0], e);
}
