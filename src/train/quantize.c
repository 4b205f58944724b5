/* Weights in 8 bits (quantize.h). */
#include "train/quantize.h"
#include "base/guard.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* A product that reads an input in 8 bits, and the output that is the largest size of what it reads. */
typedef struct reader {
    const char *output;
    size_t weight;
} reader;

typedef struct quantizing {
    const lng_session *from;
    lng_session *to;
    lng_arena *arena;
    lng_errors *errors;
    lng_quantized *all;
    size_t count;
    float *most; /* by weight: the largest size of an input */
    reader *reader;
    size_t readers;
} quantizing;

static bool nonfinite(const quantizing *z, const char *what, const char *name)
{
    return lng_error(z->errors, LNG_E_NONFINITE, (lng_place){0}, "%s `%s` is not finite", what, name);
}

/* ---- inputs ---- */
static lng_graph *with_sizes(quantizing *z)
{
    static const lng_attr everything[LNG_MAX_ATTR];
    lng_graph *g = lng_pass_run(&lng_pass_copy, z->from->subject.eval, z->arena);
    const size_t nodes = g->nodes;
    g->updates = 0;
    lng_graph_forget_outputs(g);
    z->reader = LNG_NEW_N(z->arena, nodes + 1, reader);
    for (size_t i = 0; i < nodes; i++) {
        const lng_node *n = g->node[i];
        const lng_quantized *q = lng_quantized_by(n, z->all, z->count);
        if (!q || !q->rate)
            continue;
        lng_value *size = lng_unary(g, &lng_op_abs, n->in[0]);
        reader *r = &z->reader[z->readers++];
        *r = (reader){lng_format(z->arena, "largest.%d", n->id), (size_t)(q - z->all)};
        lng_graph_output(g, r->output, size->shape.rank ? lng_emit(g, &lng_op_max, &size, 1, everything, NULL) : size);
    }
    return g;
}

static void look(const quantizing *z, const lng_session *s, int n)
{
    for (size_t i = 0; i < z->readers; i++) {
        const lng_column c = lng_runner_column(lng_session_runner((lng_session *)s, LNG_EVALUATE), z->reader[i].output);
        float *most = &z->most[z->reader[i].weight];
        for (int e = 0; e < (c.per_example ? n : 1); e++) {
            const float size = ((const float *)c.at)[e];
            *most = size > *most || size != size ? size : *most;
        }
    }
}

static bool measure_in(const quantizing *z, lng_session *s, const lng_range *examples)
{
    const int64_t count = examples->count < LNG_QUANTIZE_EXAMPLES ? examples->count : LNG_QUANTIZE_EXAMPLES;
    const int batch = lng_session_runner(s, LNG_EVALUATE)->batch;
    const lng_context context = lng_session_context(s, examples->part->field);
    uint32_t *rows = LNG_NEW_N(z->arena, (size_t)batch, uint32_t);
    for (int64_t done = 0; done < count; done += batch) {
        const int n = (int)(count - done < batch ? count - done : batch);
        for (int i = 0; i < n; i++)
            rows[i] = (uint32_t)(examples->first + (done + i) * examples->count / count);
        if (!lng_session_run(s, LNG_EVALUATE, rows, n, &context, z->errors))
            return false;
        look(z, s, n);
    }
    for (size_t i = 0; i < z->count; i++)
        if (!isfinite(z->most[i]))
            return nonfinite(z, "what is multiplied by", z->all[i].name);
    return true;
}

static void close_session(void *session)
{
    lng_session_free(session);
}

static bool measure(quantizing *z, const lng_range *examples, int batch)
{
    lng_subject subject = z->from->subject;
    subject.eval = with_sizes(z);
    if (z->readers == 0)
        return true;
    lng_session *s = lng_session_new(&subject, LNG_EVALUATE, batch, z->from->team, z->errors);
    lng_guard guard;
    if (!s)
        return false;
    lng_guard_begin(&guard, z->arena, close_session, s);
    memcpy(s->store->at, z->from->store->at, s->store->floats * sizeof *s->store->at);
    const bool good = measure_in(z, s, examples);
    lng_guard_end(&guard);
    return good;
}

/* ---- weights ---- */
static float normal(float x)
{
    return x >= FLT_MIN ? x : 0;
}

/* The nearest whole number, ties to even, of one that is not large; at most LNG_QUANTIZED_MOST in size. */
static float number(float w, float scale)
{
    const float rounder = 12582912.0f; /* 1.5 * 2^23 */
    const float q = scale > 0 ? w / scale + rounder - rounder : 0;
    return q > LNG_QUANTIZED_MOST ? LNG_QUANTIZED_MOST : q < -LNG_QUANTIZED_MOST ? -LNG_QUANTIZED_MOST : q;
}

static int64_t channel_of(const lng_quantized *q, int64_t e)
{
    return e / q->channels.inner % q->channels.channels;
}

