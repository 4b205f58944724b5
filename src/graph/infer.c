/* Checks a node before it is made, and infers its results: the checks that all ops share, around the op's own shape rule. */
#include "base/assert.h"
#include "base/text.h"
#include "graph/op.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool fail(lng_infer *r, int in, int attr, lng_code code, const char *format, va_list list)
{
    r->bad_in = in;
    r->bad_attr = attr;
    r->code = code;
    lng_vprint(r->why, sizeof r->why, format, list);
    return false;
}

bool lng_infer_fail_in(lng_infer *r, int which, lng_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail(r, which, -1, code, format, list);
    va_end(list);
    return false;
}

bool lng_infer_fail_attr(lng_infer *r, int which, lng_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail(r, -1, which, code, format, list);
    va_end(list);
    return false;
}

bool lng_infer_fail_operand(lng_infer *r, int which, const char *expected)
{
    char text[LNG_SHAPE_TEXT];
    return lng_infer_fail_in(r, which, LNG_E_SHAPE, "%s expects `%s` to be %s, got %s", r->op->name, r->op->in[which].name,
                             expected, lng_shape_text(text, r->in[which]->shape));
}

bool lng_infer_expect(lng_infer *r, int which, lng_shape shape)
{
    char text[LNG_SHAPE_TEXT];
    return lng_shape_equal(r->in[which]->shape, shape) || lng_infer_fail_operand(r, which, lng_shape_text(text, shape));
}

bool lng_infer_axis(lng_infer *r, int which, int64_t given, int *axis)
{
    const lng_shape x = r->in[0]->shape;
    char text[LNG_SHAPE_TEXT];
    if (x.rank == 0)
        return lng_infer_fail_in(r, 0, LNG_E_SHAPE, "%s along an axis expects a value with at least one dimension, got a scalar",
                                 r->op->name);
    *axis = (int)(given < 0 ? given + x.rank : given);
    return (*axis >= 0 && *axis < x.rank) ||
           lng_infer_fail_attr(r, which, LNG_E_RANGE, "`%s` of %s is from %d to %d for a value of shape %s, got %lld",
                               r->op->attr[which].name, r->op->name, -x.rank, x.rank - 1, lng_shape_text(text, x),
                               (long long)given);
}

static bool check_operands(lng_infer *r)
{
    const lng_op *op = r->op;
    if (r->n_in < op->n_in - op->n_optional || r->n_in > op->n_in)
        return lng_infer_fail_in(r, -1, LNG_E_ARGUMENTS, "%s takes %d operand%s, got %d", op->name, op->n_in,
                                 op->n_in == 1 ? "" : "s", r->n_in);
    for (int i = 0; i < r->n_in; i++) {
        lng_port_dtype want = op->in[i].dtype;
        if (want != LNG_ANY_DTYPE && (want == LNG_INT_ONLY) != (r->in[i]->dtype == LNG_I32))
            return lng_infer_fail_in(r, i, LNG_E_DTYPE, "%s expects %s for `%s`, got %s", op->name,
                                     want == LNG_INT_ONLY ? "integers (i32)" : "floats (f32)", op->in[i].name,
                                     lng_dtype_name(r->in[i]->dtype));
    }
    return true;
}

static bool in_range(const lng_attr_spec *s, double x)
{
    return s->low == s->high || (x >= s->low && x <= s->high);
}

