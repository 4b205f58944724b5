/* y = x of another example of the batch: the examples moved along the batch, and what leaves it at the end back at the start. */
#include "op/kernel.h"
#include <string.h>

/* From where an example of a slice stands to where the example is that it gets the numbers of. */
static ptrdiff_t way(const lng_node *n, int place, int batch, ptrdiff_t apart)
{
    const int64_t live = place < batch ? place : batch - 1,
                  from = ((live - n->attr[LNG_BATCH_ROLL_SHIFT].i) % batch + batch) % batch;
    return (ptrdiff_t)(from / LNG_LANES - place / LNG_LANES) * apart + (ptrdiff_t)(from % LNG_LANES - place % LNG_LANES);
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    const ptrdiff_t to = way(n, call->place, call->context->batch, call->apart);
    const bool integer = n->out[0].dtype == LNG_I32;
    const lng_view x = {integer ? (void *)((int32_t *)call->in[0].at + to) : (void *)((real *)call->in[0].at + to),
                        call->in[0].step};
    for (int64_t e = 0, size = lng_shape_size(n->out[0].shape); e < size; e++)
        if (integer)
            I(call->out[0], e) = I(x, e);
        else
            F(call->out[0], e) = F(x, e);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const int64_t size = lng_shape_size(call->node->out[0].shape);
    const float *from[LNG_LANES];
    float *y = call->out[0];
    for (int l = 0; l < LNG_LANES; l++)
        from[l] = (const float *)call->in[0] + l + way(call->node, call->place + l, call->context->batch, call->apart);
    for (int64_t e = 0; e < size * LNG_LANES; e += LNG_LANES)
        for (int l = 0; l < LNG_LANES; l++)
            memcpy(y + e + l, from[l] + e, sizeof *y); /* of any dtype */
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(batch_roll, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static void vjp(lng_vjp *r)
{
    const lng_attr back[LNG_MAX_ATTR] = {[LNG_BATCH_ROLL_SHIFT] = {.i = -r->node->attr[LNG_BATCH_ROLL_SHIFT].i}};
    r->gin[0] = lng_emit(r->graph, &lng_op_batch_roll, r->gout, 1, back, NULL);
}

const lng_op lng_op_batch_roll = {
    .name = "batch_roll",
    .about = "the value that another example of the batch has",
    .math =
        "y of example i is x of example i - shift; the examples before the first of a batch are those at its end. A batch of one "
        "example gets its own. In evaluation, too, it is the batch at hand that counts: write `if training` where no example "
        "should depend on others",
    .flags = LNG_OP_ACROSS | LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "a per-example value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "that of another example"}),
    LNG_ATTRS([LNG_BATCH_ROLL_SHIFT] = {"shift", LNG_ATTR_INT, .fallback = {.i = 1}, .low = -65536, .high = 65536,
                                        .about = "by how many places the examples move"}),
    .infer = lng_infer_arithmetic,
    .vjp = vjp,
    .trial = "[3]",
    .example = "- 0.9 * it + 0.1 * batch_roll(it) if training else it",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* of a batch of one example */
static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, -2, 3)}, .default_attr = true, .out = {LNG_VALUES(1, -2, 3)}},
    {.in = {LNG_VALUES(7)}, .attr = {{.i = -3}}, .integers = true, .out = {LNG_VALUES(7)}},
};
static const lng_case cases[] = {
    LNG_UNARY_CASES(.default_attr = true),
    {.in = {LNG_DIMS(3)}, .attr = {{.i = -1}}},
    {.in = {LNG_DIMS(2, 2)}, .attr = {{.i = 18}}},
    {.in = {LNG_DIMS(4)}, .attr = {{.i = 1}}, .integers = true},
};
LNG_OP_CASES(batch_roll);
#endif
