/* y = x in the first turn of a loop. After each turn, the engine puts the next value in its place. */
#include "op/copy.h"
#include "op/turns.h"

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    copy_fast(call, 0, 0, lng_shape_size(call->node->out[0].shape));
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(loop_carry, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

/* Outside of loops; in one, differentiation sees to all turns (graph/diff.c). */
static void vjp(lng_vjp *r)
{
    r->gin[0] = r->gout[0];
}

const lng_op lng_op_loop_carry = {
    .name = "loop_carry",
    .about = "a value that a loop carries from turn to turn",
    .math = "y = x in the first turn, and then what the turn before has made of it",
    .flags = LNG_OP_HIDDEN | LNG_OP_ENTERS,
    LNG_IN({"x", LNG_ANY_DTYPE, "the value at the start"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the value in this turn"}),
    LNG_ATTRS([LNG_LOOP_NUMBER] = {"loop", LNG_ATTR_INT, .fallback = {.i = -1},
                                   .about = "its number in the graph; -1: none, turn 0"},
              [LNG_LOOP_INDEX] = {"index", LNG_ATTR_INT, .about = "among the carries of the loop"}),
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
LNG_OP_CASES(loop_carry);
#endif
