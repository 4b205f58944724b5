/* y = the sum over axes of a times b, whose products are not stored. */
#include "op/sum.h"

static void naive(const lng_naive_call *call)
{
    naive_sum(call, 1);
}

#ifdef LNG_FAST
static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    return n->in[0]->per_example == n->in[1]->per_example ? lng_prepare_sum(n, 1, arena) : (lng_prepared){0};
}
#endif

LNG_KERNELS(sum_product, naive, prepare);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    return lng_infer_expect(r, 1, r->in[0]->shape) && infer_reduction(r);
}

const lng_op lng_op_sum_product = {
    .name = "sum_product",
    .about = "the sum over axes of a product",
    .math = "y = sum(a b): each product is rounded, and added up as in sum",
    .flags = LNG_OP_HIDDEN,
    LNG_IN({"a", LNG_FLOAT_ONLY, "a factor"}, {"b", LNG_FLOAT_ONLY, "a value of the same kind and shape"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the sums"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer,
    .no_vjp = "it is made after differentiation",
    .example = "made of a sum of products",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6), LNG_ARRAY(LNG_DIMS(2, 3), 1, 0, 2, -1, 10, 1)},
     .attr = {{.v = LNG_DIMS(0)}},
     .out = {LNG_VALUES(-3, 50, 12)}},
    {.in = {LNG_VALUES(0x1.000002p0, -1), LNG_VALUES(0x1.000002p0, 0x1.000004p0)},
     .out = {LNG_NUMBER(0)}}, /* the square is rounded */
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(7), LNG_DIMS(7)}},
    {.in = {LNG_DIMS(90, 21), LNG_DIMS(90, 21)}, .attr = {{.v = LNG_DIMS(0)}}},
    {.in = {LNG_DIMS(3, 70), LNG_DIMS(3, 70)}, .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}}},
    {.in = {LNG_DIMS(2, 3, 4), LNG_DIMS(2, 3, 4)}, .attr = {{.v = LNG_DIMS(1)}}},
};
LNG_OP_CASES(sum_product);
#endif
