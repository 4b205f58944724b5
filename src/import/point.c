/* Pointwise operators of ONNX (build.h). */
#include "import/build.h"
#include <math.h>
#include <string.h>

/* ---- operands that are stretched to one shape ---- */
typedef struct operands {
    lng_import_value *in[16];
    int n, rank;
    lng_import_order order;
    int64_t channels;
    lng_shape shape;
    bool per_example, integer;
} operands;

/* The dimensions of an operand as those of an example; false: a constant has as many as there are examples. */
static bool shape_of(lng_importer *m, const lng_import_value *v, int rank, lng_shape *s)
{
    *s = v->shape;
    if (!v->per_example && s->rank > rank) {
        if (s->rank > rank + 1 || s->dim[0] != 1)
            return lng_import_refuse(m, "its operand `%s` has a number for each example", v->tensor);
        *s = lng_shape_row(*s);
    }
    return true;
}

static bool stretch(lng_importer *m, operands *o)
{
    o->shape = (lng_shape){.rank = o->rank};
    for (int i = 0; i < o->rank; i++)
        o->shape.dim[i] = 1;
    for (int k = 0; k < o->n; k++) {
        lng_shape s;
        if (!shape_of(m, o->in[k], o->rank, &s))
            return false;
        for (int i = 0; i < s.rank; i++) {
            int64_t *d = &o->shape.dim[o->rank - s.rank + i];
            if (*d != s.dim[i] && *d != 1 && s.dim[i] != 1)
                return lng_import_refuse(m, "its operands have shapes that do not fit together");
            *d = *d == 1 ? s.dim[i] : *d;
        }
    }
    return true;
}

/* The order in which all are stored; what is in another one is arranged. */
static void choose_order(operands *o)
{
    bool last = false, bare = false, flat = false, other = false;
    for (int k = 0; k < o->n; k++) {
        const lng_import_value *v = o->in[k];
        if (!v->per_example)
            continue;
        last = last || v->order == LNG_IMPORT_LAST;
        bare = bare || v->order == LNG_IMPORT_BARE;
        other = other || v->order == LNG_IMPORT_PLAIN || (flat && v->order == LNG_IMPORT_FLAT && v->channels != o->channels);
        if (v->order == LNG_IMPORT_FLAT) {
            flat = true;
            o->channels = v->channels;
        }
    }
    const bool spread = o->rank > 1 && lng_shape_size(o->shape) != o->shape.dim[0]; /* more than the channels */
    o->order = last || (bare && (other || spread)) ? LNG_IMPORT_LAST
               : bare                              ? LNG_IMPORT_BARE
               : flat && !other                    ? LNG_IMPORT_FLAT
                                                   : LNG_IMPORT_PLAIN;
}

static bool arrange(lng_importer *m, operands *o)
{
    for (int k = 0; k < o->n; k++) {
        lng_import_value *v = o->in[k];
        if (v->constant)
            v = lng_import_operand(m, v, o->order == LNG_IMPORT_BARE ? LNG_IMPORT_LAST : o->order, o->rank, o->channels);
        else if (v->per_example && !(v->order == LNG_IMPORT_BARE && o->order == LNG_IMPORT_LAST))
            v = lng_import_arranged(m, v, o->order);
        else if (!v->per_example && o->order != LNG_IMPORT_PLAIN && lng_shape_size(v->shape) > 1)
            return lng_import_refuse(m, "its operand `%s` is computed from constants, and cannot be arranged", v->tensor);
        o->in[k] = v;
    }
    return true;
}

/* Operands first to first + n. */
static bool take(lng_importer *m, operands *o, int first, int n)
{
    *o = (operands){.n = n, .integer = true};
    if (n > (int)(sizeof o->in / sizeof *o->in))
        return lng_import_refuse(m, "it has %d operands; the limit is %zu", n, sizeof o->in / sizeof *o->in);
    int widest = 0;
    for (int k = 0; k < n; k++) {
        lng_import_value *v = o->in[k] = lng_import_in(m, first + k);
        if (!v)
            return lng_import_refuse(m, "an operand is missing");
        if (v->per_example && o->per_example && o->rank != v->shape.rank)
            return lng_import_mixes(m);
        o->rank = v->per_example ? v->shape.rank : o->rank;
        o->per_example = o->per_example || v->per_example;
        o->integer = o->integer && v->integer;
        widest = v->shape.rank > widest ? v->shape.rank : widest;
    }
    o->rank = o->per_example ? o->rank : widest;
    if (!stretch(m, o))
        return false;
    choose_order(o);
    return arrange(m, o);
}

static bool put(lng_importer *m, const operands *o, const char *form, bool infix, bool integer)
{
    lng_import_value *y = lng_import_result(m, 0, o->shape, o->order, o->per_example, integer);
    y->channels = o->channels;
    lng_import_express(m, y, form, infix, o->in, o->n);
    return true;
}

