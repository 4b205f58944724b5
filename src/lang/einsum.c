/* einsum('hqd,hkd->hqk', a, b): a letter for each axis of each value, and after the arrow those of the result. Axes of one letter go together; letters
 * that the result does not have are summed over.
 *
 * The values are taken in order: what has been made so far and the next value become a product of matrices, with the axes [both, left, summed] and
 * [both, summed, right], or the other way about if that is how they lie. Where nothing is summed they are multiplied element by element. */
#include "graph/ops.h"
#include "lang/call.h"
#include "lang/diagnose.h"
#include "lang/emit.h"
#include "lang/eval.h"
#include <ctype.h>
#include <string.h>

#define MOST_LETTERS 52
typedef char letters[MOST_LETTERS + 1];

typedef struct factor {
    lng_datum value;
    letters axes;
} factor;

typedef struct einsum {
    lng_scope *s;
    const lng_expr *e; /* the call */
    lng_place place;   /* of the text */
    const char *text;
    factor factor[LNG_MAX_IN];
    int factors;
    letters result;
    int64_t size[128]; /* by letter */
} einsum;

static bool complain(const einsum *x, const char *why)
{
    lng_complain(x->s, x->place, LNG_E_ARGUMENTS, "%s", why);
    lng_hint(x->s, "einsum('ij,jk->ik', a, b) has a letter for each axis of each value and, after the arrow, those of the result");
    return false;
}

#define COMPLAIN(x, ...) complain(x, lng_format((x)->s->e->arena, __VA_ARGS__))

/* ---- sets of letters, which are in order ---- */
static bool has(const char *set, char letter)
{
    return letter && strchr(set, letter);
}

static void add(char *set, char letter)
{
    const size_t n = strlen(set);
    set[n] = letter;
    set[n + 1] = '\0';
}

/* Those of `from` that `in` has, or has not. */
static void filter(char *to, const char *from, const char *in, bool wanted)
{
    for (; *from; from++)
        if (has(in, *from) == wanted && !has(to, *from))
            add(to, *from);
}

static lng_shape shape_of(const einsum *x, const char *axes)
{
    lng_shape shape = {0};
    for (; *axes; axes++)
        shape.dim[shape.rank++] = x->size[(int)*axes];
    return shape;
}

/* ---- reading ---- */
/* Letters up to a character that is none. */
static const char *read_axes(const einsum *x, const char *at, char *axes)
{
    for (; *at == ' ' || isalpha((unsigned char)*at); at++)
        if (*at != ' ' && has(axes, *at)) {
            COMPLAIN(x, "`%c` is twice among the axes of one value in '%s'", *at, x->text);
            return NULL;
        } else if (*at != ' ')
            add(axes, *at);
    return at;
}

static bool read_text(einsum *x)
{
    const char *at = x->text;
    int n = 0;
    for (;; at++) {
        letters axes = "";
        at = read_axes(x, at, n < x->factors ? x->factor[n].axes : axes);
        if (!at)
            return false;
        n++;
        if (*at != ',')
            break;
    }
    if (strncmp(at, "->", 2) != 0)
        return *at ? COMPLAIN(x, "'%s' has `%c` where a letter, a comma or the arrow is expected", x->text, *at)
                   : COMPLAIN(x, "'%s' has no arrow", x->text);
    at = read_axes(x, at + 2, x->result);
    if (!at)
        return false;
    if (*at)
        return COMPLAIN(x, "'%s' has `%c` where a letter of the result is expected", x->text, *at);
    return n == x->factors || COMPLAIN(x, "'%s' is for %d value%s, got %d", x->text, n, n == 1 ? "" : "s", x->factors);
}

