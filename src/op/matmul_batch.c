/* y = a' b summed over the batch: the adjoint of shared weights in a product. */
#include "op/kernel.h"
#ifdef LNG_FAST
#include "kernel/outer.h"
#endif

static void naive(const lng_naive_call *call)
{
    const lng_node *node = call->node;
    const int64_t rows = node->in[0]->shape.dim[0], I = node->in[0]->shape.dim[1], J = node->in[1]->shape.dim[1];
    const bool a_lanes = node->in[0]->per_example, b_lanes = node->in[1]->per_example;
    for (int64_t i = 0; i < I; i++)
        for (int64_t j = 0; j < J; j++) {
            real sum = 0;
            for (int l = 0; l < call->live; l++)
                for (int64_t m = 0; m < rows; m++)
                    sum =
                        real_fma((&F(call->in[0], m * I + i))[a_lanes ? l : 0], (&F(call->in[1], m * J + j))[b_lanes ? l : 0], sum);
            F(call->out[0], i * J + j) = sum;
        }
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    lng_outer_run(call->prepared, call->live, call->add, call->in[0], call->in[1], call->out[0], call->scratch);
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example)
        return (lng_prepared){0};
    lng_outer *k = LNG_NEW(arena, lng_outer);
    *k = (lng_outer){n->in[0]->shape.dim[0], n->in[0]->shape.dim[1], n->in[1]->shape.dim[1]};
    return (lng_prepared){.kernel = fast, .data = k, .scratch = lng_outer_scratch(k)};
}
#endif
LNG_KERNELS(matmul_batch, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    char text[2][LNG_SHAPE_TEXT];
    const lng_shape a = r->in[0]->shape, b = r->in[1]->shape;
    if (a.rank != 2)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "matmul_batch expects `a` to be [m, i], got %s", lng_shape_text(text[0], a));
    if (b.rank != 2 || b.dim[0] != a.dim[0])
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "matmul_batch of %s expects `b` to be [%lld, j], got %s",
                                 lng_shape_text(text[0], a), (long long)a.dim[0], lng_shape_text(text[1], b));
    r->shape[0] = lng_shape_of(2, a.dim[1], b.dim[1]);
    return true;
}

/* Linear in a and in b. */
static void vjp(lng_vjp *r)
{
    lng_value *a = r->node->in[0], *b = r->node->in[1];
    if (r->wants[0])
        r->gin[0] = lng_matmul(r->graph, b, false, r->gout[0], true);
    if (r->wants[1])
        r->gin[1] = lng_matmul(r->graph, a, false, r->gout[0], false);
}

static int64_t cost(const lng_node *n)
{
    return lng_shape_size(n->in[0]->shape) * n->in[1]->shape.dim[1];
}

const lng_op lng_op_matmul_batch = {
    .name = "matmul_batch",
    .about = "the product of two matrices, summed over the batch",
    .math =
        "y[i, j] = the sum of a[m, i] b[m, j] over the examples and m: within a slice from +0, one fused multiply-add for each live "
        "lane in order and, within it, each m in ascending order",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH,
    LNG_IN({"a", LNG_FLOAT_ONLY, "[m, i]"}, {"b", LNG_FLOAT_ONLY, "[m, j]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "[i, j]"}),
    .infer = infer,
    .vjp = vjp,
    .cost = cost,
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

/* of a batch of one example */
static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(1, 2), 1, 2), LNG_ARRAY(LNG_DIMS(1, 2), 1, 10)}, .out = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 10, 2, 20)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(2, 2), 1, 10, 100, 1000)},
     .out = {LNG_ARRAY(LNG_DIMS(1, 2), 201, 2010)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1, 7), LNG_DIMS(1, 5)}},  {.in = {LNG_DIMS(1, 1), LNG_DIMS(1, 1)}},
    {.in = {LNG_DIMS(1, 3), LNG_DIMS(1, 33)}}, {.in = {LNG_DIMS(3, 20), LNG_DIMS(3, 18)}},
    {.in = {LNG_DIMS(2, 5), LNG_DIMS(2, 16)}},
};
LNG_OP_CASES(matmul_batch);
#endif