bool lng_import_pointwise(lng_importer *m)
{
    const lng_import_row *row = lng_import_row_of(m->node);
    operands o;
    if (!take(m, &o, 0, (int)m->node->ins))
        return false;
    static const char *const compares[] = {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Xor", "Not", "IsNaN"};
    bool compared = false;
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++)
        compared = compared || strcmp(compares[i], row->type) == 0;
    for (int k = 0; k < o.n && compared; k++)
        lng_import_fix(m, o.in[k]);
    return put(m, &o, row->form, row->infix, o.integer && !compared);
}

/* ---- of one operand, as an activation of the layer before ---- */
static const char *activation(lng_importer *m)
{
    const char *type = m->node->type;
    char number[2][LNG_NUMBER_SIZE];
    const char *alpha =
        lng_number_float(number[0], (float)lng_foreign_number(m->node, "alpha", strcmp(type, "LeakyRelu") == 0 ? 0.01 : 1));
    if (strcmp(type, "LeakyRelu") == 0)
        return strcmp(alpha, "0.01") == 0 ? "leaky_relu" : lng_format(m->arena, "leaky_relu(slope=%s)", alpha);
    if (strcmp(type, "Elu") == 0)
        return strcmp(alpha, "1") == 0 ? "elu" : lng_format(m->arena, "elu(alpha=%s)", alpha);
    if (strcmp(type, "Celu") == 0)
        return strcmp(alpha, "1") == 0 ? "celu" : lng_format(m->arena, "celu(alpha=%s)", alpha);
    return lng_import_row_of(m->node)->form;
}

static bool is_layer(const lng_import_step *s)
{
    return s && s->block && !s->activated && s->out->single &&
           (strcmp(s->block, "dense") == 0 || strncmp(s->block, "conv", 4) == 0 || strcmp(s->block, "depthwise_conv2d") == 0);
}

/* The layer that gives a value which nothing else reads; NULL: none does. What never decreases may also stand behind a max-pool: the largest
 * stays the largest. */
static lng_import_step *layer_of(const lng_import_value *v, bool increases)
{
    const lng_import_step *s = v->from;
    if (!v->single || !s)
        return NULL;
    if (is_layer(s))
        return v->from;
    if (!increases || !s->block || strncmp(s->block, "maxpool", 7) != 0 || !s->out->single || !s->in[0]->single)
        return NULL;
    return is_layer(s->in[0]->from) ? s->in[0]->from : NULL;
}

/* The layer's own result, under a further name. */
static bool join(lng_importer *m, lng_import_value *x)
{
    return lng_import_alias(m, x, x->shape, x->order);
}

/* "leaky_relu(slope=0.1)" as a call with an operand. */
static const char *applied(lng_importer *m, const char *name)
{
    const size_t n = strcspn(name, "(");
    return name[n] ? lng_format(m->arena, "%.*s($0, %s", (int)n, name, name + n + 1) : lng_format(m->arena, "%s($0)", name);
}

static bool activate(lng_importer *m, const char *name)
{
    static const char *const increasing[] = {"relu", "sigmoid", "tanh"};
    lng_import_value *x = lng_import_in(m, 0);
    bool increases = false;
    operands o;
    for (size_t i = 0; i < sizeof increasing / sizeof *increasing; i++)
        increases = increases || strcmp(increasing[i], name) == 0;
    lng_import_step *layer = layer_of(x, increases);
    if (layer) {
        lng_import_set(m, layer, "activation", "%s", name);
        layer->activated = true;
        return join(m, x);
    }
    if (!take(m, &o, 0, 1))
        return false;
    if (!o.per_example || strchr(name, '('))
        return put(m, &o, applied(m, name), false, false);
    lng_import_value *y = lng_import_result(m, 0, o.shape, o.order, o.per_example, false);
    y->channels = o.channels;
    lng_import_block(m, y, name, o.in[0]);
    return true;
}

/* max(0, min(1, alpha x + beta)) */
static bool hard_sigmoid(lng_importer *m)
{
    const float alpha = (float)lng_foreign_number(m->node, "alpha", 0.2), beta = (float)lng_foreign_number(m->node, "beta", 0.5);
    char number[2][LNG_NUMBER_SIZE];
    operands o;
    if (fabsf(alpha - 1.0f / 6) < 1e-6f && beta == 0.5f)
        return activate(m, "hard_sigmoid");
    return take(m, &o, 0, 1) && put(m, &o,
                                    lng_format(m->arena, "clip(%s * $0 + %s, low=0, high=1)", lng_number_float(number[0], alpha),
                                               lng_number_float(number[1], beta)),
                                    false, false);
}

