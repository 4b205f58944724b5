/* The last value of a carry: once its loop is through, what is in the carry's memory. */
#include "op/copy.h"
LNG_NAIVE_KERNELS(loop_last, naive);

#ifdef LNG_TABLE
#include "op/table.h"

/* Outside of loops; in one, differentiation sees to all turns (graph/diff.c). */
static void vjp(lng_vjp *r)
{
    r->gin[0] = r->gout[0];
}

const lng_op lng_op_loop_last = {
    .name = "loop_last",
    .about = "what the last turn of a loop has left in a carry",
    .math = "y = x after the last turn",
    .flags = LNG_OP_HIDDEN | LNG_OP_VIEW | LNG_OP_LEAVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "a carry"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "its last value"}),
    LNG_ATTRS([LNG_LOOP_NUMBER] = {"loop", LNG_ATTR_INT, .fallback = {.i = -1}, .about = "its number in the graph; -1: none"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .trial = "[3, 4]",
    .example = "made by scan",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {{.in = {LNG_VALUES(1, 2, 3)}, .attr = {{.i = -1}}, .out = {LNG_VALUES(1, 2, 3)}}};
static const lng_case cases[] = {{.in = {LNG_DIMS(3, 5)}, .attr = {{.i = -1}}}};
LNG_OP_CASES(loop_last);
#endif
