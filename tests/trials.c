/* Trials of one op: drawing operands, building the graph, running it (trials.h). */
#include "trials.h"
#include "graph/ops.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 8 /* shared integers are 0 .. 7 */

trial_plan trial_plan_sample(const lng_op *op, int which, unsigned shared)
{
    const lng_sample *s = &lng_op_cases_of(op)->samples[which];
    trial_plan p = {.op = op, .sample = s, .shared = shared, .integers = s->integers, .attr = s->default_attr ? NULL : s->attr};
    while (p.n_in < op->n_in && s->in[p.n_in].number) {
        p.in[p.n_in] = s->in[p.n_in].shape;
        p.n_in++;
    }
    return p;
}

trial_plan trial_plan_case(const lng_op *op, int which, unsigned shared)
{
    const lng_case *c = &lng_op_cases_of(op)->cases[which];
    trial_plan p = {.op = op,
                    .shared = shared,
                    .low = c->low,
                    .high = c->high,
                    .distinct = c->distinct,
                    .integers = c->integers,
                    .truths = c->truths,
                    .attr = c->default_attr ? NULL : c->attr,
                    .seed = (uint64_t)which + 1};
    while (c->n_in ? p.n_in < c->n_in : p.n_in < op->n_in && (p.n_in < op->n_in - op->n_optional || c->in[p.n_in].rank > 0)) {
        p.in[p.n_in] = c->in[p.n_in];
        p.n_in++;
    }
    if (p.low == 0 && p.high == 0)
        p.low = -2, p.high = 2;
    return p;
}

static bool is_integer(const trial_plan *p, int k)
{
    lng_port_dtype d = p->op->in[k].dtype;
    return d == LNG_INT_ONLY || (d == LNG_ANY_DTYPE && p->integers);
}

/* ---- values ---- */
static double grid(double x)
{
    return floor(x * 4096 + 0.5) / 4096;
}

static void shuffle(rng *r, double *x, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t k = rng_below(r, (int)i + 1);
        double keep = x[i];
        x[i] = x[k];
        x[k] = keep;
    }
}

/* Numbers for all elements of one example that differ pairwise, and from 0, by at least 0.01. */
static void draw_distinct(trial *t, const trial_plan *p, rng *r)
{
    int64_t n = 0;
    for (int k = 0; k < t->n_in; k++)
        n += t->size[k];
    double cell = fmax((p->high - p->low) / (double)(n + 1), 0.02), first = (p->low + p->high - cell * (double)n) / 2, at = first;
    double *slot = calloc((size_t)n, sizeof *slot);
    for (int64_t i = 0; i < n; i++, at += cell) {
        if (fabs(at) < 0.01)
            at += cell;
        slot[i] = grid(at);
    }
    shuffle(r, slot, n);
    for (int64_t k = 0, from = 0; k < t->n_in; from += t->size[k], k++)
        for (int e = 0; t->base[k] && e < (t->shared >> k & 1 ? 1 : TRIAL_EXAMPLES); e++) {
            shuffle(r, slot + from, t->size[k]);
            memcpy(t->base[k] + e * t->size[k], slot + from, (size_t)t->size[k] * sizeof *slot);
        }
    free(slot);
}

static void draw(trial *t, const trial_plan *p)
{
    static const double step[] = {-1, -0.5, 0.5, 1};
    rng r = {.state = p->seed * 1000 + p->shared};
    for (int k = 0; k < t->n_in; k++)
        for (int64_t i = 0; t->base[k] && i < t->size[k] * (t->shared >> k & 1 ? 1 : TRIAL_EXAMPLES); i++) {
            t->base[k][i] = p->sample ? p->sample->in[k].number[i % t->size[k]] : grid(rng_between(&r, p->low, p->high));
            t->direction[k][i] = step[rng_below(&r, 4)];
        }
    if (p->distinct && !p->sample)
        draw_distinct(t, p, &r);
    for (int k = 0; k < t->n_in; k++)
        for (int64_t i = 0; p->truths >> k & 1 && i < t->size[k] * (t->shared >> k & 1 ? 1 : TRIAL_EXAMPLES); i++)
            t->base[k][i] = rng_below(&r, 2);
}

