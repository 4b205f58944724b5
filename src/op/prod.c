/* y = the product of x over axes. */
#include "op/reduce.h"

static void naive(const lng_naive_call *call)
{
    reduction r;
    reduction_of(&r, call->node);
    int64_t kept[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        int64_t reduced[LNG_MAX_RANK] = {0};
        ptrdiff_t x = at[0];
        real product = 1;
        do
            product *= F(call->in[0], x);
        while (lng_nest_next(&r.reduced, r.reduced.rank, 1, reduced, &x));
        F(call->out[0], at[1]) = product;
    } while (lng_nest_next(&r.kept, r.kept.rank, 2, kept, at));
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const reduction *r = call->prepared;
    const lng_nest *w = &r->reduced;
    const int inner = w->rank - 1;
    int64_t kept[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        int64_t reduced[LNG_MAX_RANK] = {0};
        const float *x = (const float *)call->in[0] + at[0];
        ptrdiff_t from = 0;
        v16 product = v_set1(1);
        do
            for (int64_t i = 0; i < w->extent[inner]; i++)
                product = v_mul(product, v_load(x + from + i * w->step[0][inner]));
        while (lng_nest_next(w, inner, 1, reduced, &from));
        v_store((float *)call->out[0] + at[1], product);
    } while (lng_nest_next(&r->kept, r->kept.rank, 2, kept, at));
}

static lng_prepared prepare(const lng_node *n, lng_arena *arena)
{
    if (!n->out[0].per_example)
        return (lng_prepared){0};
    reduction *r = LNG_NEW(arena, reduction);
    reduction_of(r, n);
    reduction_scale(r, true);
    return (lng_prepared){.kernel = fast, .data = r};
}
#endif
LNG_KERNELS(prod, naive, prepare);

#ifdef LNG_TABLE
/* x with the axes in another order. */
static lng_value *permuted(lng_graph *g, lng_value *x, lng_shape order)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_TRANSPOSE_PERM] = {.v = order}};
    return lng_emit(g, &lng_op_transpose, &x, 1, attr, NULL);
}

/* The products of the numbers of each row that come before a number, or after it. */
static lng_value *of_the_rest(lng_graph *g, lng_value *rows, bool after)
{
    lng_value *others = lng_shift(g, rows, 1, !after, 1);
    if (rows->shape.dim[1] == 1)
        return others;
    const lng_attr product[LNG_MAX_ATTR] = {
        [LNG_RECURRENCE_AXIS] = {.i = 1}, [LNG_RECURRENCE_START] = {.f = 1}, [LNG_RECURRENCE_REVERSE] = {.i = after}};
    return lng_emit(g, &lng_op_linear_recurrence, (lng_value *[]){lng_constant(g, 0, rows->shape), others}, 2, product, NULL);
}

/* The slope of a factor is the product of the others, without a division, which would fail at 0. */
static void vjp(lng_vjp *r)
{
    lng_graph *g = r->graph;
    lng_value *x = r->node->in[0];
    const int rank = x->shape.rank;
    bool reduced[LNG_MAX_RANK];
    lng_shape order = {.rank = rank}, back = {.rank = rank};
    int64_t size = 1;
    int n = 0;
    reduced_axes(r->node->attr, rank, reduced);
    for (int last = 0; last < 2; last++) /* the axes that are kept, then the others */
        for (int i = 0; i < rank; i++)
            if (reduced[i] == last) {
                back.dim[i] = n;
                order.dim[n++] = i;
                size *= last ? x->shape.dim[i] : 1;
            }
    lng_value *moved = permuted(g, x, order);
    const lng_shape rows = {2, {lng_shape_size(x->shape) / size, size}};
    lng_value *row = lng_reshape(g, moved, rows);
    lng_value *others = lng_mul(g, of_the_rest(g, row, false), of_the_rest(g, row, true));
    others = permuted(g, lng_reshape(g, others, moved->shape), back);
    r->gin[0] = lng_mul(g, others, unreduced(g, r->node, r->gout[0]));
}

const lng_op lng_op_prod = {
    .name = "prod",
    .about = "the product over axes",
    .math =
        "y = the product of x over the axes, of all together if none is given; in row-major order, from 1. The slope of a factor is "
        "the product of the others",
    LNG_IN({"x", LNG_FLOAT_ONLY, "the factors"}),
    LNG_OUT({"y", LNG_FLOAT_ONLY, "the products"}),
    LNG_ATTRS(LNG_REDUCTION_ATTRS),
    .infer = infer_reduction,
    .vjp = vjp,
    .trial = "[3, 4] axes=[1] | [2, 3]",
    .example = "- it * prod(1 - it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .default_attr = true, .out = {LNG_NUMBER(720)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.v = LNG_DIMS(0)}}, .out = {LNG_VALUES(4, 10, 18)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 0, 6)},
     .attr = {{.v = LNG_DIMS(-1)}, {.i = 1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 1), 6, 0)}},
    {.in = {LNG_NUMBER(-3)}, .default_attr = true, .out = {LNG_NUMBER(-3)}},
    {.in = {LNG_VALUES(2, NAN, 0)}, .default_attr = true, .out = {LNG_NUMBER(NAN)}},
};
static const lng_case cases[] = {LNG_REDUCTION_CASES()};
LNG_OP_CASES(prod);
#endif
