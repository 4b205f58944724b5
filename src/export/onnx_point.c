/* Pointwise ops in ONNX (onnx.h). */
#include "export/onnx.h"

/* Whether a node can work on images with the channels first: one is there in that order alone, and the others can be. */
static bool works_first(const lng_onnx *o, const lng_node *n)
{
    bool any = false;
    for (int i = 0; i < n->n_in; i++) {
        any = any || lng_onnx_image_first(o, n->in[i]);
        if (n->in[i]->shape.rank > 3 || (n->in[i]->per_example && n->in[i]->shape.rank != 3))
            return false;
    }
    return any;
}

bool lng_onnx_pointwise(lng_onnx *o, const lng_node *n)
{
    const lng_onnx_row *row = lng_onnx_row_of(n->op);
    const lng_onnx_order order = works_first(o, n) ? LNG_ONNX_CHANNELS_FIRST : LNG_ONNX_AS_IS;
    const char *in[LNG_MAX_IN];
    for (int i = 0; i < n->n_in; i++)
        in[i] = lng_onnx_stretched(o, n->in[i], n->out[0].shape.rank, order);
    return lng_onnx_result(
        o, &n->out[0], row->formula ? row->formula(o, n, in, n->n_in) : lng_onnx_node_of(o, row->type, in, n->n_in, 1, 0), order);
}

static const char *zero(lng_onnx *o, lng_dtype dtype)
{
    return lng_onnx_number(o, dtype, 0);
}

const char *lng_onnx_comparison(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    return lng_onnx_cast(o, lng_onnx_node_of(o, lng_onnx_row_of(n->op)->type, in, n_in, 1, 0), LNG_F32);
}

const char *lng_onnx_not_equal(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n;
    return lng_onnx_cast(o, lng_onnx_unary(o, "Not", lng_onnx_node_of(o, "Equal", in, n_in, 1, 0)), LNG_F32);
}

const char *lng_onnx_select(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    return lng_onnx_where(o, lng_onnx_binary(o, "Equal", in[0], zero(o, LNG_F32)), in[2], in[1]);
}

const char *lng_onnx_to_float(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    return lng_onnx_cast(o, in[0], LNG_F32);
}

const char *lng_onnx_to_int(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    return lng_onnx_cast(o, in[0], LNG_I32);
}

/* Near 0, exp(x) - 1 would lose digits: with t = tanh(x / 2) it is 2 t / (1 - t). */
const char *lng_onnx_expm1(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    const char *one = lng_onnx_number(o, LNG_F32, 1), *two = lng_onnx_number(o, LNG_F32, 2);
    const char *t = lng_onnx_unary(o, "Tanh", lng_onnx_binary(o, "Div", in[0], two));
    const char *near = lng_onnx_binary(o, "Div", lng_onnx_binary(o, "Mul", two, t), lng_onnx_binary(o, "Sub", one, t));
    const char *far = lng_onnx_binary(o, "Sub", lng_onnx_unary(o, "Exp", in[0]), one);
    return lng_onnx_where(o, lng_onnx_binary(o, "Less", lng_onnx_unary(o, "Abs", in[0]), one), near, far);
}

/* Near 0, what rounding 1 + x loses is made up for: log(u) x / (u - 1), with u = 1 + x. */
const char *lng_onnx_log1p(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    const char *one = lng_onnx_number(o, LNG_F32, 1), *u = lng_onnx_binary(o, "Add", in[0], one),
               *log = lng_onnx_unary(o, "Log", u);
    const char *lost = lng_onnx_binary(o, "Div", in[0], lng_onnx_binary(o, "Sub", u, one));
    const char *near = lng_onnx_where(o, lng_onnx_binary(o, "Equal", u, one), in[0], lng_onnx_binary(o, "Mul", log, lost));
    return lng_onnx_where(o, lng_onnx_binary(o, "Less", lng_onnx_unary(o, "Abs", in[0]), lng_onnx_number(o, LNG_F32, 0.5)), near,
                          log);
}

const char *lng_onnx_xlogy(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    const char *product = lng_onnx_binary(o, "Mul", in[0], lng_onnx_unary(o, "Log", in[1]));
    return lng_onnx_where(o, lng_onnx_binary(o, "Equal", in[0], zero(o, LNG_F32)), zero(o, LNG_F32), product);
}

const char *lng_onnx_round_int8(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n, (void)n_in;
    const char *least = lng_onnx_number(o, LNG_F32, -127), *most = lng_onnx_number(o, LNG_F32, 127);
    const char *whole = lng_onnx_binary(o, "Add", lng_onnx_unary(o, "Round", in[0]), zero(o, LNG_F32)); /* no -0 */
    return lng_onnx_where(o, lng_onnx_binary(o, "Greater", in[0], least), lng_onnx_binary(o, "Min", whole, most), least);
}

/* a - b floor(a / b); ONNX has it of integers, but not for b = 0, and of floats the remainder of C, with the sign of a. */
static const char *remainder_of(lng_onnx *o, lng_dtype dtype, const char *a, const char *b)
{
    const char *nought = zero(o, dtype);
    if (dtype == LNG_I32)
        return lng_onnx_binary(o, "Mod", a, b);
    lng_onnx_int(o, "fmod", 1);
    const char *r = lng_onnx_binary(o, "Mod", a, b);
    const char *other_sign =
        lng_onnx_binary(o, "Xor", lng_onnx_binary(o, "Less", r, nought), lng_onnx_binary(o, "Less", b, nought));
    const char *moves = lng_onnx_binary(o, "And", other_sign, lng_onnx_unary(o, "Not", lng_onnx_binary(o, "Equal", r, nought)));
    return lng_onnx_where(o, moves, lng_onnx_binary(o, "Add", r, b), r);
}

const char *lng_onnx_remainder(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n_in;
    if (n->out[0].dtype == LNG_F32)
        return remainder_of(o, LNG_F32, in[0], in[1]);
    const char *none = lng_onnx_binary(o, "Equal", in[1], zero(o, LNG_I32));
    const char *r = remainder_of(o, LNG_I32, in[0], lng_onnx_where(o, none, lng_onnx_number(o, LNG_I32, 1), in[1]));
    return lng_onnx_where(o, none, in[0], r);
}

const char *lng_onnx_floor_divide(lng_onnx *o, const lng_node *n, const char *const *in, int n_in)
{
    (void)n_in;
    const lng_dtype dtype = n->out[0].dtype;
    const char *none = lng_onnx_binary(o, "Equal", in[1], zero(o, dtype));
    const char *by = dtype == LNG_I32 ? lng_onnx_where(o, none, lng_onnx_number(o, LNG_I32, 1), in[1]) : in[1];
    const char *q = lng_onnx_binary(o, "Div", lng_onnx_binary(o, "Sub", in[0], remainder_of(o, dtype, in[0], by)), by);
    return dtype == LNG_I32 ? lng_onnx_where(o, none, zero(o, LNG_I32), q)
                            : lng_onnx_where(o, none, lng_onnx_binary(o, "Div", in[0], in[1]), lng_onnx_unary(o, "Round", q));
}
