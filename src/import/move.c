/* Operators of ONNX that give numbers another shape or order, or copy them (build.h). */
#include "import/build.h"
#include <string.h>

/* ---- shapes ---- */
/* What the node makes of a shape: of an example, without the examples, or of a constant. first: 1 where the shapes of ONNX begin with the
 * examples. */
static bool reshape_to(lng_importer *m, lng_shape from, int first, lng_shape *to)
{
    const int64_t *target, size = lng_shape_size(from);
    int n, hole = -1;
    int64_t known = 1;
    if (!lng_import_ints(m, "shape", 1, &target, &n))
        return false;
    for (int i = 0; i <= m->examples && m->examples; i++) /* those before the examples stay, and so do they */
        if (i >= n || target[i] != 0)
            return lng_import_mixes(m);
    if (n < first || n - first > LNG_MAX_RANK)
        return n == 0 && first ? lng_import_mixes(m) : lng_import_refuse(m, "its shape has %d dimensions", n);
    *to = (lng_shape){.rank = n - first};
    for (int i = 0; i < to->rank; i++) {
        int64_t d = target[i + first];
        d = d == 0 && i < from.rank && !lng_foreign_int(m->node, "allowzero", 0) ? from.dim[i] : d;
        if (d == -1 && hole < 0)
            hole = i;
        else if (d < 0 || d > LNG_MAX_ELEMENTS || (d > 0 && known > LNG_MAX_ELEMENTS / d))
            return lng_import_refuse(m, "its shape has a dimension of %lld", (long long)d);
        else
            known *= d;
        to->dim[i] = d;
    }
    if (hole >= 0)
        to->dim[hole] = known > 0 ? size / known : 0;
    if (lng_shape_size(*to) == size)
        return true;
    return first ? lng_import_mixes(m) : lng_import_refuse(m, "its shape has another number of elements");
}

/* Axes as those of `rank` dimensions, first ones included. */
static bool axes_of(lng_importer *m, int rank, bool *has, int *count)
{
    const int64_t *axes;
    int n;
    if (!lng_import_ints(m, "axes", 1, &axes, &n))
        return false;
    *count = n;
    for (int i = 0; i < n; i++) {
        const int64_t at = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (at < 0 || at >= rank)
            return lng_import_refuse(m, "it has no axis %lld", (long long)axes[i]);
        has[at] = true;
    }
    return true;
}

static bool squeeze_to(lng_importer *m, lng_shape from, int first, lng_shape *to)
{
    bool has[LNG_MAX_RANK + 1] = {false};
    int n;
    if (!axes_of(m, from.rank + first, has, &n))
        return false;
    if (first && has[m->examples])
        return lng_import_mixes(m);
    *to = (lng_shape){0};
    for (int i = 0, before = m->examples; i < from.rank; i++) {
        const bool goes = n < 0 ? from.dim[i] == 1 : has[i + (first && i >= before)];
        if (goes && from.dim[i] != 1)
            return lng_import_refuse(m, "the axis that it drops has %lld elements", (long long)from.dim[i]);
        if (!goes)
            to->dim[to->rank++] = from.dim[i];
        m->examples -= goes && i < before;
    }
    return true;
}

static bool unsqueeze_to(lng_importer *m, lng_shape from, int first, lng_shape *to)
{
    bool has[2 * LNG_MAX_RANK + 2] = {false};
    const int64_t *axes;
    int n, k = 0;
    if (!lng_import_ints(m, "axes", 1, &axes, &n))
        return false;
    const int rank = from.rank + first + (n < 0 ? 0 : n);
    if (rank > LNG_MAX_RANK || !axes_of(m, rank, has, &n))
        return rank <= LNG_MAX_RANK ? false
                                    : lng_import_refuse(m, "its result has %d dimensions; the limit is %d", rank, LNG_MAX_RANK);
    *to = (lng_shape){0};
    for (int i = 0, before = m->examples; i < rank; i++) {
        if (!has[i] && first && k == before && before >= 0) { /* here are the examples */
            m->examples = i;
            before = -1;
            continue;
        }
        if ((!has[i] && k == from.rank) || to->rank == LNG_MAX_RANK)
            return lng_import_refuse(m, "it names an axis twice");
        to->dim[to->rank++] = has[i] ? 1 : from.dim[k++];
    }
    return k == from.rank || lng_import_refuse(m, "it names an axis twice");
}

