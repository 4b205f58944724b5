/* y = a b: the last dimension of a against the last but one of b. Further dimensions before those two go together, or stretch. */
#include "op/batches.h"
#ifdef LNG_FAST
#include "kernel/matrix.h"
#include "kernel/panels.h"
#include "op/product.h"
#endif

/* y[m][n] = the sum of a[m][k] b[k][n]: the sizes, and the operands' strides in elements. */
typedef struct dims {
    int64_t m, n, k, a_m, a_k, b_k, b_n;
} dims;

/* One b for all rows of a, which are then the rows of one matrix. */
static bool is_plain(const lng_node *node)
{
    return node->in[1]->shape.rank == 2 && (node->in[0]->shape.rank <= 2 || !node->attr[LNG_MATMUL_TRANSPOSE_A].i);
}

static dims dims_of(const lng_node *node)
{
    const lng_shape a = node->in[0]->shape, b = node->in[1]->shape;
    const bool ta = node->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = node->attr[LNG_MATMUL_TRANSPOSE_B].i;
    dims p = {.k = a.dim[a.rank - (ta ? 2 : 1)], .n = b.dim[b.rank - (tb ? 2 : 1)]};
    p.m = is_plain(node) ? lng_shape_size(a) / p.k : a.rank == 1 ? 1 : a.dim[a.rank - (ta ? 1 : 2)];
    p.a_m = ta ? 1 : p.k;
    p.a_k = ta ? p.m : 1;
    p.b_k = tb ? 1 : p.n;
    p.b_n = tb ? p.k : 1;
    return p;
}

static batches batches_of_node(const lng_node *node)
{
    return is_plain(node) ? (batches){.n = 1} : batches_of(node);
}

#ifdef LNG_NAIVE
static void naive(const lng_naive_call *call)
{
    const dims p = dims_of(call->node);
    const batches all = batches_of_node(call->node);
    for (int64_t i = 0; i < all.n; i++) {
        const int64_t a = batch_of_a(&all, i) * p.m * p.k, b = batch_of_b(&all, i) * p.k * p.n, y = i * p.m * p.n;
        for (int64_t m = 0; m < p.m; m++)
            for (int64_t n = 0; n < p.n; n++) {
                real sum = 0;
                for (int64_t k = 0; k < p.k; k++)
                    sum = real_fma(F(call->in[0], a + m * p.a_m + k * p.a_k), F(call->in[1], b + k * p.b_k + n * p.b_n), sum);
                F(call->out[0], y + m * p.n + n) = sum;
            }
    }
}
#endif

#ifdef LNG_FAST
#define LEAST_WIDE 8192 /* weights: from here on, rows of a power of two compete for the lines of the first cache */
#define LEAST_ROWS 2

static matrices weights_of(const lng_node *n)
{
    const dims d = dims_of(n);
    return (matrices){1, d.n, d.k};
}

/* One run for each row; in a transposed a, one for each tap. */
static const lng_product *product_of(const lng_node *n, bool turned, lng_arena *arena)
{
    dims d = dims_of(n);
    if (turned)
        d.b_k = d.n, d.b_n = 1;
    const bool strided = d.a_k != 1;
    lng_run *run = LNG_NEW_N(arena, strided ? (size_t)d.k : 1, lng_run);
    lng_point *point = LNG_NEW_N(arena, (size_t)d.m, lng_point);
    lng_group *group = LNG_NEW(arena, lng_group);
    *run = (lng_run){.n = (int32_t)d.k};
    for (int64_t i = 0; strided && i < d.k; i++)
        run[i] = (lng_run){(int32_t)(i * d.a_k), (int32_t)(i * d.b_k), 1};
    for (int64_t i = 0; i < d.m; i++)
        point[i] = (lng_point){(int32_t)(i * d.a_m), 0, (int32_t)(i * d.n)};
    *group = (lng_group){run, point, strided ? (int)d.k : 1, (int)d.m};
    lng_product *p = LNG_NEW(arena, lng_product);
    *p = (lng_product){group, 1, (int)d.n, (int32_t)d.b_k, (int32_t)d.b_n, lng_product_chunk(d.k * d.n), .bands = 1};
    return p;
}

