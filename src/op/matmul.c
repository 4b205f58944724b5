/* y = a b: the last dimension of a against the first of b. */
#include "op/kernel.h"
#ifdef LNG_FAST
#include "op/product.h"
#endif

/* y[m][n] = the sum of a[m][k] b[k][n]: the sizes, and the operands' strides in elements. */
typedef struct dims {
    int64_t m, n, k, a_m, a_k, b_k, b_n;
} dims;

static dims dims_of(const lng_node *node)
{
    const lng_shape a = node->in[0]->shape, b = node->in[1]->shape;
    const bool ta = node->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = node->attr[LNG_MATMUL_TRANSPOSE_B].i;
    dims p = {.k = a.dim[ta ? 0 : a.rank - 1], .n = b.dim[tb ? 0 : 1]};
    p.m = lng_shape_size(a) / p.k;
    p.a_m = ta ? 1 : p.k;
    p.a_k = ta ? p.m : 1;
    p.b_k = tb ? 1 : p.n;
    p.b_n = tb ? p.k : 1;
    return p;
}

static void naive(const lng_naive_call *call)
{
    const dims p = dims_of(call->node);
    for (int64_t m = 0; m < p.m; m++)
        for (int64_t n = 0; n < p.n; n++) {
            real sum = 0;
            for (int64_t k = 0; k < p.k; k++)
                sum = real_fma(F(call->in[0], m * p.a_m + k * p.a_k), F(call->in[1], k * p.b_k + n * p.b_n), sum);
            F(call->out[0], m * p.n + n) = sum;
        }
}

#ifdef LNG_FAST
/* One run for each row; in a transposed a, one for each tap. */
static const lng_product *product_of(const lng_node *n, lng_arena *arena)
{
    const dims d = dims_of(n);
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
    *p = (lng_product){group, 1, (int)d.n, (int32_t)d.b_k, (int32_t)d.b_n, lng_product_chunk(d.k * d.n)};
    return p;
}
#endif
LNG_KERNELS(matmul, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    char text[2][LNG_SHAPE_TEXT];
    const lng_shape a = r->in[0]->shape, b = r->in[1]->shape;
    const bool ta = r->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = r->attr[LNG_MATMUL_TRANSPOSE_B].i;
    if (a.rank < 1 || (ta && a.rank != 2))
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "matmul expects `a` to be %s, got %s", ta ? "[k, m]" : "[..., k]",
                                 lng_shape_text(text[0], a));
    if (b.rank != 2)
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "matmul expects `b` to be %s, got %s", tb ? "[n, k]" : "[k, n]",
                                 lng_shape_text(text[0], b));
    const int64_t k = a.dim[ta ? 0 : a.rank - 1];
    if (k != b.dim[tb ? 1 : 0])
        return lng_infer_fail_in(r, 1, LNG_E_SHAPE, "%s%s @ %s%s: the inner dimensions are %lld and %lld",
                                 lng_shape_text(text[0], a), ta ? " transposed" : "", lng_shape_text(text[1], b),
                                 tb ? " transposed" : "", (long long)k, (long long)b.dim[tb ? 1 : 0]);
    r->shape[0] = ta ? lng_shape_of(2, a.dim[1], a.dim[1]) : a;
    r->shape[0].dim[r->shape[0].rank - 1] = b.dim[tb ? 0 : 1];
    return true;
}

static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    const dims p = dims_of(r->node);
    const bool ta = r->node->attr[LNG_MATMUL_TRANSPOSE_A].i, tb = r->node->attr[LNG_MATMUL_TRANSPOSE_B].i;
    lng_value *a = r->node->in[0], *b = r->node->in[1], *y = r->gout[0];
    if (r->wants[0])
        r->gin[0] = ta ? lng_matmul(g, b, tb, y, true) : lng_matmul(g, y, false, b, !tb);
    if (!r->wants[1])
        return;
    lng_value *rows = lng_reshape(g, y, lng_shape_of(2, p.m, p.n));
    lng_value *left = ta ? a : lng_reshape(g, a, lng_shape_of(2, p.m, p.k));
    r->gin[1] = tb ? lng_matmul(g, rows, true, left, ta) : lng_matmul(g, left, !ta, rows, false);
}

/* The sum over the batch of a' b, with a and b [m, ...], is a product over the batch, too. */
static lng_value *contract(lng_graph *g, const lng_node *n)
{
    return n->attr[LNG_MATMUL_TRANSPOSE_A].i && !n->attr[LNG_MATMUL_TRANSPOSE_B].i
               ? lng_binary(g, &lng_op_matmul_batch, n->in[0], n->in[1])
               : NULL;
}

static int64_t cost(const lng_node *n)
{
    const dims p = dims_of(n);
    return p.m * p.n * p.k;
}

const lng_op lng_op_matmul = {
    .name = "matmul",
    .about = "the matrix product; written a @ b",
    .math = "y[.., n] = the sum of a[.., k] b[k, n]: from +0, one fused multiply-add for each k in ascending order",
    .flags = LNG_OP_SLICE_SPLITS,
    LNG_IN({"a", LNG_FLOAT_ONLY, "[..., k]; [k, m] if transposed"}, {"b", LNG_FLOAT_ONLY, "[k, n]; [n, k] if transposed"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "[..., n]"}),
    LNG_ATTRS([LNG_MATMUL_TRANSPOSE_A] = {.name = "transpose_a", .type = LNG_ATTR_BOOL, .about = "whether a is given as [k, m]"},
              [LNG_MATMUL_TRANSPOSE_B] = {.name = "transpose_b", .type = LNG_ATTR_BOOL, .about = "whether b is given as [n, k]"}),
    .infer = infer,
    .vjp = vjp,
    .contract = contract,
    .cost = cost,
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
};
LNG_OP_CASES(matmul);
#endif
