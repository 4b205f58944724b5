/* y = where the largest of x stands along an axis. */
#include "op/winner.h"

enum { AXIS };

static void along(reduction *r, const lng_node *n)
{
    lng_shape x = n->in[0]->shape;
    int64_t a = n->attr[AXIS].i;
    bool axis[LNG_MAX_RANK] = {0};
    axis[a < 0 ? a + x.rank : a] = true;
    reduction_of_axes(r, x, axis);
}

static void naive(const lng_naive_call *call)
{
    reduction r;
    along(&r, call->node);
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        real best;
        I(call->out[0], at[1]) = winner(call->in[0], at[0], &r.reduced, &best);
    } while (lng_walk_next(&r.kept, r.kept.rank, 2, index, at));
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const reduction *r = call->plan;
    int64_t index[LNG_MAX_RANK] = {0};
    ptrdiff_t at[2] = {0};
    do {
        v16 best;
        iv_store((int32_t *)call->out[0] + at[1], v_winner((const float *)call->in[0] + at[0], &r->reduced, &best));
    } while (lng_walk_next(&r->kept, r->kept.rank, 2, index, at));
}

static lng_kernel *pick(const lng_node *n, lng_arena *arena, const void **plan, size_t *scratch)
{
    (void)scratch;
    if (!n->out[0].per_example)
        return NULL;
    reduction *r = LNG_NEW(arena, reduction);
    along(r, n);
    reduction_scale(r, true);
    *plan = r;
    return fast;
}
#endif
LNG_KERNELS(argmax, naive, pick);

#ifdef LNG_TABLE
static bool infer(lng_infer *r)
{
    lng_shape x = r->in[0]->shape;
    char text[LNG_SHAPE_TEXT];
    int64_t a = r->attr[AXIS].i < 0 ? r->attr[AXIS].i + x.rank : r->attr[AXIS].i;
    if (a < 0 || a >= x.rank)
        return lng_infer_fail_attr(r, AXIS, LNG_E_RANGE, "argmax expects an axis from %d to %d for a value of shape %s, got %d",
                                   -x.rank, x.rank - 1, lng_shape_text(text, x), (int)r->attr[AXIS].i);
    for (int i = 0; i < x.rank; i++)
        if (i != a)
            r->shape[0].dim[r->shape[0].rank++] = x.dim[i];
    r->dtype[0] = LNG_I32;
    return true;
}

const lng_op lng_op_argmax = {
    .name = "argmax",
    .about = "where the largest number stands along an axis",
    .math = "y = the index of the largest of x along the axis; of equals the first wins; NaN wins over numbers; no gradient flows",
    LNG_IN({"x", LNG_FLOAT_ONLY, "what is compared"}),
    LNG_OUT({"y", LNG_INT_ONLY, "indices from 0"}),
    LNG_ATTRS([AXIS] = {"axis", LNG_ATTR_INT, .fallback = {.i = -1}, .low = -LNG_MAX_RANK, .high = LNG_MAX_RANK - 1,
                        .about = "the axis, -1 being the last"}),
    .infer = infer,
    .example = "metrics: ['accuracy(out, label)', 'equal(argmax(out), label)']",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 5, 3, 5)}, .default_attr = true, .out = {LNG_NUMBER(1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, 3, 4, 2, 6)}, .attr = {{.i = 0}}, .out = {LNG_VALUES(1, 0, 1)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 5, NAN, NAN, 2, 6)}, .attr = {{.i = -1}}, .out = {LNG_VALUES(2, 0)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(1)}, .default_attr = true},     {.in = {LNG_DIMS(10)}, .default_attr = true},
    {.in = {LNG_DIMS(3, 20)}, .attr = {{.i = 0}}},   {.in = {LNG_DIMS(3, 20)}, .attr = {{.i = -1}}},
    {.in = {LNG_DIMS(2, 5, 3)}, .attr = {{.i = 1}}},
};
LNG_OP_CASES(argmax);
#endif
