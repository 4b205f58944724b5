/* Recurrent layers of ONNX (build.h), whose gates stand in another order there, and whose operands have the turns before the examples. */
#include "import/build.h"
#include <string.h>

/* A layer, and its gates: that which stands in each place here is there in place `from`. */
typedef struct layer {
    const char *type, *block, *activations[3];
    int gates, from[4];
    bool apart; /* the biases of what comes in and of the state are two */
} layer;
static const layer layers[] = {{"GRU", "gru", {"Sigmoid", "Tanh"}, 3, {1, 0, 2}, true},
                               {"LSTM", "lstm", {"Sigmoid", "Tanh", "Tanh"}, 4, {0, 2, 3, 1}, false},
                               {"RNN", "rnn", {"Tanh"}, 1, {0}, false}};

typedef struct recurrent {
    const layer *of;
    lng_import_value *x;
    const lng_foreign_tensor *w, *r, *b;
    int64_t turns, in, units;
    int directions; /* 2: both, the second in reverse */
    bool reverse, first, relu;
} recurrent;

/* ---- checks ---- */
/* Left out, or zeros. */
static bool is_zero(const lng_import_value *v)
{
    for (int64_t i = 0; v && v->constant && i < lng_shape_size(v->constant->shape); i++)
        if (lng_foreign_at(v->constant, i) != 0)
            return false;
    return !v || v->constant;
}

static bool is_all(const lng_import_value *v, int64_t number)
{
    for (int64_t i = 0; v && v->constant && i < lng_shape_size(v->constant->shape); i++)
        if (lng_foreign_at(v->constant, i) != (double)number)
            return false;
    return !v || v->constant;
}

static bool check_activations(lng_importer *m, recurrent *r)
{
    const lng_foreign_attr *a = lng_foreign_attribute(m->node, "activations");
    const int each = r->of->gates == 4 ? 3 : r->of->gates == 3 ? 2 : 1;
    for (size_t i = 0; a && i < a->words; i++) {
        const bool relu = r->of->gates == 1 && strcmp(a->word[i], "Relu") == 0;
        if (i > 0 && r->of->gates == 1 && relu != r->relu)
            return lng_import_refuse(m, "its directions have different activations");
        r->relu = relu;
        if (!relu && strcmp(a->word[i], r->of->activations[i % (size_t)each]) != 0)
            return lng_import_refuse(m, "its activation `%.40s` has no form here; `%s` has", a->word[i],
                                     r->of->activations[i % (size_t)each]);
    }
    return true;
}

static bool check_attributes(lng_importer *m, recurrent *r)
{
    const char *direction = lng_foreign_text(m->node, "direction", "forward");
    r->reverse = strcmp(direction, "reverse") == 0;
    r->directions = strcmp(direction, "bidirectional") == 0 ? 2 : 1;
    r->first = lng_foreign_int(m->node, "layout", 0);
    if (lng_foreign_attribute(m->node, "clip"))
        return lng_import_refuse(m, "`clip` has no form here");
    if (lng_foreign_int(m->node, "input_forget", 0))
        return lng_import_refuse(m, "`input_forget` has no form here");
    if (r->of->apart && !lng_foreign_int(m->node, "linear_before_reset", 0))
        return lng_import_refuse(
            m, "the reset gate acts before the product with the state; only `linear_before_reset=1` has a form here");
    return check_activations(m, r);
}

static bool check_states(lng_importer *m, const recurrent *r)
{
    if (!is_all(lng_import_in(m, 4), r->turns))
        return lng_import_refuse(m, "examples of different lengths have no form here: `sequence_lens`");
    if (!is_zero(lng_import_in(m, 5)) || !is_zero(lng_import_in(m, 6)))
        return lng_import_refuse(m, "only zeros can be the states at the start");
    if (!is_zero(lng_import_in(m, 7)))
        return lng_import_refuse(m, "peepholes have no form here");
    if (m->node->outs > 2 && *m->node->out[2] && lng_map_get(m->reads, m->node->out[2]))
        return lng_import_refuse(m, "its last cell state, `%s`, is read, which has no form here", m->node->out[2]);
    return true;
}

static bool has_shape(const lng_foreign_tensor *t, lng_shape s)
{
    return t && lng_shape_equal(t->shape, s);
}

static bool take_weights(lng_importer *m, recurrent *r)
{
    const lng_import_value *w = lng_import_in(m, 1), *u = lng_import_in(m, 2), *b = lng_import_in(m, 3);
    if (!w->constant || !u->constant || (b && !b->constant))
        return lng_import_refuse(m, "its weights must be constants");
    r->w = w->constant;
    r->r = u->constant;
    r->b = b ? b->constant : NULL;
    r->units = r->r->shape.rank == 3 ? r->r->shape.dim[2] : 0;
    const int64_t d = r->directions, rows = r->of->gates * r->units;
    if (r->units < 1 || !has_shape(r->w, lng_shape_of(3, d, rows, r->in)) || !has_shape(r->r, lng_shape_of(3, d, rows, r->units)) ||
        (r->b && !has_shape(r->b, lng_shape_of(2, d, 2 * rows))))
        return lng_import_refuse(m, "its weights are not those of %lld numbers in each turn", (long long)r->in);
    return true;
}

