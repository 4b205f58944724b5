/* Products, sums, norms and searches in ONNX (build.h). */
#include "import/build.h"
#include <string.h>

/* ---- products ---- */
/* A matrix of weights [in, out], as a layer. The inputs of a flattened image come in another order. scale: of the weights. */
static bool dense(lng_importer *m, lng_import_value *x, const lng_foreign_tensor *t, bool turned, double scale)
{
    const int64_t in = t->shape.dim[turned ? 1 : 0], units = t->shape.dim[turned ? 0 : 1];
    const bool flat = x->order == LNG_IMPORT_FLAT;
    const int64_t c = flat ? x->channels : 1;
    int perm[3];
    lng_shape view, to = x->shape;
    x = flat ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    if (to.rank < 1 || to.dim[to.rank - 1] != in || units < 1)
        return lng_import_refuse(m, "its weights read %lld numbers", (long long)in);
    if (turned) { /* [units, c, in / c] to [in / c, c, units] */
        view = lng_shape_of(3, units, c, in / c);
        perm[0] = 2, perm[1] = 1, perm[2] = 0;
    } else {
        view = lng_shape_of(3, c, in / c, units);
        perm[0] = 1, perm[1] = 0, perm[2] = 2;
    }
    const float *given = lng_import_floats(m, t, view, perm);
    float *at = LNG_NEW_N(m->arena, (size_t)(in * units) + 1, float);
    for (int64_t i = 0; i < in * units; i++)
        at[i] = scale == 1 ? given[i] : (float)((double)given[i] * scale);
    to.dim[to.rank - 1] = units;
    lng_import_step *s = lng_import_block(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, false), "dense", x);
    lng_import_set(m, s, "units", "%lld", (long long)units);
    lng_import_set(m, s, "bias", "false");
    lng_import_weigh(m, s, "W", lng_shape_of(2, in, units), at);
    lng_import_wish(m, s, t->name);
    return true;
}

static bool is_matrix(const lng_import_value *v)
{
    return v->constant && v->constant->shape.rank == 2 && lng_shape_size(v->constant->shape) > 0 &&
           lng_foreign_is_real(v->constant->type);
}

bool lng_import_gemm(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *b = lng_import_in(m, 1), *c = lng_import_in(m, 2);
    static const int perm[] = {0, 1};
    if (lng_foreign_int(m->node, "transA", 0) || !x->per_example || x->shape.rank != 1 || !is_matrix(b))
        return lng_import_refuse(m, "only a constant matrix that multiplies the row of each example can be imported");
    const bool turned = lng_foreign_int(m->node, "transB", 0);
    const double beta = lng_foreign_number(m->node, "beta", 1);
    if (!dense(m, x, b->constant, turned, lng_foreign_number(m->node, "alpha", 1)))
        return false;
    if (!c || beta == 0)
        return true;
    lng_import_value *y = lng_map_get(m->values, m->node->out[0]);
    const int64_t units = y->shape.dim[0], n = c->constant ? lng_shape_size(c->constant->shape) : 0;
    if (!c->constant || (n != units && n != 1) ||
        (n == units && n > 1 && c->constant->shape.dim[c->constant->shape.rank - 1] != units) || c->constant->shape.rank > 2)
        return lng_import_refuse(m, "its third operand must be a constant, of %lld numbers", (long long)units);
    const float *given = lng_import_floats(m, c->constant, c->constant->shape, perm);
    float *at = LNG_NEW_N(m->arena, (size_t)units + 1, float);
    for (int64_t i = 0; i < units; i++)
        at[i] = (float)((double)given[n == 1 ? 0 : i] * beta);
    lng_doc_remove(y->from->attributes, "bias");
    lng_import_weigh(m, y->from, "b", lng_shape_of(1, units), at);
    return true;
}

/* The dimensions before the last two. */
static bool leading(lng_importer *m, lng_shape a, lng_shape b, lng_shape *to)
{
    const int rank = a.rank > b.rank ? a.rank : b.rank;
    *to = (lng_shape){.rank = rank};
    for (int i = 0; i < rank - 2; i++) {
        const int ia = i - (rank - a.rank), ib = i - (rank - b.rank);
        const int64_t p = ia < 0 ? 1 : a.dim[ia], q = ib < 0 ? 1 : b.dim[ib];
        if (p != q && p != 1 && q != 1)
            return lng_import_refuse(m, "its operands have shapes that do not fit together");
        to->dim[i] = p == 1 ? q : p;
    }
    return true;
}