/* All other kinds and shapes. */
typedef struct in_lanes {
    lng_matrix matrix;
    batches batches;
} in_lanes;

static void each_matrix(const lng_call *call)
{
    const in_lanes *p = call->prepared;
    const lng_matrix *x = &p->matrix;
    const int64_t rows = p->batches.n * x->m, end = rows * (call->part + 1) / call->parts;
    for (int64_t row = rows * call->part / call->parts; row < end;) {
        const int64_t i = row / x->m, from = row % x->m, rest = end - row, to = x->m - from < rest ? x->m : from + rest;
        lng_matrix_run(x, from, to,
                       (const float *)call->in[0] + batch_of_a(&p->batches, i) * x->m * x->k * (x->a_lanes ? LNG_LANES : 1),
                       (const float *)call->in[1] + batch_of_b(&p->batches, i) * x->k * x->n * (x->b_lanes ? LNG_LANES : 1),
                       (float *)call->out[0] + i * x->m * x->n * LNG_LANES);
        row += to - from;
    }
}

/* The same of single values. Matrices of b that follow each other are often the same one. */
static void each_single(const lng_call *call)
{
    const single *s = call->prepared;
    const dims d = dims_of(call->node);
    const batches all = batches_of(call->node);
    const float *w = NULL;
    for (int64_t i = 0, at = -1; i < all.n; i++) {
        if (batch_of_b(&all, i) != at) {
            at = batch_of_b(&all, i);
            w = turn_weights(s, (const float *)call->in[1] + at * d.k * d.n, call->scratch);
        }
        lng_row_product_run(s->product, call->part, call->parts, (const float *)call->in[0] + batch_of_a(&all, i) * d.m * d.k, w,
                            (float *)call->out[0] + i * d.m * d.n);
    }
}

/* Per-example rows by a large shared matrix whose outputs are adjacent. If the rows of all slices are many or the matrix is larger than a cache, a
 * copy of it in panels pays. (A transposed one is read in the order in which it lies.) */
typedef struct in_rows {
    const lng_product *product;
    lng_panels panels;
} in_rows;

static void each_row(const lng_call *call)
{
    const in_rows *p = call->prepared;
    const lng_panel_slices all = {call->slices, call->in_step[0], call->out_step[0]};
    const float *x = call->in[0];
    float *y = call->out[0];
    const bool many = p->panels.rows * all.n >= LEAST_ROWS || p->panels.taps * p->panels.outputs > LNG_PRODUCT_MANY;
    if (call->parts == 1 && many)
        lng_panels_run(&p->panels, all, x, call->in[1], y, call->scratch);
    else
        for (int s = 0; s < all.n; s++)
            lng_product_run(p->product, false, call->part, call->parts, x + s * all.x, call->in[1], y + s * all.y);
}

static bool is_wide(const lng_node *n)
{
    const dims d = dims_of(n);
    return is_plain(n) && n->in[0]->per_example && !n->in[1]->per_example && d.a_k == 1 && d.b_n == 1 && d.k * d.n >= LEAST_WIDE;
}

static lng_prepared prepare_rows(const lng_node *n, lng_arena *arena)
{
    const dims d = dims_of(n);
    in_rows *p = LNG_NEW(arena, in_rows);
    *p = (in_rows){product_of(n, false, arena), {d.m, d.k, d.n, d.b_k}};
    return (lng_prepared){.kernel = each_row, .data = p, .scratch = LNG_PANEL_SCRATCH, .once = (size_t)(d.k * d.n) * sizeof(float)};
}

