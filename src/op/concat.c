/* y = the operands, one after the other along an axis. */
#include "op/kernel.h"

/* y is `outer` blocks, each of `length` elements of every operand. */
static int64_t length_of(const lng_node *n, int k, int64_t *outer)
{
    lng_shape x = n->in[k]->shape;
    int axis = axis_of(n->attr[LNG_CONCAT_AXIS].i, x.rank);
    int64_t length = 1;
    *outer = 1;
    for (int i = 0; i < x.rank; i++)
        *(i < axis ? outer : &length) *= x.dim[i];
    return length;
}

static void naive(const lng_naive_call *call)
{
    const lng_node *n = call->node;
    int64_t outer = 1, y = 0;
    length_of(n, 0, &outer);
    for (int64_t o = 0; o < outer; o++)
        for (int k = 0; k < n->n_in; k++)
            for (int64_t i = 0, length = length_of(n, k, &outer); i < length; i++, y++)
                if (n->out[0].dtype == LNG_I32)
                    I(call->out[0], y) = I(call->in[k], o * length + i);
                else
                    F(call->out[0], y) = F(call->in[k], o * length + i);
}

#ifdef LNG_FAST
static void fast(const lng_call *call)
{
    const lng_node *n = call->node;
    const int64_t unit = n->out[0].per_example ? LNG_LANES : 1;
    float *y = call->out[0];
    int64_t outer = 1, length[LNG_MAX_IN];
    for (int k = 0; k < n->n_in; k++)
        length[k] = length_of(n, k, &outer);
    for (int64_t o = 0; o < outer; o++)
        for (int k = 0; k < n->n_in; k++) {
            if (n->out[0].per_example && !n->in[k]->per_example) /* one number for all lanes */
                for (int64_t i = 0; i < length[k]; i++)
                    iv_store((int32_t *)y + i * LNG_LANES, iv_set1(((const int32_t *)call->in[k])[o * length[k] + i]));
            else
                memcpy(y, (const float *)call->in[k] + o * length[k] * unit, (size_t)(length[k] * unit) * sizeof *y);
            y += length[k] * unit;
        }
}

LNG_FAST_IF(true)
#endif
LNG_KERNELS(concat, naive, prepare);

#ifdef LNG_TABLE
#include "op/table.h"

static bool infer(lng_infer *r)
{
    lng_shape y = r->in[0]->shape;
    char first[LNG_SHAPE_TEXT], text[LNG_SHAPE_TEXT];
    int axis;
    if (!lng_infer_axis(r, LNG_CONCAT_AXIS, r->attr[LNG_CONCAT_AXIS].i, &axis))
        return false;
    for (int k = 1; k < r->n_in; k++) {
        lng_shape x = r->in[k]->shape;
        bool fits = x.rank == y.rank;
        for (int i = 0; fits && i < x.rank; i++)
            fits = i == axis || x.dim[i] == y.dim[i];
        if (!fits)
            return lng_infer_fail_in(r, k, LNG_E_SHAPE, "concat along axis %d expects shapes that agree elsewhere; got %s and %s",
                                     axis, lng_shape_text(first, r->in[0]->shape), lng_shape_text(text, x));
        if (r->in[k]->dtype != r->in[0]->dtype)
            return lng_infer_fail_in(r, k, LNG_E_DTYPE, "concat expects values of one dtype, got %s and %s",
                                     lng_dtype_name(r->in[0]->dtype), lng_dtype_name(r->in[k]->dtype));
        y.dim[axis] += x.dim[axis];
    }
    r->shape[0] = y;
    r->dtype[0] = r->in[0]->dtype;
    return true;
}

static void vjp(lng_vjp *r)
{
    const lng_node *n = r->node;
    const int axis = axis_of(n->attr[LNG_CONCAT_AXIS].i, n->out[0].shape.rank);
    for (int64_t k = 0, start = 0; k < n->n_in; k++) {
        int64_t stop = start + n->in[k]->shape.dim[axis];
        if (r->wants[k])
            r->gin[k] = lng_slice(r->graph, r->gout[0], axis, start, stop, 1);
        start = stop;
    }
}

const lng_op lng_op_concat = {
    .name = "concat",
    .about = "values one after the other along an axis",
    .math = "y = a, b, ... along the axis; their other sizes must agree; takes any number of values",
    .flags = LNG_OP_ANY_NUMBER,
    .n_optional = 2,
    LNG_IN({"a", LNG_ANY_DTYPE, "the first value"}, {"b", LNG_ANY_DTYPE, "the second"}, {"c", LNG_ANY_DTYPE, "the third, if any"},
           {"d", LNG_ANY_DTYPE, "the fourth, and so on"}),
    LNG_OUT({"y", LNG_ANY_DTYPE, "the values, joined"}),
    LNG_ATTRS([LNG_CONCAT_AXIS] = {"axis", LNG_AXIS_ATTR, .fallback = {.i = -1}}),
    .infer = infer,
    .vjp = vjp,
    .trial = "[2, 3] [1, 3] [4, 3] axis=0 | [3, 1] [3, 2]",
    .example = "- concat(it, 1 - it)",
};
#endif

#ifdef LNG_CASES
#include "op/cases.h"

static const lng_sample samples[] = {
    {.in = {LNG_VALUES(1, 2), LNG_VALUES(3)}, .default_attr = true, .out = {LNG_VALUES(1, 2, 3)}},
    {.in = {LNG_ARRAY(LNG_DIMS(2, 1), 1, 2), LNG_ARRAY(LNG_DIMS(2, 2), 3, 4, 5, 6), LNG_ARRAY(LNG_DIMS(2, 1), 7, 8)},
     .attr = {{.i = -1}},
     .out = {LNG_ARRAY(LNG_DIMS(2, 4), 1, 3, 4, 7, 2, 5, 6, 8)}},
    {.in = {LNG_VALUES(1), LNG_VALUES(2), LNG_VALUES(3), LNG_VALUES(4)},
     .attr = {{.i = 0}},
     .integers = true,
     .out = {LNG_VALUES(1, 2, 3, 4)}},
};
static const lng_case cases[] = {
    {.in = {LNG_DIMS(5), LNG_DIMS(17)}, .default_attr = true},
    {.in = {LNG_DIMS(2, 3), LNG_DIMS(1, 3), LNG_DIMS(4, 3)}, .attr = {{.i = 0}}},
    {.in = {LNG_DIMS(2, 3, 2), LNG_DIMS(2, 1, 2)}, .attr = {{.i = 1}}},
    {.in = {LNG_DIMS(3, 1), LNG_DIMS(3, 2), LNG_DIMS(3, 1), LNG_DIMS(3, 4)}, .attr = {{.i = -1}}},
    {.in = {LNG_DIMS(2, 3), LNG_DIMS(2, 1)}, .attr = {{.i = 1}}, .integers = true},
};
LNG_OP_CASES(concat);
#endif