bool lng_import_matmul(lng_importer *m)
{
    lng_import_value *a = lng_import_in(m, 0), *b = lng_import_in(m, 1);
    if (a->per_example && a->shape.rank >= 1 && is_matrix(b))
        return dense(m, a, b->constant, false, 1);
    if (m->examples)
        return lng_import_mixes(m);
    a = lng_import_arranged(m, a, LNG_IMPORT_PLAIN);
    b = lng_import_arranged(m, b, LNG_IMPORT_PLAIN);
    const lng_shape p = a->shape, q = b->shape;
    const bool first =
        (!a->per_example && p.rank > q.rank) || (!b->per_example && q.rank > p.rank); /* of the constant: must be 1 */
    lng_shape to;
    if (p.rank < 2 || q.rank < 2 || first || (a->per_example && b->per_example && p.rank != q.rank))
        return lng_import_refuse(m, "it multiplies what is no matrix of an example, or mixes examples");
    if (p.dim[p.rank - 1] != q.dim[q.rank - 2])
        return lng_import_refuse(m, "it multiplies rows of %lld numbers with columns of %lld", (long long)p.dim[p.rank - 1],
                                 (long long)q.dim[q.rank - 2]);
    if (!leading(m, p, q, &to))
        return false;
    to.dim[to.rank - 2] = p.dim[p.rank - 2];
    to.dim[to.rank - 1] = q.dim[q.rank - 1];
    lng_import_value *const in[] = {a, b};
    lng_import_express(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, a->per_example || b->per_example, false), "$0 @ $1", true,
                       in, 2);
    return true;
}

/* ---- sums over axes ---- */
bool lng_import_reduce(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t *axes;
    const bool keep = lng_foreign_int(m->node, "keepdims", 1);
    bool goes[LNG_MAX_RANK] = {false}, stored[LNG_MAX_RANK] = {false};
    int n;
    if (!lng_import_ints(m, "axes", 1, &axes, &n))
        return false;
    if (n <= 0 && lng_foreign_int(m->node, "noop_with_empty_axes", 0))
        return lng_import_alias(m, x, x->shape, x->order);
    if (n <= 0 || !x->per_example)
        return lng_import_mixes(m);
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    for (int i = 0; i < n; i++) {
        int axis;
        if (!lng_import_axis(m, axes[i], x->shape.rank, &axis))
            return false;
        goes[axis] = stored[lng_import_stored_axis(x, axis)] = true;
    }
    lng_shape to = {0};
    lng_text list = lng_text_new(m->arena);
    for (int i = 0; i < x->shape.rank; i++) {
        if (stored[i])
            lng_text_add(&list, "%s%d", list.length ? ", " : "", i);
        if (!goes[i] || keep)
            to.dim[to.rank++] = goes[i] ? 1 : x->shape.dim[i];
    }
    const bool last = x->order == LNG_IMPORT_LAST && (keep || !goes[0]) && to.rank > 1;
    const char *form = lng_format(m->arena, lng_import_row_of(m->node)->form,
                                  lng_format(m->arena, ", axes=[%s]%s", list.at, keep ? ", keep=true" : ""));
    lng_import_unary(m, lng_import_result(m, 0, to, last ? LNG_IMPORT_LAST : LNG_IMPORT_PLAIN, true, x->integer), form, x);
    return true;
}

/* Along one axis, which is to be the last here. */
bool lng_import_softmax(lng_importer *m)
{
    const char *name = lng_import_row_of(m->node)->form;
    lng_import_value *x = lng_import_in(m, 0);
    int axis;
    if (!x->per_example || !lng_import_axis(m, lng_foreign_int(m->node, "axis", m->net->opset < 13 ? 1 : -1), x->shape.rank, &axis))
        return x->per_example ? false : lng_import_mixes(m);
    if (m->net->opset < 13 && axis != x->shape.rank - 1)
        return lng_import_refuse(m, "before opset 13 it is over all axes from the %d. on, which has no form here", axis + 1);
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    const int at = lng_import_stored_axis(x, axis);
    lng_import_step *s = x->from;
    if (x->single && s && s->block && strcmp(s->block, "dense") == 0 && !s->activated && s->out->single &&
        at == x->shape.rank - 1 && strcmp(name, "softmax") == 0) {
        lng_import_set(m, s, "activation", "%s", name);
        s->activated = true;
        return lng_import_alias(m, x, x->shape, x->order);
    }
    lng_import_value *y = lng_import_result(m, 0, x->shape, x->order, true, false);
    if (at == x->shape.rank - 1)
        lng_import_block(m, y, name, x);
    else
        lng_import_unary(m, y, lng_format(m->arena, "swap_axes(%s(swap_axes($0, a=%d)), a=%d)", name, at, at), x);
    return true;
}