bool lng_import_activation(lng_importer *m)
{
    if (strcmp(m->node->type, "HardSigmoid") == 0)
        return hard_sigmoid(m);
    if (strcmp(m->node->type, "Selu") == 0 && (fabs(lng_foreign_number(m->node, "alpha", 1.6732632) - 1.6732632) > 1e-6 ||
                                               fabs(lng_foreign_number(m->node, "gamma", 1.0507010) - 1.0507010) > 1e-6))
        return lng_import_refuse(m, "its alpha and gamma are not those of the paper");
    return activate(m, activation(m));
}

bool lng_import_gelu(lng_importer *m)
{
    if (strcmp(lng_foreign_text(m->node, "approximate", "none"), "none") != 0)
        return lng_import_refuse(m, "only the exact form can be imported, not an approximation");
    return activate(m, "gelu");
}

bool lng_import_clip(lng_importer *m)
{
    double low = lng_foreign_number(m->node, "min", -INFINITY), high = lng_foreign_number(m->node, "max", INFINITY);
    char number[2][LNG_NUMBER_SIZE];
    operands o;
    if ((lng_import_in(m, 1) && !lng_import_is_number(lng_import_in(m, 1), &low)) ||
        (lng_import_in(m, 2) && !lng_import_is_number(lng_import_in(m, 2), &high)))
        return lng_import_refuse(m, "its limits must be constants");
    if (low == 0 && high == 6)
        return activate(m, "relu6");
    const bool has_low = isfinite(low) && low > -3e38, has_high = isfinite(high) && high < 3e38;
    const char *below = lng_number_float(number[0], (float)low), *above = lng_number_float(number[1], (float)high);
    if (!take(m, &o, 0, 1))
        return false;
    const char *form = has_low && has_high && !o.integer ? lng_format(m->arena, "clip($0, low=%s, high=%s)", below, above)
                       : has_low && has_high             ? lng_format(m->arena, "minimum(maximum($0, %s), %s)", below, above)
                       : has_low                         ? lng_format(m->arena, "maximum($0, %s)", below)
                       : has_high                        ? lng_format(m->arena, "minimum($0, %s)", above)
                                                         : NULL;
    return form ? put(m, &o, form, false, o.integer) : join(m, o.in[0]);
}

/* A bias, joined to the layer whose result it is added to. */
static bool join_bias(lng_importer *m, lng_import_value *x, lng_import_value *b)
{
    lng_import_step *layer = layer_of(x, true);
    if (!layer || !lng_doc_get(layer->attributes, "bias") || !b->constant || b->name || b->integer)
        return false;
    const lng_shape out = lng_import_stored(x);
    const int64_t units = out.dim[out.rank - 1], channel = x->order == LNG_IMPORT_LAST ? 0 : x->shape.rank - 1;
    lng_shape s = b->constant->shape;
    if (s.rank > x->shape.rank + 1 || lng_shape_size(s) != units || x->order == LNG_IMPORT_FLAT)
        return false;
    for (int i = 0; i < s.rank; i++) /* all its numbers along the channels */
        if (s.dim[i] != 1 && i + x->shape.rank - s.rank != channel)
            return false;
    static const int perm[LNG_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    lng_doc_remove(layer->attributes, "bias");
    lng_import_weigh(m, layer, "b", lng_shape_of(1, units), lng_import_floats(m, b->constant, s, perm));
    return join(m, x);
}

bool lng_import_add(lng_importer *m)
{
    lng_import_value *a = lng_import_in(m, 0), *b = lng_import_in(m, 1);
    return (a && b && (join_bias(m, a, b) || join_bias(m, b, a))) || lng_import_pointwise(m);
}

/* ---- of two ---- */
/* Whether an operand is negative, as an expression. */
static const char *is_negative(lng_importer *m, const operands *o, int k)
{
    double number;
    if (lng_import_is_number(o->in[k], &number))
        return number < 0 ? "1" : "0";
    return lng_format(m->arena, "($%d < 0)", k);
}

/* ONNX divides integers toward 0. */
bool lng_import_div(lng_importer *m)
{
    operands o;
    if (!take(m, &o, 0, 2))
        return false;
    return put(m, &o,
               o.integer ? lng_format(m->arena, "$0 // $1 + to_int(($0 %% $1 != 0) * (%s != %s))", is_negative(m, &o, 0),
                                      is_negative(m, &o, 1))
                         : "$0 / $1",
               true, o.integer);
}

/* With fmod, the remainder has the sign of the dividend, otherwise that of the divisor. */
bool lng_import_mod(lng_importer *m)
{
    operands o;
    if (!take(m, &o, 0, 2))
        return false;
    const bool c = lng_foreign_int(m->node, "fmod", 0);
    if (c && o.integer)
        return lng_import_refuse(m, "fmod of integers has no form here");
    return put(m, &o, c ? "sign($0) * (abs($0) % abs($1))" : "$0 % $1", true, o.integer);
}

bool lng_import_many(lng_importer *m)
{
    const char *type = m->node->type, *sign = strcmp(type, "Max") == 0 ? "maximum" : strcmp(type, "Min") == 0 ? "minimum" : NULL;
    operands o;
    lng_text form = lng_text_new(m->arena);
    if (!take(m, &o, 0, (int)m->node->ins))
        return false;
    if (o.n == 1)
        return join(m, o.in[0]);
    for (int i = 1; i < o.n && sign; i++)
        lng_text_add(&form, "%s(", sign);
    for (int i = 0; i < o.n; i++)
        lng_text_add(&form, "%s$%d%s", i == 0 ? "" : sign ? ", " : " + ", i, sign && i ? ")" : "");
    if (strcmp(type, "Mean") == 0)
        return put(m, &o, lng_format(m->arena, "(%s) / %d", form.at, o.n), true, false);
    return put(m, &o, form.at, !sign, o.integer);
}

bool lng_import_where(lng_importer *m)
{
    operands o;
    if (!take(m, &o, 0, 3))
        return false;
    lng_import_fix(m, o.in[0]);
    const bool integer = lng_import_in(m, 1)->integer && lng_import_in(m, 2)->integer;
    return integer ? put(m, &o, "$1 * to_int($0 != 0) + $2 * to_int($0 == 0)", true, true)
                   : put(m, &o, "select($0, $1, $2)", false, false);
}

/* ---- of one ---- */
bool lng_import_same(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0);
    double rate = lng_foreign_number(m->node, "ratio", 0.5);
    char number[LNG_NUMBER_SIZE];
    if (strcmp(m->node->type, "Dropout") != 0 || !x->per_example)
        return join(m, x);
    if (lng_import_in(m, 1) && !lng_import_is_number(lng_import_in(m, 1), &rate))
        return lng_import_refuse(m, "its ratio must be a constant");
    if (!(rate >= 0 && rate < 1))
        return lng_import_refuse(m, "its ratio is not from 0 to 1");
    lng_import_value *y = lng_import_result(m, 0, x->shape, x->order, true, false);
    y->channels = x->channels;
    lng_import_step *s = lng_import_block(m, y, "dropout", x);
    lng_import_set(m, s, "rate", "%s", lng_number_float(number, (float)rate));
    return true;
}

