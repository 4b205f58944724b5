/* Evaluation: loss and metrics over a range of a part, with the present weights.
 *
 * The tape runs chunk by chunk over the team. What examples give is added in double, in the order of the examples, so no figure
 * depends on the threads or the chunks; collective metrics (AUC) see the scores of all examples at once. */
#include "train/train.h"
#include <math.h>
#include <string.h>

/* What an output gives for one example. */
typedef struct column {
    const void *at; /* NULL: the model has no such output */
    int64_t size;
    bool per_example;
    lng_dtype dtype;
} column;

static column find_column(const lng_phase *phase, const char *name)
{
    const lng_value *value = lng_graph_find_output(phase->graph, name);
    if (!value)
        return (column){0};
    return (column){lng_engine_output(phase->engine, name), lng_shape_size(value->shape), value->per_example, value->dtype};
}

/* Adds a scalar of each of n examples, in order. */
static double add_column(const column *c, int n, double sum)
{
    const float *at = c->at;
    for (int i = 0; i < n; i++)
        sum += (double)at[c->per_example ? i : 0];
    return sum;
}

/* Scores and labels of all examples, for what cannot be added up. */
typedef struct gather {
    column scores, labels;
    const int32_t *field; /* the labels stand in the data instead */
    float *score;         /* count x classes; NULL: nothing to gather */
    int32_t *label;       /* count */
} gather;

static gather gather_new(lng_arena *arena, const lng_phase *phase, const char *scores, const char *labels, int64_t count)
{
    gather g = {.scores = find_column(phase, scores), .labels = find_column(phase, labels)};
    const bool fits = g.scores.at && g.scores.per_example && g.scores.dtype == LNG_F32 && g.labels.at && g.labels.per_example &&
                      g.labels.dtype == LNG_I32 && g.labels.size == 1 && g.scores.size > 1;
    if (fits) {
        g.score = lng_alloc_n(arena, (size_t)count, (size_t)g.scores.size * sizeof *g.score);
        g.label = lng_alloc_n(arena, (size_t)count, sizeof *g.label);
    }
    return g;
}

static void gather_add(gather *g, int64_t at, int n)
{
    if (!g->score)
        return;
    memcpy(g->score + at * g->scores.size, g->scores.at, (size_t)n * (size_t)g->scores.size * sizeof *g->score);
    memcpy(g->label + at, g->field ? g->field + at : g->labels.at, (size_t)n * sizeof *g->label);
}

/* Without a collective metric the output and the only label are counted, if there are such. */
static gather gather_label(lng_arena *arena, const lng_session *s, const lng_part *part, int64_t first, int64_t count)
{
    gather g = {.scores = find_column(&s->eval, "out")};
    size_t labels = 0;
    for (size_t i = 0; i < part->fields; i++)
        if (part->field[i].type == LNG_FIELD_I32 && part->field[i].size == 1 && ++labels)
            g.field = (const int32_t *)part->field[i].at + first;
    if (labels == 1 && g.scores.at && g.scores.per_example && g.scores.dtype == LNG_F32 && g.scores.size > 1 &&
        g.scores.size == s->model->data.classes) {
        g.score = lng_alloc_n(arena, (size_t)count, (size_t)g.scores.size * sizeof *g.score);
        g.label = lng_alloc_n(arena, (size_t)count, sizeof *g.label);
    }
    return g;
}

/* A label outside of the classes can come from a model that computes its labels. */
static bool labels_fit(const gather *g, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (g->label[i] < 0 || g->label[i] >= g->scores.size)
            return false;
    return true;
}

typedef struct work {
    lng_session *session;
    lng_arena *arena; /* scratch: freed after the evaluation */
    column loss, *mean;
    gather *collective; /* by metric, and one more for the confusion matrix alone */
    double loss_sum, *mean_sum;
} work;

static void begin(work *w, const lng_part *part, int64_t first, int64_t count)
{
    const lng_model *m = w->session->model;
    const lng_phase *phase = &w->session->eval;
    bool gathered = false;
    w->loss = find_column(phase, "loss");
    w->mean = LNG_NEW_N(w->arena, m->metrics, column);
    w->mean_sum = LNG_NEW_N(w->arena, m->metrics, double);
    w->collective = LNG_NEW_N(w->arena, m->metrics + 1, gather);
    for (size_t i = 0; i < m->metrics; i++) {
        const char *name = lng_format(w->arena, "metric.%zu", i);
        if (!m->metric[i].collective)
            w->mean[i] = find_column(phase, name);
        else
            w->collective[i] =
                gather_new(w->arena, phase, lng_format(w->arena, "%s.0", name), lng_format(w->arena, "%s.1", name), count);
        gathered = gathered || w->collective[i].score;
    }
    if (!gathered)
        w->collective[m->metrics] = gather_label(w->arena, w->session, part, first, count);
}