bool lng_import_argmax(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    int axis;
    if (lng_foreign_int(m->node, "select_last_index", 0))
        return lng_import_refuse(m, "the last of equals has no form here; the first has");
    if (!x->per_example || !lng_import_axis(m, lng_foreign_int(m->node, "axis", 0), x->shape.rank, &axis))
        return x->per_example ? false : lng_import_mixes(m);
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = {0};
    const bool keep = lng_foreign_int(m->node, "keepdims", 1);
    for (int i = 0; i < x->shape.rank; i++)
        if (i != axis || keep)
            to.dim[to.rank++] = i == axis ? 1 : x->shape.dim[i];
    const char *form = lng_format(m->arena, "%s($0, axis=%d)", lng_import_row_of(m->node)->form, axis);
    if (keep)
        form = lng_format(m->arena, "reshape(%s, shape=%s)", form, lng_import_shape_text(m, to));
    lng_import_unary(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, true), form, x);
    return true;
}

bool lng_import_topk(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    int64_t k;
    int axis;
    if (!lng_import_is_int(lng_import_in(m, 1), &k))
        return lng_import_refuse(m, "its second operand must be a constant");
    if (!x->per_example || !lng_import_axis(m, lng_foreign_int(m->node, "axis", -1), x->shape.rank, &axis))
        return x->per_example ? false : lng_import_mixes(m);
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    if (k < 1 || k > x->shape.dim[axis])
        return lng_import_refuse(m, "it takes %lld of %lld numbers", (long long)k, (long long)x->shape.dim[axis]);
    lng_shape to = x->shape;
    to.dim[axis] = k;
    const char *order = lng_foreign_int(m->node, "largest", 1) ? "true" : "false";
    const char *index = lng_format(m->arena, "argsort($0, axis=%d, descending=%s)", axis, order);
    if (k < x->shape.dim[axis])
        index = lng_format(m->arena, "slice(%s, axis=%d, stop=%lld)", index, axis, (long long)k);
    if (m->node->outs > 1 && *m->node->out[1])
        lng_import_unary(m, lng_import_result(m, 1, to, LNG_IMPORT_PLAIN, true, true), index, x);
    lng_import_value *y = lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, x->integer);
    if (strcmp(order, "true") == 0)
        lng_import_unary(m, y, lng_format(m->arena, "top_k($0, k=%lld, axis=%d)", (long long)k, axis), x);
    else
        lng_import_unary(m, y, lng_format(m->arena, "slice(sort($0, axis=%d), axis=%d, stop=%lld)", axis, axis, (long long)k), x);
    return true;
}

bool lng_import_cumsum(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    int64_t given;
    int axis;
    if (!lng_import_is_int(lng_import_in(m, 1), &given) || lng_foreign_int(m->node, "exclusive", 0))
        return lng_import_refuse(m, "only inclusive sums along a constant axis can be imported");
    if (!x->per_example || !lng_import_axis(m, given, x->shape.rank, &axis))
        return x->per_example ? false : lng_import_mixes(m);
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_import_unary(
        m, lng_import_result(m, 0, x->shape, LNG_IMPORT_PLAIN, true, x->integer),
        lng_format(m->arena, "cumsum($0, axis=%d%s)", axis, lng_foreign_int(m->node, "reverse", 0) ? ", reverse=true" : ""), x);
    return true;
}

bool lng_import_one_hot(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *values = lng_import_in(m, 2);
    int64_t depth;
    const int64_t axis = lng_foreign_int(m->node, "axis", -1);
    if (!x->per_example || !x->integer || !lng_import_is_int(lng_import_in(m, 1), &depth) || depth < 1 || depth > LNG_MAX_ELEMENTS)
        return lng_import_refuse(m, "only integers of each example, and a constant depth, can be imported");
    if (!values || !values->constant || lng_shape_size(values->constant->shape) != 2 || lng_foreign_at(values->constant, 0) != 0 ||
        lng_foreign_at(values->constant, 1) != 1 || (axis != -1 && axis != x->shape.rank + 1) || x->shape.rank == LNG_MAX_RANK)
        return lng_import_refuse(m, "only zeros and ones, along the last axis, can be imported");
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = x->shape;
    to.dim[to.rank++] = depth;
    lng_import_unary(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, false),
                     lng_format(m->arena, "one_hot($0, depth=%lld)", (long long)depth), x);
    return true;
}