static lng_prepared prepare_matmul(const lng_node *n, lng_arena *arena)
{
    if (is_wide(n))
        return prepare_rows(n, arena);
    if (is_plain(n) && !n->in[1]->per_example)
        return prepare(n, arena);
    if (!n->out[0].per_example)
        return prepare_single(n, each_single, arena);
    const dims d = dims_of(n);
    in_lanes *p = LNG_NEW(arena, in_lanes);
    *p = (in_lanes){{d.m, d.n, d.k, d.a_m, d.a_k, d.b_k, d.b_n, n->in[0]->per_example, n->in[1]->per_example}, batches_of_node(n)};
    return (lng_prepared){.kernel = each_matrix, .data = p};
}
#endif
LNG_ALWAYS_FAST(matmul, naive, prepare_matmul);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    char text[2][LNG_SHAPE_TEXT];
    const lng_shape a = r->in[0]->shape, b = r->in[1]->shape;
    const bool ta = r->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = r->attr[LNG_MATMUL_TRANSPOSE_B].i;
    if (a.rank < (ta ? 2 : 1))
        return lng_infer_fail_operand(r, 0, ta ? "[..., k, m]" : "[..., k]");
    if (b.rank < 2)
        return lng_infer_fail_operand(r, 1, tb ? "[..., n, k]" : "[..., k, n]");
    const int64_t k = a.dim[a.rank - (ta ? 2 : 1)], other = b.dim[b.rank - (tb ? 1 : 2)];
    if (k != other)
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "%s%s @ %s%s: the inner dimensions are %lld and %lld",
                                 lng_shape_text(text[0], a), ta ? " transposed" : "", lng_shape_text(text[1], b),
                                 tb ? " transposed" : "", (long long)k, (long long)other);
    lng_shape y = leading(a);
    if (!lng_shape_broadcast(&y, leading(b)))
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "%s @ %s: the dimensions before the last two must be equal or stretch from 1",
                                 lng_shape_text(text[0], a), lng_shape_text(text[1], b));
    if (a.rank > 1)
        y.dim[y.rank++] = a.dim[a.rank - (ta ? 1 : 2)];
    y.dim[y.rank++] = b.dim[b.rank - (tb ? 2 : 1)];
    r->shape[0] = y;
    return true;
}

static lng_value *with_last_two(lng_graph *g, lng_value *x, lng_shape before, int64_t rows, int64_t columns)
{
    before.dim[before.rank++] = rows;
    before.dim[before.rank++] = columns;
    return lng_reshape(g, x, before);
}

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    const dims p = dims_of(r->node);
    const bool ta = r->node->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = r->node->attr[LNG_MATMUL_TRANSPOSE_B].i;
    lng_value *a = r->node->in[0], *b = r->node->in[1], *y = r->gout[0];
    if (a->shape.rank == 1) { /* as one row */
        y = with_last_two(g, y, leading(b->shape), 1, p.n);
        a = with_last_two(g, a, (lng_shape){0}, 1, p.k);
    }
    if (r->wants[0])
        r->gin[0] = ta ? lng_matmul(g, b, tb, y, true) : lng_matmul(g, y, false, b, !tb);
    if (!r->wants[1])
        return;
    if (is_plain(r->node)) {
        y = with_last_two(g, y, (lng_shape){0}, p.m, p.n);
        a = ta ? a : with_last_two(g, a, (lng_shape){0}, p.m, p.k);
    }
    r->gin[1] = tb ? lng_matmul(g, y, true, a, ta) : lng_matmul(g, a, !ta, y, false);
}

/* The sum over the batch of a' b, with a and b [..., m, .], is a product over the batch, too. */
static lng_value *contract(lng_graph *g, const lng_node *n)
{
    return n->attr[LNG_MATMUL_TRANSPOSE_A].i && !n->attr[LNG_MATMUL_TRANSPOSE_B].i
               ? lng_binary(g, &lng_op_matmul_batch, n->in[0], n->in[1])
               : NULL;
}

/* The turns are further rows of a and b. */
static lng_value *contract_turns(lng_graph *g, const lng_node *n, lng_value *const *stacked)
{
    const lng_shape a = n->in[0]->shape, b = n->in[1]->shape;
    if (!n->attr[LNG_MATMUL_TRANSPOSE_A].i || n->attr[LNG_MATMUL_TRANSPOSE_B].i || a.rank != 2 || b.rank != 2)
        return NULL;
    const int64_t rows = stacked[0]->shape.dim[0] * a.dim[0];
    return lng_matmul(g, with_last_two(g, stacked[0], (lng_shape){0}, rows, a.dim[1]), true,
                      with_last_two(g, stacked[1], (lng_shape){0}, rows, b.dim[1]), false);
}

static int64_t cost(const lng_node *n)
{
    const dims p = dims_of(n);
    return batches_of_node(n).n * p.m * p.n * p.k;
}

