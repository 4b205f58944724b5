/* The same numbers in the same order, in another shape. */
#include "op/copy.h"
LNG_NAIVE_KERNELS(reshape, naive);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape want = r->attr[LNG_RESHAPE_SHAPE].v;
    int64_t size = lng_shape_size(r->in[0]->shape), known = 1;
    int open = -1;
    char from[LNG_SHAPE_TEXT], to[LNG_SHAPE_TEXT];
    for (int i = 0; i < want.rank; i++) {
        if (want.dim[i] == -1 && open >= 0)
            return lng_infer_fail_attr(r, LNG_RESHAPE_SHAPE, LNG_E_SHAPE, "reshape expects at most one -1, got shape %s",
                                       lng_shape_text(to, want));
        if (want.dim[i] == 0)
            return lng_infer_fail_attr(
                r, LNG_RESHAPE_SHAPE, LNG_E_SHAPE,
                "reshape expects sizes of at least 1, or -1 for one that follows from the others; got shape %s",
                lng_shape_text(to, want));
        if (want.dim[i] == -1)
            open = i;
        else if (known <= LNG_MAX_ELEMENTS) /* nothing larger fits, so it need not grow */
            known *= want.dim[i];
    }
    if (open >= 0 ? size % known != 0 : size != known)
        return lng_infer_fail_attr(r, LNG_RESHAPE_SHAPE, LNG_E_SHAPE,
                                   "reshape expects a shape of %lld elements for a value of shape %s, got %s", (long long)size,
                                   lng_shape_text(from, r->in[0]->shape), lng_shape_text(to, want));
    if (open >= 0)
        want.dim[open] = size / known;
    r->shape[0] = want;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    r->gin[0] = lng_reshape(r->graph, r->gout[0], r->node->in[0]->shape);
}

const lng_op lng_op_reshape = {
    .name = "reshape",
    .about = "the same numbers in another shape",
    .math = "y = x in row-major order; one size may be -1, which follows from the others",
    .flags = LNG_OP_VIEW | LNG_OP_MOVES,
    LNG_IN({"x", LNG_ANY_DTYPE, "any value"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the same numbers"}),
    LNG_ATTRS([LNG_RESHAPE_SHAPE] = {"shape", LNG_ATTR_INTS, .required = true, .low = -1, .high = 2147483648,
                                     .max_count = LNG_MAX_RANK, .about = "the new shape"}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[3, 4] shape=[2, 6]",
    .example = "- reshape(it, shape=[14, -1])",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)},
     .attr = {{.v = LNG_DIMS(3, 2)}},
     .out = {LNG_ARRAY(LNG_DIMS(3, 2), 1, 2, 3, 4, 5, 6)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 3), 1, 2, 3, 4, 5, 6)}, .attr = {{.v = LNG_DIMS(-1)}}, .out = {LNG_VALUES(1, 2, 3, 4, 5, 6)}},
    {.in = {LNG_VALUES(7)}, .attr = {{.v = LNG_SCALAR}}, .integers = true, .out = {LNG_NUMBER(7)}},
};
static const lng_case cases[] = {
    {.in = {LNG_SCALAR}, .attr = {{.v = LNG_DIMS(1, 1)}}},
    {.in = {LNG_DIMS(3, 4)}, .attr = {{.v = LNG_DIMS(2, -1, 3)}}},
    {.in = {LNG_DIMS(5)}, .attr = {{.v = LNG_DIMS(5, 1)}}, .integers = true},
};
LNG_OP_CASES(reshape);
#endif