/* ---- weights ---- */
/* [gates * units, columns] of a direction there is [columns, gates * units] here. */
static const float *matrix(lng_importer *m, const recurrent *r, const lng_foreign_tensor *t, int direction)
{
    const int64_t columns = t->shape.dim[2], u = r->units, rows = r->of->gates * u;
    float *to = LNG_NEW_N(m->arena, (size_t)(rows * columns), float);
    for (int64_t i = 0; i < columns; i++)
        for (int64_t k = 0; k < rows; k++)
            to[i * rows + k] = (float)lng_foreign_at(t, (direction * rows + r->of->from[k / u] * u + k % u) * columns + i);
    return to;
}

/* half: 0 of what comes in, 1 of the state. */
static double bias_at(const recurrent *r, int direction, int half, int64_t k)
{
    const int64_t u = r->units, rows = r->of->gates * u;
    return r->b ? lng_foreign_at(r->b, (2 * direction + half) * rows + r->of->from[k / u] * u + k % u) : 0;
}

static void weigh(lng_importer *m, const recurrent *r, lng_import_step *s, int direction)
{
    const int64_t rows = r->of->gates * r->units;
    float *b = LNG_NEW_N(m->arena, (size_t)rows, float), *d = LNG_NEW_N(m->arena, (size_t)rows, float);
    for (int64_t k = 0; k < rows; k++) {
        d[k] = (float)bias_at(r, direction, 1, k);
        b[k] = r->of->apart ? (float)bias_at(r, direction, 0, k) : (float)(bias_at(r, direction, 0, k) + (double)d[k]);
    }
    lng_import_weigh(m, s, "W", lng_shape_of(2, r->in, rows), matrix(m, r, r->w, direction));
    lng_import_weigh(m, s, "U", lng_shape_of(2, r->units, rows), matrix(m, r, r->r, direction));
    lng_import_weigh(m, s, "b", lng_shape_of(1, rows), b);
    if (r->of->apart)
        lng_import_weigh(m, s, "d", lng_shape_of(1, rows), d);
}

/* ---- the steps ---- */
static lng_import_value *unnamed(lng_importer *m, lng_shape s)
{
    return lng_import_result(m, (int)m->node->outs, s, LNG_IMPORT_PLAIN, true, false);
}

static lng_import_value *states_of(lng_importer *m, const recurrent *r, int direction)
{
    lng_import_value *y = unnamed(m, lng_shape_of(2, r->turns, r->units));
    lng_import_step *s = lng_import_block(m, y, r->of->block, r->x);
    lng_import_set(m, s, "units", "%lld", (long long)r->units);
    if (r->reverse || direction == 1)
        lng_import_set(m, s, "reverse", "true");
    if (r->relu)
        lng_import_set(m, s, "activation", "relu");
    weigh(m, r, s, direction);
    return y;
}

/* Output `which`, with a dimension for the directions: a view, which what reads it may drop. examples: where they are there. */
static void put(lng_importer *m, const recurrent *r, int which, int examples, lng_import_value *const *in, const char *form,
                lng_shape rows)
{
    lng_shape joined = rows, to = rows;
    joined.dim[rows.rank - 1] *= r->directions;
    to.dim[rows.rank - 1] = r->directions;
    to.dim[to.rank++] = r->units;
    lng_import_value *all = unnamed(m, joined);
    lng_import_express(m, all, form, false, in, r->directions);
    m->examples = examples;
    lng_import_unary(m, lng_import_result(m, which, to, LNG_IMPORT_PLAIN, true, false),
                     lng_format(m->arena, "reshape($0, shape=%s)", lng_import_shape_text(m, to)), all);
}

bool lng_import_recurrent(lng_importer *m)
{
    recurrent r = {.x = lng_import_in(m, 0)};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        r.of = strcmp(layers[i].type, m->node->type) == 0 ? &layers[i] : r.of;
    if (!check_attributes(m, &r))
        return false;
    if (!r.x->per_example || r.x->shape.rank != 2 || r.x->examples != (r.first ? 0 : 1))
        return lng_import_mixes(m);
    r.x = lng_import_arranged(m, r.x, LNG_IMPORT_PLAIN);
    r.turns = r.x->shape.dim[0];
    r.in = r.x->shape.dim[1];
    if (!take_weights(m, &r) || !check_states(m, &r))
        return false;
    lng_import_value *states[2];
    for (int i = 0; i < r.directions; i++)
        states[i] = states_of(m, &r, i);
    put(m, &r, 0, r.first ? 0 : 2, states, r.directions == 2 ? "concat($0, $1)" : "$0", lng_shape_of(2, r.turns, r.units));
    put(m, &r, 1, r.first ? 0 : 1, states,
        r.directions == 2 ? "concat($0[-1], $1[0])"
        : r.reverse       ? "$0[0]"
                          : "$0[-1]",
        lng_shape_of(1, r.units));
    return true;
}
