/* y = a' b summed over the batch: the adjoint of shared weights in a product. */
#include "op/batches.h"
#ifdef LNG_FAST
#include "base/assert.h"
#include "kernel/outer.h"
#endif

typedef struct dims {
    int64_t rows, i, j;
    batches batches;
} dims;

static dims dims_of(const lng_node *n)
{
    const lng_shape a = n->in[0]->shape, b = n->in[1]->shape;
    return (dims){a.dim[a.rank - 2], a.dim[a.rank - 1], b.dim[b.rank - 1], batches_of(n)};
}

static void naive(const lng_naive_call *call)
{
    const dims d = dims_of(call->node);
    const bool a_lanes = call->node->in[0]->per_example, b_lanes = call->node->in[1]->per_example;
    for (int64_t e = 0, size = lng_shape_size(call->node->out[0].shape); e < size; e++) {
        const int64_t batch = e / (d.i * d.j), a = batch_of_a(&d.batches, batch) * d.rows * d.i + e / d.j % d.i,
                      b = batch_of_b(&d.batches, batch) * d.rows * d.j + e % d.j;
        real sum = 0;
        for (int l = 0; l < call->live; l++)
            for (int64_t m = 0; m < d.rows; m++)
                sum =
                    real_fma((&F(call->in[0], a + m * d.i))[a_lanes ? l : 0], (&F(call->in[1], b + m * d.j))[b_lanes ? l : 0], sum);
        F(call->out[0], e) = sum;
    }
}

#ifdef LNG_FAST
typedef struct outers {
    lng_outer each;
    batches batches;
} outers;

_Static_assert(LNG_MAX_ROWWISE <= 1 << LNG_OUTER_LEVELS, "a tile has room for the tree over all slices");

static void fast(const lng_call *call)
{
    const outers *p = call->prepared;
    const lng_outer *k = &p->each;
    const lng_outer_slices all = {call->slices, call->in_step[0], call->in_step[1], call->live};
    lng_outer_rows rows = {k->i * call->part / call->parts, k->i * (call->part + 1) / call->parts, call->add, call->claim};
    bool finite = true;
    LNG_ASSERT(!call->claim || p->batches.n == 1);
    for (int64_t n = 0; n < p->batches.n; n++)
        finite &= lng_outer_run(k, all, rows, (const float *)call->in[0] + batch_of_a(&p->batches, n) * k->rows * k->i * LNG_LANES,
                                (const float *)call->in[1] + batch_of_b(&p->batches, n) * k->rows * k->j * LNG_LANES,
                                (float *)call->out[0] + n * k->i * k->j, call->scratch);
    if (call->finite)
        *call->finite &= finite;
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->in[0]->per_example || !n->in[1]->per_example)
        return (lng_prepared){0};
    const dims d = dims_of(n);
    outers *p = LNG_NEW(arena, outers);
    *p = (outers){{d.rows, d.i, d.j}, d.batches};
    return (lng_prepared){.kernel = fast,
                          .data = p,
                          .scratch = lng_outer_scratch(&p->each),
                          .once = (size_t)lng_shape_size(n->out[0].shape) * sizeof(float)};
}
#endif
LNG_KERNELS(matmul_batch, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    char text[2][LNG_SHAPE_TEXT];
    const lng_shape a = r->in[0]->shape, b = r->in[1]->shape;
    if (a.rank < 2)
        return lng_infer_fail_operand(r, 0, "[..., m, i]");
    lng_shape y = leading(a);
    if (b.rank < 2 || b.dim[b.rank - 2] != a.dim[a.rank - 2] || !lng_shape_broadcast(&y, leading(b)))
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "matmul_batch of %s expects `b` to be [..., %lld, j], got %s",
                                 lng_shape_text(text[0], a), (long long)a.dim[a.rank - 2], lng_shape_text(text[1], b));
    y.dim[y.rank++] = a.dim[a.rank - 1];
    y.dim[y.rank++] = b.dim[b.rank - 1];
    r->shape[0] = y;
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
    const dims d = dims_of(n);
    return d.batches.n * d.rows * d.i * d.j;
}

const lng_op lng_op_matmul_batch = {
    .name = "matmul_batch",
    .about = "the product of two matrices, summed over the batch",
    .math =
        "y[.., i, j] = the sum of a[.., m, i] b[.., m, j] over the examples and m: within a slice from +0, one fused multiply-add for each live "
        "lane in order and, within it, each m in ascending order",
    .flags = LNG_OP_HIDDEN | LNG_OP_BATCH | LNG_OP_ROWWISE,
    LNG_IN({"a", LNG_FLOAT_ONLY, "[..., m, i]"}, {"b", LNG_FLOAT_ONLY, "[..., m, j]"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "[..., i, j]"}),
    .infer = infer,
    .vjp = vjp,
    .cost = cost,
    .trial = "[1, 3] [1, 5] | [3, 2, 4] [3, 2, 5]",
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
    {.in = {LNG_DIMS(1, 7), LNG_DIMS(1, 5)}},           {.in = {LNG_DIMS(1, 1), LNG_DIMS(1, 1)}},
    {.in = {LNG_DIMS(1, 3), LNG_DIMS(1, 33)}},          {.in = {LNG_DIMS(3, 20), LNG_DIMS(3, 18)}},
    {.in = {LNG_DIMS(2, 5), LNG_DIMS(2, 16)}},          {.in = {LNG_DIMS(3, 2, 5), LNG_DIMS(3, 2, 7)}},
    {.in = {LNG_DIMS(2, 1, 2, 3), LNG_DIMS(3, 2, 17)}}, {.in = {LNG_DIMS(2, 5), LNG_DIMS(3, 2, 2)}},
    {.in = {LNG_DIMS(17, 7), LNG_DIMS(17, 19)}},        {.in = {LNG_DIMS(1, 53), LNG_DIMS(1, 4)}},
    {.in = {LNG_DIMS(9, 50), LNG_DIMS(9, 2)}},
};
LNG_OP_CASES(matmul_batch);
#endif