const lng_op lng_op_matmul = {
    .name = "matmul",
    .about = "the matrix product; written a @ b",
    .math = "y[.., m, n] = the sum of a[.., m, k] b[.., k, n]: from +0, one fused multiply-add for each k in ascending order; the "
            "dimensions before are equal or stretch from 1, and a may be a vector",
    .flags = LNG_OP_SLICE_SPLITS,
    LNG_IN({"a", LNG_FLOAT_ONLY, "[..., m, k], or [k]; [..., k, m] if transposed"},
           {"b", LNG_FLOAT_ONLY, "[..., k, n]; [..., n, k] if transposed"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "[..., m, n], or [..., n]"}),
    LNG_ATTRS([LNG_MATMUL_TRANSPOSE_A] = {.name = "transpose_a",
                                          .type = LNG_ATTR_BOOL,
                                          .about = "whether a is given as [..., k, m]"},
              [LNG_MATMUL_TRANSPOSE_B] = {.name = "transpose_b",
                                          .type = LNG_ATTR_BOOL,
                                          .about = "whether b is given as [..., n, k]"}),
    .infer = infer,
    .vjp = vjp,
    .contract = contract,
    .contract_turns = contract_turns,
    .cost = cost,
    .trial = "[7] [7, 5] | [4, 3] [2, 4] transpose_a=1 transpose_b=1 | [2, 5, 3] [2, 3, 4]",
    .example = "params: {W: 'glorot_uniform([784, 10])'}\ngraph:\n  - flatten(image / 255)\n  - softmax(it @ W)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2), LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 10, 20, 30)},
     .default_attr = true,
     .out = {LNG_VALUES(21, 42, 63)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 1), 1, 10)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 21, 43)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(2, 2), 1, 10, 100, 1000)},
     .attr = {{.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(1, 2), 201, 2010)}},
    {.in = {LNG_VALUES(1, 2), LNG_ARRAY(LNG_DIMS(1, 2), 1, 10)}, .attr = {{0}, {.i = 1}}, .out = {LNG_VALUES(21)}},
    {.in = {LNG_VALUES(0x1p60, 1, -0x1p60), LNG_ARRAY(LNG_DIMS(3, 1), 1, 1, 1)},
     .default_attr = true,
     .out = {LNG_VALUES(0)}}, /* in order: the 1 is lost */
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 10, 100, 1000)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 1, 1), 21, 4300)}},
    {.in = {LNG_VALUES(1, 2), LNG_ARRAY(LNG_DIMS(2, 2, 1), 1, 10, 100, 1000)},
     .default_attr = true,
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 21, 2100)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1, 1, 2), 1, 2, 3, 4), LNG_ARRAY(LNG_DIMS(2, 1, 2), 1, 10, 100, 1000)},
     .attr = {{0}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 2, 1, 1), 21, 2100, 43, 4300)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7), LNG_DIMS(7, 5)}, .default_attr = true},
    {.in = {LNG_DIMS(19), LNG_DIMS(19, 41)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 4), LNG_DIMS(4, 2)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 3, 4), LNG_DIMS(4, 6)}, .default_attr = true},
    {.in = {LNG_DIMS(1), LNG_DIMS(1, 1)}, .default_attr = true},
    {.in = {LNG_DIMS(4, 3), LNG_DIMS(4, 2)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(9), LNG_DIMS(31, 9)}, .attr = {{0}, {.i = 1}}},
    {.in = {LNG_DIMS(2, 5), LNG_DIMS(3, 5)}, .attr = {{0}, {.i = 1}}},
    {.in = {LNG_DIMS(4, 3), LNG_DIMS(2, 4)}, .attr = {{.i = 1}, {.i = 1}}},
    {.in = {LNG_DIMS(5, 7), LNG_DIMS(7, 9)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 5, 3), LNG_DIMS(2, 3, 8)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 5, 3), LNG_DIMS(2, 7, 3)}, .attr = {{0}, {.i = 1}}},
    {.in = {LNG_DIMS(2, 1, 3, 5), LNG_DIMS(4, 3, 2)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(3, 4, 2), LNG_DIMS(4, 3)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(4), LNG_DIMS(3, 4, 2)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 3), LNG_DIMS(2, 5, 2)}, .attr = {{.i = 1}, {.i = 1}}, .n_in = 2},
};
LNG_OP_CASES(matmul);
#endif