/* ---- operands ---- */
lng_value *trial_variable(trial *t, const char *name, lng_shape shape, uint64_t seed)
{
    int i = t->variables++;
    size_t n = (size_t)lng_shape_size(shape);
    rng r = {.state = seed};
    t->variable[i] = (lng_variable){.name = name, .shape = shape};
    t->single[i] = LNG_NEW_N(t->arena, n, float);
    t->number[i] = LNG_NEW_N(t->arena, n, double);
    for (size_t e = 0; e < n; e++)
        t->number[i][e] = grid(rng_between(&r, -2, 2));
    trial_round(t);
    return lng_read_variable(t->graph, name, shape);
}

void trial_round(trial *t)
{
    for (int i = 0; i < t->variables; i++)
        for (int64_t e = 0; e < lng_shape_size(t->variable[i].shape); e++)
            t->single[i][e] = (float)t->number[i][e];
}

double *trial_numbers(trial *t, const char *name)
{
    for (int i = 0; i < t->variables; i++)
        if (strcmp(t->variable[i].name, name) == 0)
            return t->number[i];
    return NULL;
}

static lng_value *shared_integers(trial *t, const trial_plan *p, const char *name, lng_shape shape)
{
    shape.dim[shape.rank++] = CLASSES;
    lng_value *scores = trial_variable(t, name, shape, p->seed + 77);
    return lng_emit(t->graph, &lng_op_argmax, &scores, 1, NULL, NULL);
}

static lng_value *integer_field(trial *t, const trial_plan *p, int k)
{
    int64_t n = t->size[k];
    int32_t *row = LNG_NEW_N(t->arena, (size_t)n * TRIAL_EXAMPLES, int32_t);
    rng r = {.state = p->seed + (uint64_t)k};
    int span = (int)(floor(p->high) - ceil(p->low)) + 1;
    for (int64_t i = 0; i < n * TRIAL_EXAMPLES; i++)
        row[i] = p->sample ? (int32_t)p->sample->in[k].number[i % n] : (int32_t)ceil(p->low) + rng_below(&r, span);
    t->field[3 + k] = (lng_field){.at = row, .type = LNG_FIELD_I32, .size = n};
    return lng_read_input(t->graph, 3 + k, "x", p->in[k], LNG_I32);
}

static lng_value *float_operand(trial *t, const trial_plan *p, int k, const char *name)
{
    bool shared = t->shared >> k & 1;
    size_t n = (size_t)t->size[k] * (shared ? 1 : TRIAL_EXAMPLES);
    t->base[k] = LNG_NEW_N(t->arena, n, double);
    t->direction[k] = LNG_NEW_N(t->arena, n, double);
    if (shared) {
        t->operand_variable[k] = t->variables;
        return trial_variable(t, name, p->in[k], 1);
    }
    t->field[3 + k] = (lng_field){.at = LNG_NEW_N(t->arena, n, float), .type = LNG_FIELD_F32, .size = t->size[k]};
    return lng_read_input(t->graph, 3 + k, "x", p->in[k], LNG_F32);
}

void trial_shift(trial *t, int k, double amount)
{
    bool shared = t->shared >> k & 1;
    if (!t->base[k])
        return;
    for (int64_t i = 0; i < t->size[k] * (shared ? 1 : TRIAL_EXAMPLES); i++) {
        double x = t->base[k][i] + (amount != 0 ? amount * t->direction[k][i] : 0);
        if (shared)
            t->number[t->operand_variable[k]][i] = x;
        else
            ((float *)t->field[3 + k].at)[i] = (float)x;
    }
    trial_round(t);
}

/* ---- the fields of the ops `input` and `input_first` themselves ---- */
static void input_fields(trial *t, const trial_plan *p)
{
    static const uint8_t bytes[] = {0, 128, 255};
    static const float floats[] = {-1.5f, 0, 3.5f};
    static const int32_t integers[] = {-7, 0, 16777217};
    lng_shape shape =
        p->attr && (p->op == &lng_op_input || p->op == &lng_op_input_first) ? p->attr[LNG_INPUT_SHAPE].v : (lng_shape){1, {3}};
    int64_t n = lng_shape_size(shape);
    uint8_t *b = LNG_NEW_N(t->arena, (size_t)n * TRIAL_EXAMPLES, uint8_t);
    float *f = LNG_NEW_N(t->arena, (size_t)n * TRIAL_EXAMPLES, float);
    int32_t *w = LNG_NEW_N(t->arena, (size_t)n * TRIAL_EXAMPLES, int32_t);
    rng r = {.state = p->seed + 5};
    for (int64_t i = 0; i < n * TRIAL_EXAMPLES; i++) {
        b[i] = p->sample ? bytes[i % 3] : (uint8_t)rng_next(&r);
        f[i] = p->sample ? floats[i % 3] : (float)rng_between(&r, -1e10, 1e10);
        w[i] = p->sample ? integers[i % 3] : (int32_t)rng_next(&r);
    }
    t->field[0] = (lng_field){.at = b, .type = LNG_FIELD_U8, .size = n};
    t->field[1] = (lng_field){.at = f, .type = LNG_FIELD_F32, .size = n};
    t->field[2] = (lng_field){.at = w, .type = LNG_FIELD_I32, .size = n};
}