/* ---- norms ---- */
/* A row of c numbers for each weight, in the order in which x is stored. */
static bool weigh(lng_importer *m, lng_import_step *s, const lng_import_value *x, int i, const char *name, int64_t c)
{
    const lng_import_value *v = lng_import_in(m, i);
    const bool flat = x->order == LNG_IMPORT_FLAT;
    static const int same[] = {0}, turned[] = {1, 0};
    if (!v || !v->constant || lng_shape_size(v->constant->shape) != c)
        return lng_import_refuse(m, "its operand %d must be a constant of %lld numbers", i + 1, (long long)c);
    lng_import_weigh(m, s, name, lng_shape_of(1, c),
                     flat ? lng_import_floats(m, v->constant, lng_shape_of(2, x->channels, c / x->channels), turned)
                          : lng_import_floats(m, v->constant, lng_shape_of(1, c), same));
    lng_import_wish(m, s, v->constant->name);
    return true;
}

static void set_eps(lng_importer *m, lng_import_step *s)
{
    char number[LNG_NUMBER_SIZE];
    const double given = lng_foreign_number(m->node, "epsilon", 1e-5);
    const char *eps = lng_number_float(number, given > 0 ? (float)given : 1e-30f); /* the language wants one; this changes no sum */
    if (strcmp(eps, "1e-05") != 0)
        lng_import_set(m, s, "eps", "%s", eps);
}

bool lng_import_batchnorm(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const float momentum = (float)lng_foreign_number(m->node, "momentum", 0.9);
    char number[LNG_NUMBER_SIZE];
    if (!x->per_example || x->shape.rank < 1)
        return lng_import_refuse(m, "its operand has no channels");
    const int64_t c = x->shape.dim[0];
    x = x->order == LNG_IMPORT_BARE || x->order == LNG_IMPORT_FLAT ? x : lng_import_arranged(m, x, LNG_IMPORT_LAST);
    lng_import_value *y = lng_import_result(m, 0, x->shape, x->order, true, false);
    y->channels = x->channels;
    lng_import_step *s = lng_import_block(m, y, "batchnorm", x);
    if (momentum != 0.9f)
        lng_import_set(m, s, "momentum", "%s", lng_number_float(number, momentum));
    set_eps(m, s);
    return weigh(m, s, x, 1, "scale", c) && weigh(m, s, x, 2, "shift", c) && weigh(m, s, x, 3, "mean", c) &&
           weigh(m, s, x, 4, "variance", c);
}

bool lng_import_layernorm(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t axis = lng_foreign_int(m->node, "axis", -1);
    if (!x->per_example || x->shape.rank < 1 || (axis != -1 && axis != x->shape.rank))
        return lng_import_refuse(m, "only a norm over the last axis can be imported");
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    const int64_t c = x->shape.dim[x->shape.rank - 1];
    lng_import_step *s = lng_import_block(m, lng_import_result(m, 0, x->shape, LNG_IMPORT_PLAIN, true, false), "layernorm", x);
    set_eps(m, s);
    if (!weigh(m, s, x, 1, "scale", c))
        return false;
    if (lng_import_in(m, 2))
        return weigh(m, s, x, 2, "shift", c);
    lng_import_weigh(m, s, "shift", lng_shape_of(1, c), LNG_NEW_N(m->arena, (size_t)c + 1, float));
    return true;
}

bool lng_import_instance_norm(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    if (!x->per_example || x->shape.rank < 2)
        return lng_import_refuse(m, "its operand is no image");
    x = lng_import_arranged(m, x, LNG_IMPORT_LAST);
    const int64_t c = x->shape.dim[0];
    lng_import_step *s = lng_import_block(m, lng_import_result(m, 0, x->shape, LNG_IMPORT_LAST, true, false), "group_norm", x);
    lng_import_set(m, s, "groups", "%lld", (long long)c);
    set_eps(m, s);
    return weigh(m, s, x, 1, "scale", c) && weigh(m, s, x, 2, "shift", c);
}

/* ONNX divides alpha by the size. */
bool lng_import_lrn(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int64_t size = lng_foreign_int(m->node, "size", 0);
    char number[LNG_NUMBER_SIZE];
    if (!x->per_example || x->shape.rank < 2 || size < 1 || size > 1 << 20 || size % 2 == 0)
        return lng_import_refuse(m, "only an odd number of channels around each can be imported");
    x = lng_import_arranged(m, x, LNG_IMPORT_LAST);
    lng_import_step *s =
        lng_import_block(m, lng_import_result(m, 0, x->shape, LNG_IMPORT_LAST, true, false), "local_response_norm", x);
    lng_import_set(m, s, "size", "%lld", (long long)size);
    lng_import_set(m, s, "alpha", "%s",
                   lng_number_float(number, (float)(lng_foreign_number(m->node, "alpha", 1e-4) / (double)size)));
    lng_import_set(m, s, "beta", "%s", lng_number_float(number, (float)lng_foreign_number(m->node, "beta", 0.75)));
    lng_import_set(m, s, "bias", "%s", lng_number_float(number, (float)lng_foreign_number(m->node, "bias", 1)));
    return true;
}