/* Sets the letters' sizes. */
static bool measure(einsum *x, const factor *f)
{
    const lng_shape shape = f->value.value->shape;
    if (strlen(f->axes) != (size_t)shape.rank)
        return lng_complain_datum(x->s, &f->value, LNG_E_SHAPE, "`%s` of '%s' is for a value with %zu %s, but this is %s", f->axes,
                                  x->text, strlen(f->axes), f->axes[0] && !f->axes[1] ? "axis" : "axes",
                                  lng_datum_text(x->s->e->arena, &f->value));
    for (int i = 0; i < shape.rank; i++) {
        int64_t *size = &x->size[(int)f->axes[i]];
        if (*size && *size != shape.dim[i])
            return lng_complain_datum(x->s, &f->value, LNG_E_SHAPE, "`%c` in '%s' has size %lld here, but %lld in a value before",
                                      f->axes[i], x->text, (long long)shape.dim[i], (long long)*size);
        *size = shape.dim[i];
    }
    return true;
}

static bool check(einsum *x)
{
    for (int i = 0; i < x->factors; i++)
        if (!measure(x, &x->factor[i]))
            return false;
    for (const char *c = x->result; *c; c++)
        if (!x->size[(int)*c])
            return COMPLAIN(x, "`%c` in the result of '%s' is an axis of no value", *c, x->text);
    return true;
}

/* ---- making ---- */
static lng_datum emit(const einsum *x, const lng_op *op, const lng_datum *in, size_t n, const lng_attr *attr)
{
    for (size_t i = 0; i < n; i++)
        if (in[i].kind == LNG_DATUM_NONE)
            return (lng_datum){0};
    return lng_emit_op(x->s, x->e, op, in, n, attr, NULL);
}

static lng_datum reshaped(const einsum *x, lng_datum t, lng_shape to)
{
    const lng_attr attr[LNG_MAX_ATTR] = {[LNG_RESHAPE_SHAPE] = {.v = to}};
    return t.kind == LNG_DATUM_VALUE && lng_shape_equal(t.value->shape, to) ? t : emit(x, &lng_op_reshape, &t, 1, attr);
}

static void sum_over(const einsum *x, factor *f, const char *summed)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    lng_shape *axes = &attr[LNG_REDUCE_AXES].v;
    letters rest = "";
    for (int i = 0; f->axes[i]; i++)
        if (has(summed, f->axes[i]))
            axes->dim[axes->rank++] = i;
    filter(rest, f->axes, summed, false);
    strcpy(f->axes, rest);
    if (axes->rank)
        f->value = emit(x, &lng_op_sum, &f->value, 1, attr);
}

static void arrange(const einsum *x, factor *f, const char *order)
{
    lng_attr attr[LNG_MAX_ATTR] = {0};
    if (strcmp(f->axes, order) == 0)
        return;
    for (const char *c = order; *c; c++)
        attr[LNG_TRANSPOSE_PERM].v.dim[attr[LNG_TRANSPOSE_PERM].v.rank++] = strchr(f->axes, *c) - f->axes;
    f->value = emit(x, &lng_op_transpose, &f->value, 1, attr);
    strcpy(f->axes, order);
}

/* As matrices [both, rows, columns]; true if they are [both, columns, rows], because the value lies that way. */
static bool as_matrices(const einsum *x, factor *f, const char *both, const char *rows, const char *columns)
{
    letters order, turned;
    strcat(strcat(strcpy(order, both), rows), columns);
    strcat(strcat(strcpy(turned, both), columns), rows);
    const bool turns = strcmp(f->axes, turned) == 0;
    lng_shape shape = {0};
    arrange(x, f, turns ? turned : order);
    if (*both)
        shape.dim[shape.rank++] = lng_shape_size(shape_of(x, both));
    shape.dim[shape.rank++] = lng_shape_size(shape_of(x, turns ? columns : rows));
    shape.dim[shape.rank++] = lng_shape_size(shape_of(x, turns ? rows : columns));
    f->value = reshaped(x, f->value, shape);
    return turns;
}

/* The axes of a, with 1 for those that it lacks. */
static lng_datum stretchable(const einsum *x, factor *f, const char *axes)
{
    letters order = "";
    lng_shape shape = shape_of(x, axes);
    filter(order, axes, f->axes, true);
    arrange(x, f, order);
    for (int i = 0; axes[i]; i++)
        if (!has(f->axes, axes[i]))
            shape.dim[i] = 1;
    return reshaped(x, f->value, shape);
}

