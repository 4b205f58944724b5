/* Values and steps of a model that is being imported (build.h). */
#include "import/build.h"
#include "syntax/builtin_names.h"
#include "syntax/expression.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- errors ---- */
bool lng_import_refuse(lng_importer *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = lng_vformat(m->arena, format, arguments);
    va_end(arguments);
    return lng_error(m->errors, LNG_E_ONNX, (lng_place){.source = m->source}, "%s `%s`: %s", m->node->type, m->node->name, text);
}

bool lng_import_mixes(lng_importer *m)
{
    return lng_import_refuse(m, "it mixes the examples of a batch, which are its first dimension");
}

/* ---- names ---- */
const char *lng_import_identifier(lng_importer *m, const char *name)
{
    lng_text text = lng_text_new(m->arena);
    for (const char *at = name; *at && text.length < 60; at++)
        if (isalnum((unsigned char)*at))
            lng_text_put(&text, at, 1);
        else if (text.length && text.at[text.length - 1] != '_')
            lng_text_put(&text, "_", 1);
    while (text.length && text.at[text.length - 1] == '_')
        text.at[--text.length] = 0;
    const char *wanted = !lng_is_name(text.at, text.length) || lng_is_reserved(text.at) || strcmp(text.at, "out") == 0
                             ? lng_format(m->arena, "value_%s", text.at)
                             : text.at;
    const char *found = lng_map_new_name(m->taken, wanted);
    lng_map_put(m->taken, found, m);
    return found;
}

/* ---- shapes ---- */
static lng_shape rotated(lng_shape s)
{
    lng_shape to = s;
    for (int i = 0; i < s.rank; i++)
        to.dim[i] = s.dim[(i + 1) % s.rank];
    return to;
}

lng_shape lng_import_stored(const lng_import_value *v)
{
    return v->order == LNG_IMPORT_LAST   ? rotated(v->shape)
           : v->order == LNG_IMPORT_BARE ? lng_shape_of(1, v->shape.dim[0])
                                         : v->shape;
}

int lng_import_stored_axis(const lng_import_value *v, int axis)
{
    return v->order != LNG_IMPORT_LAST ? axis : axis == 0 ? v->shape.rank - 1 : axis - 1;
}

const char *lng_import_shape_text(lng_importer *m, lng_shape s)
{
    char text[LNG_SHAPE_TEXT];
    return lng_copy(m->arena, s.rank ? lng_shape_text(text, s) : "[]");
}

/* ---- values ---- */
static int reads_of(const lng_importer *m, const char *tensor)
{
    const int *n = lng_map_get(m->reads, tensor);
    return n ? *n : 0;
}

lng_import_value *lng_import_result(lng_importer *m, int i, lng_shape shape, lng_import_order order, bool per_example, bool integer)
{
    lng_import_value *v = LNG_NEW(m->arena, lng_import_value);
    const char *name = (size_t)i < m->node->outs ? m->node->out[i] : "";
    *v = (lng_import_value){.tensor = name,
                            .shape = shape,
                            .order = order,
                            .per_example = per_example,
                            .integer = integer,
                            .examples = per_example ? m->examples : 0,
                            .single = reads_of(m, name) == 1};
    if (*name)
        lng_map_put(m->values, name, v);
    if (lng_shape_size(shape) < 0) {
        lng_import_refuse(m, "its result `%s` would have more than 2^31 elements", name);
        v->broken = true;
        v->shape = (lng_shape){0};
    }
    return v;
}

bool lng_import_alias(lng_importer *m, lng_import_value *v, lng_shape shape, lng_import_order order)
{
    lng_import_value *to = lng_import_result(m, 0, shape, order, v->per_example, v->integer);
    to->single = to->single && v->single;
    to->channels = v->channels;
    to->constant = v->constant;
    to->name = v->name;
    to->from = v->from;
    return true;
}

lng_import_value *lng_import_in(lng_importer *m, int i)
{
    const char *name = (size_t)i < m->node->ins ? m->node->in[i] : "";
    return *name ? lng_map_get(m->values, name) : NULL;
}

/* ---- steps ---- */
static lng_import_step *new_step(lng_importer *m, lng_import_value *out)
{
    lng_import_step *s = LNG_NEW(m->arena, lng_import_step);
    m->step = lng_grow(m->arena, m->step, m->steps, &m->step_capacity, sizeof(lng_import_step *));
    m->step[m->steps++] = s;
    s->out = out;
    s->kind = m->node ? m->node->type : "value";
    out->from = s;
    return s;
}