static void choose_scales(const lng_quantized *q, const float *w, int64_t size, float *scale)
{
    memset(scale, 0, (size_t)q->channels.channels * sizeof *scale);
    for (int64_t e = 0; e < size; e++) {
        float *most = &scale[channel_of(q, e)];
        *most = fabsf(w[e]) > *most ? fabsf(w[e]) : *most;
    }
    for (int64_t k = 0; k < q->channels.channels; k++)
        scale[k] = normal(scale[k] / LNG_QUANTIZED_MOST);
}

/* Doubles the scales of channels whose numbers add up to too much; whether there were any. */
static bool halve(const lng_quantized *q, const float *numbers, int64_t size, float *scale, double *sum)
{
    bool any = false;
    memset(sum, 0, (size_t)q->channels.channels * sizeof *sum);
    for (int64_t e = 0; e < size; e++)
        sum[channel_of(q, e)] += fabs((double)numbers[e]);
    for (int64_t k = 0; k < q->channels.channels; k++)
        if (sum[k] > LNG_QUANTIZED_SUM) {
            scale[k] *= 2;
            any = true;
        }
    return any;
}

static bool quantize(const quantizing *z, size_t i)
{
    const lng_quantized *q = &z->all[i];
    const int64_t size = lng_shape_size(q->shape);
    const float *w = lng_store_find(z->from->store, q->name, NULL);
    float *numbers = lng_store_find(z->to->store, q->numbers, NULL), *scale = lng_store_find(z->to->store, q->scale, NULL);
    float *stands_for = lng_store_find(z->to->store, q->name, NULL);
    double *sum = LNG_NEW_N(z->arena, (size_t)q->channels.channels, double);
    for (int64_t e = 0; e < size; e++)
        if (!isfinite(w[e]))
            return nonfinite(z, "the weight", q->name);
    choose_scales(q, w, size, scale);
    do
        for (int64_t e = 0; e < size; e++)
            numbers[e] = number(w[e], scale[channel_of(q, e)]);
    while (q->rate && halve(q, numbers, size, scale, sum));
    for (int64_t e = 0; e < size; e++)
        stands_for[e] = numbers[e] * scale[channel_of(q, e)];
    if (!q->rate)
        return true;
    const float step = normal(z->most[i] / LNG_QUANTIZED_MOST);
    *lng_store_find(z->to->store, q->rate, NULL) = step > 0 ? 1 / step : 0;
    for (int64_t k = 0; k < q->channels.channels; k++)
        scale[k] = normal(scale[k] * step);
    return true;
}

/* ---- the session ---- */
static void add_variable(lng_subject *s, lng_variable *to, const char *name, lng_shape shape)
{
    if (name)
        to[s->variables++] = (lng_variable){.name = name, .shape = shape};
}

static lng_subject subject_of(const quantizing *z, bool activations)
{
    lng_subject s = z->from->subject;
    lng_variable *v = LNG_NEW_N(z->arena, s.variables + 3 * z->count, lng_variable);
    memcpy(v, s.variable, s.variables * sizeof *v);
    for (size_t i = 0; i < z->count; i++) {
        const lng_quantized *q = &z->all[i];
        add_variable(&s, v, q->numbers, q->shape);
        add_variable(&s, v, q->scale, lng_shape_of(1, q->channels.channels));
        add_variable(&s, v, q->rate, (lng_shape){0});
    }
    s.variable = v;
    s.eval = lng_pass_run(activations ? &lng_pass_quantize_all : &lng_pass_quantize_weights, s.eval, z->arena);
    return s;
}

static bool set_variables(const quantizing *z)
{
    const lng_store *from = z->from->store;
    for (size_t i = 0; i < from->count; i++)
        memcpy(lng_store_find(z->to->store, from->variable[i].name, NULL), from->at + from->offset[i],
               (size_t)lng_shape_size(from->variable[i].shape) * sizeof(float));
    for (size_t i = 0; i < z->count; i++)
        if (!quantize(z, i))
            return false;
    return true;
}

lng_session *lng_quantize(const lng_session *from, const lng_range *measured, unsigned uses, int batch, lng_arena *arena,
                          const lng_quantized **list, size_t *count, lng_errors *errors)
{
    quantizing z = {.from = from, .arena = arena, .errors = errors};
    z.all = lng_quantized_of(from->subject.eval, measured != NULL, arena, &z.count);
    z.most = LNG_NEW_N(arena, z.count + 1, float);
    if (measured && !measure(&z, measured, batch))
        return NULL;
    const lng_subject subject = subject_of(&z, measured != NULL);
    z.to =
        subject.eval && lng_graph_verify(subject.eval, errors) ? lng_session_new(&subject, uses, batch, from->team, errors) : NULL;
    if (z.to && !set_variables(&z)) {
        lng_session_free(z.to);
        z.to = NULL;
    }
    *list = z.all;
    *count = z.count;
    return z.to;
}
