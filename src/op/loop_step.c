/* y = x[turn]: what comes into a turn of a loop. */
#include "op/turns.h"

static void naive(const lng_naive_call *call)
{
    const int64_t size = lng_shape_size(call->node->out[0].shape);
    copy_naive(call, 0, row_of(call->node, call->turn, call->node->in[0]->shape.dim[0]) * size, size);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int64_t size = lng_shape_size(call->node->out[0].shape);
    copy_fast(call, 0, row_of(call->node, call->turn, call->node->in[0]->shape.dim[0]) * size, size);
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(loop_step, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    const lng_shape x = r->in[0]->shape;
    if (x.rank == 0)
        return lng_infer_fail_operand(r, 0, "[turns, ...]");
    r->shape[0] = lng_shape_row(x);
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

/* Outside of loops; in one, differentiation sees to all turns (graph/diff.c). */
static void vjp(lng_vjp *r)
{
    const lng_shape x = r->node->in[0]->shape;
    lng_shape row = x;
    row.dim[0] = 1;
    const int64_t at = row_of(r->node, 0, x.dim[0]);
    const lng_attr attr[LNG_MAX_ATTR] = {
        [LNG_PAD_BEFORE] = {.i = at}, [LNG_PAD_AFTER] = {.i = x.dim[0] - 1 - at}, [LNG_PAD_STEP] = {.i = 1}};
    lng_value *g = lng_reshape(r->graph, r->gout[0], row);
    r->gin[0] = lng_emit(r->graph, &lng_op_pad, &g, 1, attr, NULL);
}

const lng_op lng_op_loop_step = {
    .name = "loop_step",
    .about = "in each turn of a loop, another row of a value",
    .math = "y = x[turn] or, in reverse, x[turns - 1 - turn]",
    .flags = LNG_OP_HIDDEN | LNG_OP_ENTERS,
    LNG_IN({"x", LNG_ANY_DTYPE, "[turns, ...]"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "[...]"}),
    LNG_ATTRS([LNG_LOOP_NUMBER] = {"loop", LNG_ATTR_INT, .fallback = {.i = -1},
                                   .about = "its number in the graph; -1: none, turn 0"},
              [LNG_LOOP_REVERSE] = {"reverse", LNG_ATTR_BOOL, .about = "whether the last row comes first"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4]",
    .example = "made by scan",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.i = -1}}, .out = {LNG_VALUES(1, 2, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.i = -1}, {.i = 1}},
     .integers = true,
     .out = {LNG_VALUES(4, 5, 6)}},
};
static const lng_case cases[] = {{.in = {LNG_DIMS(3, 5)}, .attr = {{.i = -1}, {.i = 1}}}};
LNG_OP_CASES(loop_step);
#endif