static bool is_choice(const char *choices, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = choices; n && (at = strstr(at, name)); at += n)
        if ((at == choices || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static bool check_attr(lng_infer *r, int k)
{
    const lng_attr_spec *s = &r->op->attr[k];
    const lng_attr *a = &r->attr[k];
    char low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE], got[LNG_NUMBER_SIZE];
    double number = s->type == LNG_ATTR_FLOAT ? a->f : (double)a->i;
    if ((s->type == LNG_ATTR_INT || s->type == LNG_ATTR_FLOAT) && !in_range(s, number))
        return lng_infer_fail_attr(r, k, LNG_E_RANGE, "`%s` of %s is from %s to %s, got %s", s->name, r->op->name,
                                   lng_grouped_number(low, s->low), lng_grouped_number(high, s->high),
                                   s->type == LNG_ATTR_INT ? lng_grouped(got, a->i) : lng_number(got, number));
    const bool word = s->type == LNG_ATTR_NAME || (s->type == LNG_ATTR_PADDING && a->v.rank == 0);
    if (word && s->choices && (!a->s || !is_choice(s->choices, a->s)))
        return lng_infer_fail_attr(r, k, LNG_E_RANGE, "`%s` of %s is one of: %s; got `%s`", s->name, r->op->name, s->choices,
                                   a->s ? a->s : "");
    if (word || (s->type != LNG_ATTR_INTS && s->type != LNG_ATTR_PADDING))
        return true;
    if (s->max_count > 0 && (a->v.rank < s->min_count || a->v.rank > s->max_count))
        return lng_infer_fail_attr(r, k, LNG_E_TYPE, "`%s` of %s takes %d to %d numbers, got %d", s->name, r->op->name,
                                   s->min_count, s->max_count, a->v.rank);
    for (int i = 0; i < a->v.rank; i++)
        if (!in_range(s, (double)a->v.dim[i]))
            return lng_infer_fail_attr(r, k, LNG_E_RANGE, "each of `%s` of %s is from %s to %s, got %s", s->name, r->op->name,
                                       lng_grouped_number(low, s->low), lng_grouped_number(high, s->high),
                                       lng_grouped(got, a->v.dim[i]));
    return true;
}

static bool check_results(lng_infer *r)
{
    for (int i = 0; i < r->op->n_out; i++) {
        char text[LNG_SHAPE_TEXT];
        if (lng_shape_size(r->shape[i]) < 0)
            return lng_infer_fail_in(r, -1, LNG_E_LIMIT, "the result of %s would have shape %s: more than 2^31 elements",
                                     r->op->name, lng_shape_text(text, r->shape[i]));
        if (lng_shape_size(r->shape[i]) == 0)
            return lng_infer_fail_in(r, -1, LNG_E_SHAPE, "the result of %s would have no elements: shape %s", r->op->name,
                                     lng_shape_text(text, r->shape[i]));
    }
    return true;
}

/* The kind of the results, unless the op's rule decides otherwise. */
static bool set_kind(lng_infer *r)
{
    r->per_example = false;
    for (int i = 0; i < r->n_in; i++)
        r->per_example |= r->in[i]->per_example;
    if ((r->op->flags & (LNG_OP_BATCH | LNG_OP_ACROSS)) && !r->per_example)
        return lng_infer_fail_in(r, r->n_in ? 0 : -1, LNG_E_KIND,
                                 "%s %s the examples of a batch, but this value is shared by all of them", r->op->name,
                                 r->op->flags & LNG_OP_BATCH ? "sums over" : "moves values between");
    if (r->op->flags & (LNG_OP_BATCH | LNG_OP_SHARED_OUT))
        r->per_example = false;
    if (r->op->flags & LNG_OP_PER_EXAMPLE)
        r->per_example = true;
    return true;
}

bool lng_infer_node(lng_infer *r)
{
    r->bad_in = r->bad_attr = -1;
    if (!check_operands(r))
        return false;
    for (int k = 0; k < r->op->n_attr; k++)
        if (!check_attr(r, k))
            return false;
    const bool fits = set_kind(r) && r->op->infer(r) && check_results(r);
    LNG_ASSERT(fits || *r->why); /* a rule that fails must say why */
    return fits;
}

bool lng_infer_pointwise(lng_infer *r)
{
    lng_shape common = r->in[0]->shape;
    for (int i = 1; i < r->n_in; i++) {
        char left[LNG_SHAPE_TEXT], right[LNG_SHAPE_TEXT];
        const lng_shape before = common;
        if (!lng_shape_broadcast(&common, r->in[i]->shape))
            return lng_infer_fail_in(
                r, i, LNG_E_SHAPE,
                "%s expects shapes that are equal or stretch from 1, aligned at the last dimension; got %s and %s", r->op->name,
                lng_shape_text(left, before), lng_shape_text(right, r->in[i]->shape));
    }
    for (int i = 0; i < r->op->n_out; i++)
        r->shape[i] = common;
    return true;
}

bool lng_infer_comparison(lng_infer *r)
{
    for (int i = 1; i < r->n_in; i++)
        if (r->in[i]->dtype != r->in[0]->dtype)
            return lng_infer_fail_in(r, i, LNG_E_DTYPE, "%s expects two floats or two integers, got %s and %s", r->op->name,
                                     lng_dtype_name(r->in[0]->dtype), lng_dtype_name(r->in[i]->dtype));
    return lng_infer_pointwise(r);
}

bool lng_infer_arithmetic(lng_infer *r)
{
    r->dtype[0] = r->in[0]->dtype;
    return lng_infer_comparison(r);
}