static void run(work *w, const lng_part *part, int64_t first, int64_t count)
{
    lng_session *s = w->session;
    const int batch = s->eval.batch;
    const lng_clock clock = {.seed = s->model->seed, .progress = 1, .field = part->field};
    uint32_t *rows = LNG_NEW_N(w->arena, (size_t)batch, uint32_t);
    for (int64_t done = 0; done < count; done += batch) {
        const int n = (int)(count - done < batch ? count - done : batch);
        for (int i = 0; i < n; i++)
            rows[i] = (uint32_t)(first + done + i);
        lng_engine_run(s->eval.engine, rows, n, &clock);
        if (w->loss.at)
            w->loss_sum = add_column(&w->loss, n, w->loss_sum);
        for (size_t i = 0; i < s->model->metrics; i++) {
            if (w->mean[i].at)
                w->mean_sum[i] = add_column(&w->mean[i], n, w->mean_sum[i]);
            gather_add(&w->collective[i], done, n);
        }
        gather_add(&w->collective[s->model->metrics], done, n);
    }
}

static void keep_auc(lng_arena *arena, const lng_auc *from, lng_auc *to)
{
    *to = *from;
    to->per_class = LNG_NEW_N(arena, (size_t)from->classes, double);
    memcpy(to->per_class, from->per_class, (size_t)from->classes * sizeof *to->per_class);
}

static bool count_auc(work *w, const gather *g, size_t metric, lng_arena *arena, lng_scores *scores, lng_errors *errors)
{
    const char *label = w->session->model->metric[metric].label;
    lng_auc auc;
    if (!labels_fit(g, scores->count))
        return lng_error(errors, LNG_E_RANGE, (lng_place){0}, "metric `%s`: a label is not below the %lld scores", label,
                         (long long)g->scores.size);
    if (!lng_auc_compute(w->arena, g->score, g->label, scores->count, g->scores.size, &auc))
        return lng_error(errors, LNG_E_MEMORY, (lng_place){0}, "out of memory while computing metric `%s`", label);
    keep_auc(arena, &auc, &scores->auc[metric]);
    return true;
}

static void count_confusion(const gather *g, lng_arena *arena, lng_scores *scores)
{
    if (scores->confusion || !labels_fit(g, scores->count))
        return;
    scores->classes = g->scores.size;
    scores->confusion = lng_alloc_n(arena, (size_t)scores->classes, (size_t)scores->classes * sizeof *scores->confusion);
    lng_confusion(g->score, g->label, scores->count, scores->classes, scores->confusion);
}

static bool finish(work *w, lng_arena *arena, lng_scores *scores, lng_errors *errors)
{
    const lng_model *m = w->session->model;
    const double n = (double)scores->count;
    scores->loss = w->loss.at && scores->count ? w->loss_sum / n : NAN;
    for (size_t i = 0; i <= m->metrics; i++) {
        const gather *g = &w->collective[i];
        if (i < m->metrics)
            scores->mean[i] = w->mean[i].at && scores->count ? w->mean_sum[i] / n : NAN;
        if (!g->score)
            continue;
        if (i < m->metrics && !count_auc(w, g, i, arena, scores, errors))
            return false;
        count_confusion(g, arena, scores);
    }
    return true;
}

typedef struct evaluation {
    work work;        /* its arena is scratch */
    lng_arena *arena; /* of the scores */
    const lng_part *part;
    int64_t first;
    lng_scores *scores;
    lng_errors *errors;
} evaluation;

static bool evaluate(void *context)
{
    evaluation *e = context;
    lng_scores *scores = e->scores;
    const size_t metrics = e->work.session->model->metrics;
    scores->mean = LNG_NEW_N(e->arena, metrics, double);
    scores->auc = LNG_NEW_N(e->arena, metrics, lng_auc);
    begin(&e->work, e->part, e->first, scores->count);
    run(&e->work, e->part, e->first, scores->count);
    return finish(&e->work, e->arena, scores, e->errors);
}

static const char evaluating[] = "evaluating the model";

static bool evaluate_with_scratch(void *context)
{
    evaluation *e = context;
    return lng_attempt(e->work.arena, evaluate, e, e->errors, evaluating);
}

bool lng_evaluate(lng_session *s, lng_arena *arena, const lng_part *part, int64_t first, int64_t count, lng_scores *scores,
                  lng_errors *errors)
{
    evaluation e = {.work = {.session = s, .arena = lng_arena_new()},
                    .arena = arena,
                    .part = part,
                    .first = first,
                    .scores = scores,
                    .errors = errors};
    *scores = (lng_scores){.count = count, .loss = NAN};
    const bool ok = lng_attempt(arena, evaluate_with_scratch, &e, errors, evaluating);
    lng_arena_free(e.work.arena);
    return ok;
}