static bool flatten_to(lng_importer *m, lng_shape from, int first, lng_shape *to)
{
    const int64_t axis = lng_foreign_int(m->node, "axis", 1), at = axis < 0 ? axis + from.rank + first : axis;
    if (at < 0 || at > from.rank + first)
        return lng_import_refuse(m, "it has no axis %lld", (long long)axis);
    if (first) {
        *to = lng_shape_of(1, lng_shape_size(from));
        return at == 1 || lng_import_mixes(m);
    }
    int64_t rows = 1;
    for (int i = 0; i < at; i++)
        rows *= from.dim[i];
    *to = lng_shape_of(2, rows, rows ? lng_shape_size(from) / rows : 0);
    return true;
}

/* ---- views ---- */
static bool starts_with_channels(lng_shape s, int64_t channels)
{
    return s.rank >= 2 && s.dim[0] == channels;
}

/* [c, ...] with the channels last, as another such. */
static bool reshape_last(lng_importer *m, lng_import_value *x, lng_shape to)
{
    lng_import_value *y = lng_import_result(m, 0, to, LNG_IMPORT_LAST, x->per_example, x->integer);
    lng_import_unary(m, y, lng_format(m->arena, "reshape($0, shape=%s)", lng_import_shape_text(m, lng_import_stored(y))), x);
    return true;
}

/* An image as a row: what reads it decides about the order. */
static bool reshape_flat(lng_importer *m, lng_import_value *x, lng_shape to)
{
    const int64_t c = x->shape.dim[0];
    const bool same = c == 1 || c == lng_shape_size(to);
    if (x->order == LNG_IMPORT_BARE)
        return lng_import_alias(m, x, to, LNG_IMPORT_PLAIN);
    lng_import_value *y = lng_import_result(m, 0, to, same ? LNG_IMPORT_PLAIN : LNG_IMPORT_FLAT, x->per_example, x->integer);
    y->channels = c;
    lng_import_block(m, y, "flatten", x);
    return true;
}

/* Whether an image of one channel, or of one pixel, is only called by another order: the same numbers are in the same places. */
static bool is_renamed(const lng_import_value *x, lng_shape to, lng_import_order *order)
{
    const lng_import_value last = {.shape = to, .order = LNG_IMPORT_LAST};
    const bool one = to.rank == 3 && (to.dim[0] == 1 || to.dim[1] * to.dim[2] == 1);
    *order = x->order == LNG_IMPORT_PLAIN ? LNG_IMPORT_LAST : LNG_IMPORT_PLAIN;
    if (!x->per_example || x->shape.rank != 3)
        return false;
    return x->order == LNG_IMPORT_PLAIN ? one && lng_shape_equal(lng_import_stored(&last), x->shape)
                                        : x->order == LNG_IMPORT_LAST && lng_shape_equal(lng_import_stored(x), to) &&
                                              (x->shape.dim[0] == 1 || x->shape.dim[1] * x->shape.dim[2] == 1);
}

/* What a value is another shape of, if it is one. */
static lng_import_value *viewed(lng_import_value *x)
{
    const lng_import_step *s = x->from;
    const bool is_view = s && s->form && strncmp(s->form, "reshape($0, shape=", 18) == 0 && !strchr(s->form + 18, '(');
    return is_view && s->in[0]->order == LNG_IMPORT_PLAIN && s->in[0]->per_example ? s->in[0] : x;
}

static bool view(lng_importer *m, lng_import_value *x, lng_shape to)
{
    lng_import_order order;
    if (lng_shape_equal(to, x->shape))
        return lng_import_alias(m, x, to, x->order);
    if (is_renamed(x, to, &order))
        return lng_import_alias(m, x, to, order);
    if (x->per_example && x->order != LNG_IMPORT_PLAIN) {
        const int64_t c = x->order == LNG_IMPORT_FLAT ? x->channels : x->shape.dim[0];
        if (to.rank == 1 && x->order != LNG_IMPORT_FLAT)
            return reshape_flat(m, x, to);
        if (starts_with_channels(to, c) && x->order == LNG_IMPORT_BARE)
            return lng_import_alias(m, x, to, LNG_IMPORT_BARE);
        if (starts_with_channels(to, c))
            return reshape_last(m, x, to);
    }
    lng_import_value *plain = viewed(lng_import_arranged(m, x, LNG_IMPORT_PLAIN));
    if (lng_shape_equal(to, plain->shape))
        return lng_import_alias(m, plain, to, LNG_IMPORT_PLAIN);
    lng_import_value *y = lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, x->per_example, x->integer);
    if (to.rank == 1 && x->per_example)
        lng_import_block(m, y, "flatten", plain);
    else
        lng_import_unary(m, y, lng_format(m->arena, "reshape($0, shape=%s)", lng_import_shape_text(m, to)), plain);
    return true;
}