/* a times b, without the letters that `kept` lacks. */
static bool multiply(const einsum *x, factor *a, factor *b, const char *kept)
{
    letters shared = "", both = "", summed = "", left = "", right = "", gone = "", axes = "";
    filter(shared, a->axes, b->axes, true);
    filter(both, shared, kept, true);
    filter(summed, shared, kept, false);
    filter(left, a->axes, shared, false);
    filter(right, b->axes, shared, false);
    filter(gone, left, kept, false);
    filter(gone, right, kept, false);
    sum_over(x, a, gone);
    sum_over(x, b, gone);
    filter(axes, both, gone, false);
    filter(axes, left, gone, false);
    filter(axes, right, gone, false);
    if (strlen(axes) > LNG_MAX_RANK)
        return COMPLAIN(x, "a product of '%s' would have %zu axes; there are at most %d", x->text, strlen(axes), LNG_MAX_RANK);
    if (*summed) {
        letters rows = "", columns = "";
        filter(rows, left, gone, false);
        filter(columns, right, gone, false);
        const bool turned_a = as_matrices(x, a, both, rows, summed), turned_b = as_matrices(x, b, both, summed, columns);
        const lng_attr attr[LNG_MAX_ATTR] = {
            [LNG_MATMUL_TRANSPOSE_A] = {.i = turned_a}, [LNG_MATMUL_TRANSPOSE_B] = {.i = turned_b}};
        a->value = reshaped(x, emit(x, &lng_op_matmul, (lng_datum[]){a->value, b->value}, 2, attr), shape_of(x, axes));
    } else
        a->value = emit(x, &lng_op_mul, (lng_datum[]){stretchable(x, a, axes), stretchable(x, b, axes)}, 2, NULL);
    strcpy(a->axes, axes);
    return a->value.kind != LNG_DATUM_NONE;
}

static lng_datum make(einsum *x)
{
    factor *y = &x->factor[0];
    for (int i = 1; i < x->factors; i++) {
        letters kept = "";
        filter(kept, x->result, "", false);
        for (int k = i + 1; k < x->factors; k++)
            filter(kept, x->factor[k].axes, "", false);
        if (!multiply(x, y, &x->factor[i], kept))
            return (lng_datum){0};
    }
    letters gone = "";
    filter(gone, y->axes, x->result, false);
    sum_over(x, y, gone);
    if (y->value.kind != LNG_DATUM_NONE)
        arrange(x, y, x->result);
    return y->value;
}

/* The text and the values; false after an error. */
static bool read_arguments(einsum *x, const lng_args *a)
{
    lng_datum given[LNG_MAX_IN + 1];
    bool good = a->values >= 2 && a->values == a->count && a->values <= LNG_MAX_IN + 1;
    for (size_t i = 0; i < a->values && good; i++) {
        given[i] = lng_argument(x->s, &a->arg[i]);
        if (given[i].kind == LNG_DATUM_NONE)
            return false;
    }
    x->place = lng_expr_place(x->e);
    if (!good || given[0].kind != LNG_DATUM_STRING)
        return COMPLAIN(x, "einsum takes a text in quotes and up to %d values", LNG_MAX_IN);
    x->text = given[0].s;
    x->place = given[0].place;
    for (x->factors = 0; x->factors < (int)a->values - 1; x->factors++) {
        lng_datum *t = &x->factor[x->factors].value;
        *t = given[x->factors + 1];
        lng_value *value = lng_datum_value(x->s, *t);
        if (!value)
            return false;
        t->kind = LNG_DATUM_VALUE;
        t->value = value;
        t->graph = x->s->e->graph;
    }
    return true;
}

lng_datum lng_apply_einsum(lng_scope *s, const lng_expr *e, lng_args a)
{
    einsum x = {.s = s, .e = e};
    return read_arguments(&x, &a) && read_text(&x) && check(&x) ? make(&x) : (lng_datum){0};
}
