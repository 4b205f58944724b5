/* Operators. On data known at compile time they are computed here, integers exactly and numbers in double, by our own
 * mathematics, so that every machine gives the same bits. On values they become ops. */
#include "graph/level.h"
#include "graph/ops.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <math.h>
#include <string.h>

lng_datum lng_derived(const lng_scope *s, const lng_expr *e, lng_datum_kind kind, const lng_datum *from, size_t n)
{
    lng_datum t = {.kind = kind, .inner = s->block->standard, .place = lng_expr_place(e)};
    for (size_t i = 0; t.inner && i < n; i++)
        if (!from[i].inner && from[i].place.line)
            t.inner = false, t.place = from[i].place;
    return t;
}

static lng_datum failed(const lng_scope *s, const lng_expr *e, lng_code code, const char *why)
{
    lng_complain_at(s, e, code, "%s", why);
    return (lng_datum){0};
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

static bool power(int64_t a, int64_t b, int64_t *out)
{
    if (a >= -1 && a <= 1 && b > 0)
        b = 2 - b % 2; /* of any other, the powers soon overflow */
    for (*out = 1; b > 0; b--)
        if (__builtin_mul_overflow(*out, a, out))
            return false;
    return true;
}

static lng_datum integers(lng_scope *s, const lng_expr *e, int64_t a, int64_t b, lng_datum out)
{
    bool fits = true;
    out.kind = LNG_DATUM_INT;
    if ((e->sign == LNG_FLOOR_DIV || e->sign == LNG_MOD) && b == 0)
        return failed(s, e, LNG_E_RANGE, "division by zero");
    if (e->sign == LNG_ADD)
        fits = !__builtin_add_overflow(a, b, &out.i);
    else if (e->sign == LNG_SUB)
        fits = !__builtin_sub_overflow(a, b, &out.i);
    else if (e->sign == LNG_MUL)
        fits = !__builtin_mul_overflow(a, b, &out.i);
    else if (e->sign == LNG_POW)
        fits = power(a, b, &out.i);
    else if (b == -1) { /* INT64_MIN // -1 */
        fits = !__builtin_sub_overflow((int64_t)0, a, &out.i);
        if (e->sign == LNG_MOD)
            fits = true, out.i = 0;
    } else
        out.i = e->sign == LNG_MOD ? a - b * floor_div(a, b) : floor_div(a, b);
    return fits ? out : failed(s, e, LNG_E_RANGE, "the result does not fit in 64 bits");
}

static const lng_op *op_of(lng_sign sign, bool *swap)
{
    *swap = sign == LNG_GT || sign == LNG_GE;
    switch (sign) {
    case LNG_ADD:
        return &lng_op_add;
    case LNG_SUB:
        return &lng_op_sub;
    case LNG_MUL:
    case LNG_AND: /* of 0 and 1 */
        return &lng_op_mul;
    case LNG_DIV:
        return &lng_op_div;
    case LNG_FLOOR_DIV:
        return &lng_op_floor_divide;
    case LNG_MOD:
        return &lng_op_remainder;
    case LNG_POW:
        return &lng_op_pow;
    case LNG_MATMUL:
        return &lng_op_matmul;
    case LNG_EQ:
        return &lng_op_equal;
    case LNG_NE:
        return &lng_op_not_equal;
    case LNG_LT:
    case LNG_GT:
        return &lng_op_less;
    case LNG_LE:
    case LNG_GE:
        return &lng_op_less_equal;
    default:
        return &lng_op_maximum; /* or */
    }
}

/* Computed in double by the op itself; rounded to a float where it becomes a value. */
static lng_datum numbers(lng_scope *s, const lng_expr *e, double a, double b, lng_datum out)
{
    bool swap;
    out.kind = LNG_DATUM_FLOAT;
    if ((e->sign == LNG_DIV || e->sign == LNG_FLOOR_DIV || e->sign == LNG_MOD) && b == 0)
        return failed(s, e, LNG_E_RANGE, "division by zero");
    out.f = lng_op_number(op_of(e->sign, &swap))(a, b, 0);
    return isfinite(out.f) ? out : failed(s, e, LNG_E_RANGE, "the result is not a finite number");
}

static bool compare(lng_sign sign, int order)
{
    switch (sign) {
    case LNG_EQ:
        return order == 0;
    case LNG_NE:
        return order != 0;
    case LNG_LT:
        return order < 0;
    case LNG_LE:
        return order <= 0;
    case LNG_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* They differ: padding == 'same' is false where padding is a list. */
static bool is_word_and_list(const lng_datum *a, const lng_datum *b)
{
    const lng_datum *list = a->kind == LNG_DATUM_STRING ? b : a;
    return (a->kind == LNG_DATUM_STRING || b->kind == LNG_DATUM_STRING) &&
           (list->kind == LNG_DATUM_SHAPE || list->kind == LNG_DATUM_TUPLE);
}

/* Comparisons of known data; false if the two cannot be compared. */
static bool known_comparison(const lng_expr *e, const lng_datum *a, const lng_datum *b, bool *out)
{
    bool equality = e->sign == LNG_EQ || e->sign == LNG_NE;
    if (a->kind == LNG_DATUM_INT && b->kind == LNG_DATUM_INT)
        *out = compare(e->sign, (a->i > b->i) - (a->i < b->i));
    else if (lng_datum_is_number(a) && lng_datum_is_number(b))
        *out = compare(e->sign, (lng_datum_number(a) > lng_datum_number(b)) - (lng_datum_number(a) < lng_datum_number(b)));
    else if (equality && a->kind == b->kind && a->kind == LNG_DATUM_BOOL)
        *out = compare(e->sign, a->i != b->i);
    else if (equality && a->kind == b->kind && a->kind == LNG_DATUM_STRING)
        *out = compare(e->sign, strcmp(a->s, b->s));
    else if (equality && a->kind == b->kind && a->kind == LNG_DATUM_SHAPE)
        *out = compare(e->sign, !lng_shape_equal(a->shape, b->shape));
    else if (equality && is_word_and_list(a, b))
        *out = e->sign == LNG_NE;
    else
        return false;
    return true;
}

static lng_datum concatenated(lng_scope *s, const lng_expr *e, const lng_datum *ab, lng_datum out)
{
    int n = ab[0].shape.rank, m = ab[1].shape.rank;
    if (n + m > LNG_MAX_RANK)
        return failed(s, e, LNG_E_SHAPE, "a shape has at most 8 sizes");
    out.kind = LNG_DATUM_SHAPE;
    out.shape = ab[0].shape;
    memcpy(out.shape.dim + n, ab[1].shape.dim, (size_t)m * sizeof *out.shape.dim);
    out.shape.rank = n + m;
    return out;
}

/* Small whole powers become products, and the power 0.5 a square root. */
static lng_datum value_power(lng_scope *s, const lng_expr *e, lng_datum x, lng_datum n)
{
    double power = lng_datum_is_number(&n) ? lng_datum_number(&n) : NAN;
    if (power == 1)
        return x;
    if (power == 0.5)
        return lng_emit_plain(s, e, &lng_op_sqrt, &x, 1);
    if (power != 2 && power != 3)
        return lng_emit_plain(s, e, &lng_op_pow, (lng_datum[]){x, n}, 2);
    lng_datum square = lng_emit_plain(s, e, &lng_op_mul, (lng_datum[]){x, x}, 2);
    return power == 2 ? square : lng_emit_plain(s, e, &lng_op_mul, (lng_datum[]){square, x}, 2);
}

static lng_datum values(lng_scope *s, const lng_expr *e, const lng_datum *ab)
{
    bool swap;
    const lng_op *op = op_of(e->sign, &swap);
    if (e->sign == LNG_POW && ab[0].kind == LNG_DATUM_VALUE)
        return value_power(s, e, ab[0], ab[1]);
    return swap ? lng_emit_plain(s, e, op, (lng_datum[]){ab[1], ab[0]}, 2) : lng_emit_plain(s, e, op, ab, 2);
}

static bool computes(const lng_datum *t)
{
    return t->kind == LNG_DATUM_VALUE || lng_datum_is_number(t) || t->kind == LNG_DATUM_BLOCK;
}

lng_datum lng_operate(lng_scope *s, const lng_expr *e, lng_datum a, lng_datum b)
{
    lng_datum ab[2] = {a, b}, out = lng_derived(s, e, LNG_DATUM_BOOL, ab, 2);
    bool is, numeric = lng_datum_is_number(&a) && lng_datum_is_number(&b), compares = e->sign >= LNG_EQ && e->sign <= LNG_GE;
    if (a.kind == LNG_DATUM_NONE || b.kind == LNG_DATUM_NONE)
        return (lng_datum){0};
    a = ab[0] = lng_datum_alone(a);
    b = ab[1] = lng_datum_alone(b);
    if (compares && known_comparison(e, &a, &b, &is)) {
        out.i = is;
        return out;
    }
    bool whole = a.kind == LNG_DATUM_INT && b.kind == LNG_DATUM_INT && e->sign != LNG_DIV && !(e->sign == LNG_POW && b.i < 0);
    if (numeric && whole && e->sign != LNG_MATMUL && e->sign < LNG_EQ)
        return integers(s, e, a.i, b.i, out);
    if (numeric && e->sign < LNG_EQ && e->sign != LNG_MATMUL)
        return numbers(s, e, lng_datum_number(&a), lng_datum_number(&b), out);
    if (e->sign == LNG_ADD && a.kind == LNG_DATUM_SHAPE && b.kind == LNG_DATUM_SHAPE)
        return concatenated(s, e, ab, out);
    if (computes(&a) && computes(&b))
        return values(s, e, ab);
    lng_complain_at(s, e, LNG_E_TYPE, "`%s` does not apply to %s and %s", lng_sign_text(e->sign), lng_datum_text(s->e->arena, &a),
                    lng_datum_text(s->e->arena, &b));
    lng_hint_items(s, a.kind == LNG_DATUM_TUPLE ? &a : &b);
    return (lng_datum){0};
}

lng_datum lng_negate(lng_scope *s, const lng_expr *e, lng_datum a)
{
    a = lng_datum_alone(a);
    lng_datum out = lng_derived(s, e, a.kind, &a, 1);
    if (a.kind == LNG_DATUM_NONE)
        return a;
    if (e->sign == LNG_NOT) {
        out.kind = LNG_DATUM_BOOL;
        out.i = !a.i;
        if (a.kind == LNG_DATUM_BOOL)
            return out;
        if (a.kind == LNG_DATUM_VALUE)
            return lng_emit_plain(s, e, &lng_op_equal,
                                  (lng_datum[]){a, {.kind = LNG_DATUM_INT, .place = a.place, .inner = a.inner}}, 2);
    } else if (a.kind == LNG_DATUM_FLOAT) {
        out.f = e->sign == LNG_PLUS ? a.f : -a.f;
        return out;
    } else if (a.kind == LNG_DATUM_INT) {
        out.i = a.i;
        if (e->sign != LNG_PLUS && __builtin_sub_overflow((int64_t)0, a.i, &out.i))
            return failed(s, e, LNG_E_RANGE, "the result does not fit in 64 bits");
        return out;
    } else if (a.kind == LNG_DATUM_VALUE)
        return e->sign == LNG_PLUS ? a : lng_emit_plain(s, e, &lng_op_neg, &a, 1);
    lng_complain_at(s, e, LNG_E_TYPE, "`%s` does not apply to %s", lng_sign_text(e->sign), lng_datum_text(s->e->arena, &a));
    return (lng_datum){0};
}