lng_import_step *lng_import_express(lng_importer *m, lng_import_value *out, const char *form, bool infix,
                                    lng_import_value *const *in, int n)
{
    lng_import_step *s = new_step(m, out);
    s->form = form;
    s->infix = infix;
    s->ins = n;
    s->in = LNG_NEW_N(m->arena, (size_t)n + 1, lng_import_value *);
    for (int i = 0; i < n; i++)
        s->in[i] = lng_import_operand(m, in[i], LNG_IMPORT_PLAIN, in[i]->shape.rank, 0);
    return s;
}

lng_import_step *lng_import_unary(lng_importer *m, lng_import_value *out, const char *form, lng_import_value *in)
{
    return lng_import_express(m, out, form, false, &in, 1);
}

lng_import_step *lng_import_block(lng_importer *m, lng_import_value *out, const char *block, lng_import_value *in)
{
    lng_import_step *s = lng_import_express(m, out, NULL, false, &in, 1);
    s->block = s->kind = block;
    s->attributes = lng_doc_mapping(m->arena, (lng_place){0});
    s->attributes->flow = true;
    return s;
}

void lng_import_set(lng_importer *m, lng_import_step *s, const char *attribute, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = lng_vformat(m->arena, format, arguments);
    va_end(arguments);
    lng_doc_set(m->arena, s->attributes, attribute, lng_doc_scalar(m->arena, text, (lng_place){0}));
}

/* One number where both are the same. */
void lng_import_set_pair(lng_importer *m, lng_import_step *s, const char *attribute, int64_t rows, int64_t columns)
{
    if (rows == columns) {
        lng_import_set(m, s, attribute, "%lld", (long long)rows);
        return;
    }
    lng_doc *list = lng_doc_sequence(m->arena, (lng_place){0});
    list->flow = true;
    lng_doc_push(m->arena, list, NULL, lng_doc_scalar(m->arena, lng_format(m->arena, "%lld", (long long)rows), (lng_place){0}));
    lng_doc_push(m->arena, list, NULL, lng_doc_scalar(m->arena, lng_format(m->arena, "%lld", (long long)columns), (lng_place){0}));
    lng_doc_set(m->arena, s->attributes, attribute, list);
}

void lng_import_weigh(lng_importer *m, lng_import_step *s, const char *name, lng_shape shape, const float *at)
{
    (void)m;
    s->weight[s->weights++] = (lng_import_weight){name, shape, at, false};
}

void lng_import_wish(lng_importer *m, lng_import_step *s, const char *tensor)
{
    const char *dot = strrchr(tensor, '.');
    if (!s->wish && dot && dot > tensor)
        s->wish = lng_copy_n(m->arena, tensor, (size_t)(dot - tensor));
}

/* ---- orders ---- */
static lng_import_value *in_order(lng_importer *m, lng_import_value *v, lng_import_order order)
{
    lng_import_value *to = LNG_NEW(m->arena, lng_import_value);
    *to = (lng_import_value){.tensor = v->tensor,
                             .shape = v->shape,
                             .per_example = v->per_example,
                             .examples = v->examples,
                             .integer = v->integer,
                             .order = order};
    return v->other[order] = to;
}

static lng_import_value *to_plain(lng_importer *m, lng_import_value *v)
{
    lng_import_value *to = in_order(m, v, LNG_IMPORT_PLAIN);
    lng_text perm = lng_text_new(m->arena);
    const int64_t size = lng_shape_size(v->shape), c = v->channels;
    if (v->order == LNG_IMPORT_BARE)
        lng_import_unary(m, to, lng_format(m->arena, "reshape($0, shape=%s)", lng_import_shape_text(m, v->shape)), v);
    else if (v->order == LNG_IMPORT_FLAT)
        lng_import_unary(m, to,
                         lng_format(m->arena, "reshape(transpose(reshape($0, shape=[%lld, %lld]), perm=[1, 0]), shape=[%lld])",
                                    (long long)(size / c), (long long)c, (long long)size),
                         v);
    else {
        for (int i = 0; i < v->shape.rank; i++)
            lng_text_add(&perm, "%s%d", i ? ", " : "", i == 0 ? v->shape.rank - 1 : i - 1);
        lng_import_unary(m, to, lng_format(m->arena, "transpose($0, perm=[%s])", perm.at), v);
    }
    return to;
}