/* ---- trials ---- */
trial *trial_new(lng_arena *arena, const trial_plan *p, lng_errors *errors)
{
    static const char *const name[LNG_MAX_IN] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    trial *t = LNG_NEW(arena, trial);
    *t = (trial){.arena = arena, .errors = errors, .op = p->op, .n_in = p->n_in, .shared = p->shared, .truths = p->truths};
    t->graph = lng_graph_new(arena, errors);
    t->context =
        (lng_context){.seed = 309, .step = 7, .epoch = 2, .total_steps = 28, .progress = 0.25, .batch = 1, .field = t->field};
    input_fields(t, p);
    for (int k = 0; k < p->n_in; k++) {
        t->size[k] = lng_shape_size(p->in[k]);
        if (!is_integer(p, k))
            t->in[k] = float_operand(t, p, k, name[k]);
        else
            t->in[k] = p->shared >> k & 1 ? shared_integers(t, p, name[k], p->in[k]) : integer_field(t, p, k);
    }
    draw(t, p);
    for (int k = 0; k < p->n_in; k++)
        trial_shift(t, k, 0);
    if (p->op->flags & LNG_OP_STORED)
        t->out = trial_variable(t, "draw", p->attr->v, 3);
    else
        t->out = lng_emit(t->graph, p->op, t->in, p->n_in, p->attr, "draw");
    if (!t->out && lng_errors_count(errors) == 1 && lng_errors_code(errors, 0) == LNG_E_KIND) {
        lng_errors_clear(errors);
        return NULL;
    }
    for (int i = 0; t->out && i < p->op->n_out; i++)
        lng_graph_output(t->graph, lng_format(arena, "out%d", i), &t->out->node->out[i]);
    return t;
}

typedef struct store {
    const trial *t;
    bool in_double;
} store;

static void *find(void *context, const char *name)
{
    const store *s = context;
    for (int i = 0; i < s->t->variables; i++)
        if (strcmp(s->t->variable[i].name, name) == 0)
            return s->in_double ? (void *)s->t->number[i] : (void *)s->t->single[i];
    return NULL;
}

lng_reference *trial_reference(trial *t, lng_arena *arena, bool in_double, const uint32_t *rows, int count, size_t nodes)
{
    store s = {t, in_double};
    lng_graph some = *t->graph;
    if (nodes)
        some.nodes = nodes;
    return lng_reference_run(arena, &some, in_double, rows, count, &t->context, find, &s);
}

/* ---- derivatives ---- */
const uint32_t *trial_rows(bool backwards, int count)
{
    static uint32_t r[TRIAL_EXAMPLES];
    for (int i = 0; i < count; i++)
        r[i] = (uint32_t)(backwards ? count - 1 - i : i);
    return r;
}

int trial_examples(const lng_value *v, int count)
{
    return v->per_example ? count : 1;
}

static double evaluate(trial *t, const lng_value *v, int count)
{
    lng_arena *own = lng_arena_new();
    lng_reference *r = trial_reference(t, own, true, trial_rows(false, count), count, (size_t)v->node->id + 1);
    double x = lng_reference_at(r, v, 0, 0);
    lng_arena_free(own);
    return x;
}

double trial_difference(trial *t, const lng_value *v, int k, int count, double step)
{
    static const double shift[] = {-2, -1, 1, 2}, weight[] = {1, -8, 8, -1};
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        trial_shift(t, k, shift[i] * step);
        sum += weight[i] * evaluate(t, v, count);
    }
    trial_shift(t, k, 0);
    return sum / (12 * step);
}

double trial_along(const trial *t, const lng_reference *r, const lng_value *gradient, int k, int count, double *size)
{
    double sum = 0;
    *size = 0;
    for (int i = 0; i < trial_examples(t->in[k], count); i++)
        for (int64_t e = 0; e < t->size[k]; e++) {
            double term = lng_reference_at(r, gradient, i, e) * t->direction[k][i * t->size[k] + e];
            sum += term;
            *size += fabs(term);
        }
    return sum;
}