static bool reshape(lng_importer *m, bool (*to_shape)(lng_importer *, lng_shape, int, lng_shape *))
{
    lng_import_value *x = lng_import_in(m, 0);
    lng_shape to;
    if (!to_shape(m, x->shape, x->per_example, &to))
        return false;
    if (!x->constant)
        return view(m, x, to);
    lng_foreign_tensor *t = LNG_NEW(m->arena, lng_foreign_tensor);
    *t = *x->constant;
    t->shape = to;
    return lng_import_set_constant(m, t);
}

bool lng_import_reshape(lng_importer *m)
{
    return reshape(m, reshape_to);
}

bool lng_import_squeeze(lng_importer *m)
{
    return reshape(m, squeeze_to);
}

bool lng_import_unsqueeze(lng_importer *m)
{
    return reshape(m, unsqueeze_to);
}

bool lng_import_flatten(lng_importer *m)
{
    return reshape(m, flatten_to);
}

/* ---- transpose ---- */
static bool permutation(lng_importer *m, int rank, int *perm)
{
    const lng_foreign_attr *a = lng_foreign_attribute(m->node, "perm");
    bool seen[LNG_MAX_RANK + 1] = {false};
    if (a && (int)a->count != rank)
        return lng_import_refuse(m, "its permutation has %zu dimensions of %d", a->count, rank);
    for (int i = 0; i < rank; i++) {
        const int64_t at = a ? a->integers[i] : rank - 1 - i;
        if (at < 0 || at >= rank || seen[at])
            return lng_import_refuse(m, "its permutation is none");
        seen[at] = true;
        perm[i] = (int)at;
    }
    return true;
}

static bool transpose_constant(lng_importer *m, const lng_foreign_tensor *t)
{
    int perm[LNG_MAX_RANK + 1];
    lng_shape to = t->shape;
    if (!permutation(m, t->shape.rank, perm))
        return false;
    for (int i = 0; i < to.rank; i++)
        to.dim[i] = t->shape.dim[perm[i]];
    lng_foreign_tensor *made = lng_import_made(m, t->type, to);
    const float *numbers = lng_import_floats(m, t, t->shape, perm);
    for (int64_t i = 0; i < lng_shape_size(to); i++)
        made->number[i] = (double)numbers[i];
    made->name = t->name;
    return lng_import_set_constant(m, made);
}

/* What is stored as [.., c] may already be what is asked for. */
bool lng_import_transpose(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    const int first = x->per_example, rank = x->shape.rank;
    int full[LNG_MAX_RANK + 1], perm[LNG_MAX_RANK], stored[LNG_MAX_RANK], place[LNG_MAX_RANK];
    if (x->constant)
        return transpose_constant(m, x->constant);
    if (rank + first > LNG_MAX_RANK || !permutation(m, rank + first, full))
        return rank + first > LNG_MAX_RANK ? lng_import_refuse(m, "it has too many dimensions") : false;
    const int examples = first ? m->examples : -1;
    x = x->order == LNG_IMPORT_LAST ? x : lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    lng_shape to = {.rank = rank};
    bool plain = true, last = rank > 1;
    for (int i = 0, k = 0; i < rank + first; i++)
        if (full[i] == examples)
            m->examples = i;
        else
            perm[k++] = full[i] - (first && full[i] > examples);
    for (int i = 0; i < rank; i++) {
        to.dim[i] = x->shape.dim[perm[i]];
        stored[i] = x->order == LNG_IMPORT_LAST ? (i + 1) % rank : i; /* the axis there that is stored as axis i */
        place[stored[i]] = i;
    }
    for (int i = 0; i < rank; i++) {
        plain = plain && stored[i] == perm[i];
        last = last && stored[i] == perm[(i + 1) % rank];
    }
    if (plain || (last && first))
        return lng_import_alias(m, x, to, plain ? LNG_IMPORT_PLAIN : LNG_IMPORT_LAST);
    lng_text text = lng_text_new(m->arena);
    for (int i = 0; i < rank; i++)
        lng_text_add(&text, "%s%d", i ? ", " : "", place[perm[i]]);
    lng_import_unary(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, x->per_example, x->integer),
                     lng_format(m->arena, "transpose($0, perm=[%s])", text.at), x);
    return true;
}

