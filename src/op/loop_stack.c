/* y[turn] = x: what a loop leaves of each turn. */
#include "op/turns.h"

static void naive(const lng_naive_call *call)
{
    const int64_t size = lng_shape_size(call->node->in[0]->shape);
    copy_naive(call, row_of(call->node, call->turn, call->node->out[0].shape.dim[0]) * size, 0, size);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int64_t size = lng_shape_size(call->node->in[0]->shape);
    copy_fast(call, row_of(call->node, call->turn, call->node->out[0].shape.dim[0]) * size, 0, size);
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(loop_stack, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    char text[LNG_SHAPE_TEXT];
    if (x.rank == LNG_MAX_RANK)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "a stack of values of shape %s would have more than %d dimensions",
                                 lng_shape_text(text, x), LNG_MAX_RANK);
    r->shape[0] = lng_shape_stacked(x, r->attr[LNG_LOOP_COUNT].i);
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

/* Outside of loops; in one, differentiation sees to all turns (graph/diff.c). */
static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_reshape(r->graph, r->gout[0], r->node->in[0]->shape);
}

const lng_op lng_op_loop_stack = {
    .name = "loop_stack",
    .about = "the values of all turns of a loop, along a new first axis",
    .math = "y[turn] or, in reverse, y[turns - 1 - turn] = x in this turn",
    .flags = LNG_OP_HIDDEN | LNG_OP_LEAVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "[...]"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "[turns, ...]"}),
    LNG_ATTRS([LNG_LOOP_NUMBER] = {"loop", LNG_ATTR_INT, .fallback = {.i = -1},
                                   .about = "its number in the graph; -1: none, turn 0"},
              [LNG_LOOP_REVERSE] = {"reverse", LNG_ATTR_BOOL, .about = "whether the last turn comes first"},
              [LNG_LOOP_COUNT] = {"turns", LNG_ATTR_INT, .fallback = {.i = 1}, .low = 1, .high = 2147483648,
                                  .about = "of the loop"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4]",
    .example = "made by scan",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2, 3)}, .attr = {{.i = -1}, {.i = 1}, {.i = 1}}, .out = {LNG_ARRAY(LNG_DIMS(1, 3), 1, 2, 3)}}};
static const lng_case cases[] = {{.in = {LNG_DIMS(3, 5)}, .attr = {{.i = -1}, {.i = 0}, {.i = 1}}, .integers = true}};
LNG_OP_CASES(loop_stack);
#endif