static lng_import_value *to_last(lng_importer *m, lng_import_value *v)
{
    if (v->order == LNG_IMPORT_BARE) {
        lng_import_value *to = in_order(m, v, LNG_IMPORT_LAST);
        lng_import_unary(m, to, lng_format(m->arena, "reshape($0, shape=%s)", lng_import_shape_text(m, rotated(v->shape))), v);
        return to;
    }
    lng_import_value *plain = lng_import_arranged(m, v, LNG_IMPORT_PLAIN), *to = in_order(m, v, LNG_IMPORT_LAST);
    lng_text perm = lng_text_new(m->arena);
    for (int i = 0; i < v->shape.rank; i++)
        lng_text_add(&perm, "%s%d", i ? ", " : "", (i + 1) % v->shape.rank);
    lng_import_unary(m, to, lng_format(m->arena, "transpose($0, perm=[%s])", perm.at), plain);
    return to;
}

lng_import_value *lng_import_arranged(lng_importer *m, lng_import_value *v, lng_import_order order)
{
    if (v->constant && !v->name)
        v = lng_import_operand(m, v, LNG_IMPORT_PLAIN, v->shape.rank, 0);
    if (v->order == order || !v->per_example || (order == LNG_IMPORT_LAST && v->shape.rank < 2))
        return v;
    if (v->other[order])
        return v->other[order];
    return order == LNG_IMPORT_LAST ? to_last(m, v) : to_plain(m, v);
}

/* ---- constants ---- */
bool lng_import_is_number(const lng_import_value *v, double *number)
{
    if (!v || !v->constant || lng_shape_size(v->constant->shape) != 1 || v->constant->batch)
        return false;
    *number = lng_foreign_at(v->constant, 0);
    return true;
}

int64_t lng_import_to_int(double x)
{
    return x >= 9e18 ? INT64_MAX : x <= -9e18 ? INT64_MIN + 1 : x == x ? (int64_t)x : 0;
}

bool lng_import_is_int(const lng_import_value *v, int64_t *number)
{
    double x;
    if (!lng_import_is_number(v, &x))
        return false;
    *number = lng_import_to_int(x);
    return true;
}

/* Element e of what has the view's dimensions in another order. */
static int64_t source_of(lng_shape view, const int *perm, int64_t e)
{
    int64_t step[LNG_MAX_RANK], source = 0, next = 1;
    for (int k = view.rank; k-- > 0; next *= view.dim[k])
        step[k] = next;
    for (int k = view.rank; k-- > 0;) {
        source += e % view.dim[perm[k]] * step[perm[k]];
        e /= view.dim[perm[k]];
    }
    return source;
}

const float *lng_import_floats(lng_importer *m, const lng_foreign_tensor *t, lng_shape view, const int *perm)
{
    const int64_t size = lng_shape_size(view);
    float *to = LNG_NEW_N(m->arena, (size_t)size + 1, float);
    for (int64_t e = 0; e < size; e++)
        to[e] = (float)lng_foreign_at(t, source_of(view, perm, e));
    return to;
}

/* 0, step, 2 step, ... */
static bool is_progression(const lng_foreign_tensor *t, double *start, double *step)
{
    const int64_t n = t->shape.rank == 1 ? t->shape.dim[0] : 0;
    if (n < 2)
        return false;
    *start = lng_foreign_at(t, 0);
    *step = lng_foreign_at(t, 1) - *start;
    for (int64_t i = 0; i < n; i++)
        if (lng_foreign_at(t, i) != *start + (double)i * *step)
            return false;
    return true;
}

/* Integers that are no single number: a range, or a parameter. */
static const char *integers_of(lng_importer *m, const lng_foreign_tensor *t, const char *param)
{
    double start, step;
    char number[2][LNG_NUMBER_SIZE];
    if (!is_progression(t, &start, &step))
        return lng_format(m->arena, "to_int(%s)", param);
    return start == 0 && step == 1
               ? lng_format(m->arena, "to_int(arange(size=%lld))", (long long)t->shape.dim[0])
               : lng_format(m->arena, "to_int(arange(size=%lld, start=%s, step=%s))", (long long)t->shape.dim[0],
                            lng_number(number[0], start), lng_number(number[1], step));
}

static const char *new_param(lng_importer *m, lng_import_value *v, lng_shape shape, const float *at)
{
    const char *name = lng_import_identifier(m, *v->tensor ? v->tensor : "value");
    m->param = lng_grow(m->arena, m->param, m->params, &m->param_capacity, sizeof *m->param);
    m->param[m->params++] = (lng_import_weight){name, shape, at, false};
    v->param = m->params;
    return name;
}