/* ---- copies ---- */
bool lng_import_expand(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *shape = lng_import_in(m, 1);
    const int64_t *target;
    int n;
    if (!lng_import_ints(m, NULL, 1, &target, &n))
        return false;
    /* to the number of examples: from now on, it is one of each */
    const bool spreads = !x->per_example && n > 0 && shape->constant->batch && shape->constant->batch[0];
    if (!spreads && n > 0 && x->per_example && x->shape.rank + 1 == n && target[0] != 1 && target[0] != -1)
        return lng_import_mixes(m);
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    const int first = spreads || x->per_example, rank = n - first > x->shape.rank ? n - first : x->shape.rank;
    lng_shape to = {.rank = rank};
    if (rank > LNG_MAX_RANK || n < first || (x->per_example && rank > x->shape.rank))
        return lng_import_mixes(m);
    for (int i = 0; i < rank; i++) {
        const int mine = i - (rank - x->shape.rank), given = i - (rank - (n - first));
        const int64_t a = mine < 0 ? 1 : x->shape.dim[mine], b = given < 0 ? 1 : target[given + first];
        if (a != b && a != 1 && b != 1)
            return lng_import_refuse(m, "%lld elements cannot be stretched to %lld", (long long)a, (long long)b);
        to.dim[i] = a == 1 ? b : a;
        if (to.dim[i] < 0)
            return lng_import_refuse(m, "its shape has a dimension of %lld", (long long)to.dim[i]);
    }
    lng_import_value *y = lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, x->per_example || spreads, x->integer);
    lng_import_unary(m, y, lng_format(m->arena, "broadcast($0, shape=%s)", lng_import_shape_text(m, to)), x);
    return true;
}

bool lng_import_tile(lng_importer *m)
{
    lng_import_value *x = lng_import_arranged(m, lng_import_in(m, 0), LNG_IMPORT_PLAIN);
    const int64_t *count;
    int n;
    const char *form = "$0";
    lng_shape to = x->shape;
    if (!lng_import_ints(m, NULL, 1, &count, &n))
        return false;
    if (!x->per_example || n != x->shape.rank + 1 || (count[0] != 1 && count[0] != -1))
        return lng_import_mixes(m);
    for (int i = 0; i < to.rank; i++) {
        if (count[i + 1] < 1 || count[i + 1] > LNG_MAX_ELEMENTS || to.dim[i] > LNG_MAX_ELEMENTS / count[i + 1])
            return lng_import_refuse(m, "it repeats an axis %lld times", (long long)count[i + 1]);
        to.dim[i] *= count[i + 1];
        if (count[i + 1] > 1)
            form = lng_format(m->arena, "tile(%s, count=%lld, axis=%d)", form, (long long)count[i + 1], i);
    }
    if (lng_shape_equal(to, x->shape))
        return lng_import_alias(m, x, to, x->order);
    lng_import_unary(m, lng_import_result(m, 0, to, LNG_IMPORT_PLAIN, true, x->integer), form, x);
    return true;
}

/* A part of each matrix, on one side of a diagonal. */
bool lng_import_trilu(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    int64_t diagonal = 0;
    if (!x->per_example || x->shape.rank < 2)
        return lng_import_refuse(m, "only matrices of each example can be imported");
    if (lng_import_in(m, 1) && !lng_import_is_int(lng_import_in(m, 1), &diagonal))
        return lng_import_refuse(m, "its diagonal must be a constant");
    x = lng_import_arranged(m, x, LNG_IMPORT_PLAIN);
    const char *name = lng_foreign_int(m->node, "upper", 1) ? "triu" : "tril";
    lng_import_unary(m, lng_import_result(m, 0, x->shape, LNG_IMPORT_PLAIN, true, x->integer),
                     diagonal ? lng_format(m->arena, "%s($0, diagonal=%lld)", name, (long long)diagonal)
                              : lng_format(m->arena, "%s($0)", name),
                     x);
    return true;
}