/* A comparison gives numbers here, 0 and 1. */
bool lng_import_cast(lng_importer *m)
{
    const int64_t to = lng_foreign_int(m->node, "to", LNG_FOREIGN_FLOAT);
    const bool integer = lng_foreign_is_whole((int)to);
    operands o;
    if (to < 1 || to > LNG_FOREIGN_BFLOAT || to == LNG_FOREIGN_STRING)
        return lng_import_refuse(m, "it makes numbers of %s", lng_foreign_type_name((int)(to < 0 || to > 99 ? 0 : to)));
    if (!take(m, &o, 0, 1))
        return false;
    const bool was = lng_import_in(m, 0)->integer;
    if (to == LNG_FOREIGN_BOOL)
        return put(m, &o, "$0 != 0", true, false);
    return integer == was ? join(m, o.in[0]) : put(m, &o, integer ? "to_int($0)" : "to_float($0)", false, integer);
}

/* A slope for each channel, or one for all. */
bool lng_import_prelu(lng_importer *m)
{
    lng_import_value *x = lng_import_in(m, 0), *slope = lng_import_in(m, 1);
    static const int perm[LNG_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    if (!slope || !slope->constant || !x->per_example)
        return lng_import_refuse(m, "its slopes must be constants");
    x = lng_import_arranged(m, x, x->shape.rank > 1 ? LNG_IMPORT_LAST : LNG_IMPORT_PLAIN);
    const lng_shape stored = lng_import_stored(x), s = slope->constant->shape;
    const int64_t c = stored.rank ? stored.dim[stored.rank - 1] : 1, n = lng_shape_size(s);
    const int at = s.rank - x->shape.rank; /* where the channels are in the shape of the slopes */
    if ((n != 1 && n != c) || x->shape.rank == 0 || (n > 1 && (at < 0 || s.dim[at] != c)))
        return lng_import_refuse(m, "it has %lld slopes for %lld channels", (long long)n, (long long)c);
    float *each = LNG_NEW_N(m->arena, (size_t)c + 1, float);
    const float *given = lng_import_floats(m, slope->constant, s, perm);
    for (int64_t i = 0; i < c; i++)
        each[i] = given[n == 1 ? 0 : i];
    lng_import_step *step = lng_import_block(m, lng_import_result(m, 0, x->shape, x->order, true, false), "prelu", x);
    lng_import_weigh(m, step, "slope", lng_shape_of(1, c), each);
    lng_import_wish(m, step, slope->tensor);
    return true;
}