/* The constant's dimensions as those of an example of `rank`, in its order. */
static lng_shape aligned(const lng_import_value *v, lng_import_order order, int rank, int64_t channels, lng_shape *view, int *perm)
{
    const lng_shape s = v->constant->shape;
    lng_shape full = {.rank = rank}, to;
    for (int i = 0; i < rank; i++)
        full.dim[i] = i < rank - s.rank ? 1 : s.dim[i - (rank - s.rank)];
    *view = order == LNG_IMPORT_FLAT && full.dim[0] > 1 ? lng_shape_of(2, channels, full.dim[0] / channels) : full;
    to = *view;
    for (int i = 0; i < view->rank; i++) {
        perm[i] = order == LNG_IMPORT_PLAIN ? i : (i + 1) % view->rank;
        to.dim[i] = view->dim[perm[i]];
    }
    if (order == LNG_IMPORT_FLAT)
        to = full;
    while (to.rank > s.rank || (order != LNG_IMPORT_PLAIN && to.rank > 1 && to.dim[0] == 1)) {
        if (to.rank == 0 || to.dim[0] != 1)
            break;
        to = lng_shape_row(to);
    }
    return to;
}

static lng_import_value *literal(lng_importer *m, const lng_import_value *v, double number)
{
    lng_import_value *to = LNG_NEW(m->arena, lng_import_value);
    char text[LNG_NUMBER_SIZE];
    const char *digits = v->integer ? lng_number(text, number) : lng_number_float(text, (float)number);
    *to = (lng_import_value){.tensor = v->tensor, .integer = v->integer, .constant = v->constant};
    to->name = number < 0 ? lng_format(m->arena, "(%s)", digits) : lng_copy(m->arena, digits);
    return to;
}

lng_import_value *lng_import_operand(lng_importer *m, lng_import_value *v, lng_import_order order, int rank, int64_t channels)
{
    double number;
    int perm[LNG_MAX_RANK];
    lng_shape view;
    if (!v->constant || v->name)
        return v;
    if (lng_import_is_number(v, &number) && number - number == 0)
        return literal(m, v, number);
    lng_import_value **known = &v->other[order];
    if (*known)
        return *known;
    const lng_shape shape = aligned(v, order, rank, channels, &view, perm);
    lng_import_value *to = LNG_NEW(m->arena, lng_import_value);
    double start, step;
    *to = (lng_import_value){.tensor = v->tensor, .shape = shape, .integer = v->integer, .constant = v->constant};
    if (v->integer && is_progression(v->constant, &start, &step) && order == LNG_IMPORT_PLAIN)
        to->name = integers_of(m, v->constant, "");
    else {
        to->name = new_param(m, to, shape, lng_import_floats(m, v->constant, view, perm));
        if (v->integer) {
            to->name = integers_of(m, &(lng_foreign_tensor){0}, to->name);
        }
        if (!lng_foreign_is_real(v->constant->type))
            lng_import_fix(m, to);
    }
    return *known = to;
}

void lng_import_fix(lng_importer *m, const lng_import_value *v)
{
    if (v->param)
        m->param[v->param - 1].fixed = true;
}

/* ---- attributes ---- */
bool lng_import_ints(lng_importer *m, const char *attribute, int i, const int64_t **to, int *n)
{
    const lng_foreign_attr *a = attribute ? lng_foreign_attribute(m->node, attribute) : NULL;
    lng_import_value *v = a || i < 0 ? NULL : lng_import_in(m, i);
    *n = -1;
    *to = NULL;
    if (a) {
        *n = (int)a->count;
        *to = a->integers;
    }
    if (!v)
        return true;
    if (!v->constant)
        return lng_import_refuse(m, "its operand `%s` is computed while the model runs; only constants can be imported", v->tensor);
    const int64_t size = lng_shape_size(v->constant->shape);
    if (size > 64)
        return lng_import_refuse(m, "its operand `%s` has %lld numbers, too many", v->tensor, (long long)size);
    int64_t *list = LNG_NEW_N(m->arena, (size_t)size + 1, int64_t);
    for (int64_t k = 0; k < size; k++) {
        if (v->constant->batch && v->constant->batch[k] && k > 0)
            return lng_import_refuse(m, "it depends on the number of examples");
        list[k] = v->constant->batch && v->constant->batch[k] ? -1 : lng_import_to_int(lng_foreign_at(v->constant, k));
    }
    *to = list;
    *n = (int)size;
    return true;
}

bool lng_import_axis(lng_importer *m, int64_t given, int rank, int *axis)
{
    const int64_t at = given < 0 ? given + rank + 1 : given;
    if (at < 0 || at > rank)
        return lng_import_refuse(m, "it has no axis %lld", (long long)given);
    *axis = (int)at - (at > m->examples);
    return at != m->examples || lng_import_mixes(m);
}
