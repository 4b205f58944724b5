/* Evaluation.
 *
 * The graph runs batch by batch. Values per example are added in double, in the order of the examples, so no figure depends on threads or
 * batches. Collective metrics need the scores of all examples at once, so these are gathered. */
#include "train/evaluate.h"
#include "base/assert.h"
#include "train/inside.h"
#include <math.h>
#include <string.h>

const char *lng_split_name(lng_split split)
{
    static const char *const name[LNG_SPLITS] = {"train", "validation", "test"};
    return name[split];
}

lng_range lng_split_range(const lng_data *d, lng_split split)
{
    const lng_range validation = {LNG_VALIDATION, &d->train, d->train_count, d->validation_count},
                    own = {LNG_VALIDATION, &d->validation, 0, d->validation_count};
    const lng_range range[LNG_SPLITS] = {
        {LNG_TRAIN, &d->train, 0, d->train_count}, d->validation.fields ? own : validation, {LNG_TEST, &d->test, 0, d->test.count}};
    return range[split];
}

/* Scores, and labels or targets, of all examples. */
typedef struct gather {
    lng_column scores, truth;
    const int32_t *field; /* the labels, if they are taken from the data */
    float *score;         /* NULL: nothing to gather */
    int32_t *label;
    float *target; /* one of both is NULL */
} gather;

static void gather_add(gather *g, int64_t at, int n)
{
    const size_t size = (size_t)g->scores.size;
    if (!g->score)
        return;
    memcpy(g->score + (size_t)at * size, g->scores.at, (size_t)n * size * sizeof *g->score);
    if (g->target)
        memcpy(g->target + (size_t)at * size, g->truth.at, (size_t)n * size * sizeof *g->target);
    else
        memcpy(g->label + at, g->field ? g->field + at : g->truth.at, (size_t)n * sizeof *g->label);
}

static lng_scored examples_of(const gather *g, int64_t count)
{
    return (lng_scored){count, g->scores.size, g->score, g->label, g->target};
}

/* A model that computes its labels may compute one that is not a class. */
static bool labels_fit(const lng_scored *e)
{
    for (int64_t i = 0; i < e->count; i++)
        if (e->label[i] < 0 || e->label[i] >= lng_score_classes(e->columns))
            return false;
    return true;
}

static bool targets_fit(const lng_scored *e)
{
    for (int64_t i = 0; i < e->count * e->columns; i++)
        if (e->target[i] != 0 && e->target[i] != 1)
            return false;
    return true;
}

/* Without a largest score to choose, a score says what is predicted only if it is a probability. */
static bool scores_decide(const lng_scored *e)
{
    return (e->label && e->columns > 1) || lng_are_probabilities(e);
}

typedef struct evaluation {
    lng_session *session;
    const lng_model *model;
    const lng_runner *runner;
    const lng_range *range;
    int64_t count;
    bool fully;
    lng_arena *arena, *scratch; /* of the scores; of everything else */
    lng_scores *scores;
    lng_errors *errors;
    lng_column out, loss, *mean;
    gather *collective; /* by metric, and one more for a lone confusion matrix */
    double loss_sum, *mean_sum;
} evaluation;

static void make_room(const evaluation *e, gather *g, bool targets)
{
    lng_arena *arena = e->fully ? e->arena : e->scratch;
    g->score = lng_alloc_n(arena, (size_t)e->count, (size_t)g->scores.size * sizeof *g->score);
    if (targets)
        g->target = lng_alloc_n(arena, (size_t)e->count, (size_t)g->scores.size * sizeof *g->target);
    else
        g->label = lng_alloc_n(arena, (size_t)e->count, sizeof *g->label);
}

static gather gather_new(const evaluation *e, const lng_model_metric *metric)
{
    gather g = {.scores = lng_runner_column(e->runner, metric->output[0]),
                .truth = lng_runner_column(e->runner, metric->output[1])};
    LNG_ASSERT(g.scores.per_example && g.scores.dtype == LNG_F32 && g.truth.per_example);
    LNG_ASSERT(g.truth.size == (g.truth.dtype == LNG_I32 ? 1 : g.scores.size));
    make_room(e, &g, g.truth.dtype == LNG_F32);
    return g;
}

/* Without a collective metric, the confusion matrix uses the output and the only label that it does not depend on, if they exist. */
static gather gather_label(const evaluation *e)
{
    const lng_part *part = e->range->part;
    gather g = {.scores = e->out};
    size_t labels = 0;
    int64_t classes = 0;
    for (size_t i = 0; i < part->fields; i++)
        if (part->field[i].type == LNG_FIELD_I32 && part->field[i].size == 1 && !e->model->field[i].read && ++labels) {
            g.field = (const int32_t *)part->field[i].at + e->range->first;
            classes = e->model->field[i].classes;
        }
    if (labels == 1 && g.scores.at && g.scores.per_example && g.scores.dtype == LNG_F32 &&
        lng_score_classes(g.scores.size) == classes)
        make_room(e, &g, false);
    return g;
}

static void begin(evaluation *e)
{
    const lng_model *m = e->model;
    bool gathered = false;
    e->out = lng_runner_column(e->runner, "out");
    e->loss = lng_runner_column(e->runner, "loss");
    e->mean = LNG_NEW_N(e->scratch, m->metrics, lng_column);
    e->mean_sum = LNG_NEW_N(e->scratch, m->metrics, double);
    e->collective = LNG_NEW_N(e->scratch, m->metrics + 1, gather);
    for (size_t i = 0; i < m->metrics; i++) {
        const lng_model_metric *metric = &m->metric[i];
        if (metric->collective)
            e->collective[i] = gather_new(e, metric);
        else
            e->mean[i] = lng_runner_column(e->runner, metric->output[0]);
        gathered = gathered || e->collective[i].score;
    }
    if (!gathered)
        e->collective[m->metrics] = gather_label(e);
}

/* The first example for which an output is not finite, or n. A shared value belongs to the first example. */
static int nonfinite_in(const lng_column *c, int n)
{
    const float *at = c->at;
    const int64_t size = c->per_example ? n * c->size : c->size;
    if (!at || c->dtype != LNG_F32)
        return n;
    for (int64_t i = 0; i < size; i++)
        if (!isfinite(at[i]))
            return c->per_example ? (int)(i / c->size) : 0;
    return n;
}

static int first_nonfinite(const evaluation *e, int n)
{
    int first = nonfinite_in(&e->loss, nonfinite_in(&e->out, n));
    for (size_t i = 0; i < e->model->metrics; i++)
        first = nonfinite_in(&e->collective[i].scores, nonfinite_in(&e->mean[i], first));
    return first;
}

/* If examples do not depend on each other, the one that is not finite is traced alone. */
static bool trace(const evaluation *e, const uint32_t *rows, int n, int bad, const lng_context *context)
{
    const bool alone = !lng_graph_reduces_batch(e->runner->graph);
    return lng_trace_evaluation(e->session, e->runner, e->range, alone ? rows + bad : rows, alone ? 1 : n, context, e->errors);
}

static bool run(evaluation *e)
{
    const int batch = e->runner->batch;
    const lng_context context = lng_session_context(e->session, e->range->part->field);
    uint32_t *rows = LNG_NEW_N(e->scratch, (size_t)batch, uint32_t);
    for (int64_t done = 0; done < e->count; done += batch) {
        if (lng_session_stops(e->session, LNG_STOP_NOW))
            return false;
        const int n = (int)(e->count - done < batch ? e->count - done : batch);
        for (int i = 0; i < n; i++)
            rows[i] = (uint32_t)(e->range->first + done + i);
        lng_session_run(e->session, LNG_EVALUATE, rows, n, &context, e->errors);
        const int bad = first_nonfinite(e, n);
        if (bad < n)
            return trace(e, rows, n, bad, &context);
        e->loss_sum = lng_column_add(&e->loss, n, e->loss_sum);
        for (size_t i = 0; i < e->model->metrics; i++) {
            e->mean_sum[i] = lng_column_add(&e->mean[i], n, e->mean_sum[i]);
            gather_add(&e->collective[i], done, n);
        }
        gather_add(&e->collective[e->model->metrics], done, n);
    }
    return true;
}

/* What the metric cannot take, which only the values tell; NULL if there is nothing. */
static const char *misfit(const evaluation *e, const lng_metric *metric, const lng_scored *x)
{
    const long long classes = (long long)lng_score_classes(x->columns);
    if (x->label && !labels_fit(x))
        return lng_format(e->scratch, "a label is none of the %lld classes, 0 to %lld", classes, classes - 1);
    if (metric->takes == LNG_TAKES_NUMBERS)
        return NULL;
    if (x->target && !targets_fit(x))
        return "a target is not 0 or 1";
    if (metric->probabilities ? !lng_are_probabilities(x) : metric->decides && !scores_decide(x))
        return "a score is not a probability, a number from 0 to 1";
    return NULL;
}

static bool measure(const evaluation *e, const lng_scored *x, size_t metric)
{
    const lng_model_metric *m = &e->model->metric[metric];
    const char *why = misfit(e, m->collective, x);
    if (why)
        return lng_error(e->errors, LNG_E_RANGE, lng_nowhere, "metric `%s`: %s", m->label, why);
    return lng_measure_compute(e->arena, m->collective, x, e->fully, &e->scores->measure[metric]) ||
           lng_error(e->errors, LNG_E_LIMIT, lng_nowhere, "metric `%s`: there are too many examples to compute it", m->label);
}

static void count_confusion(const evaluation *e, const lng_scored *x)
{
    lng_scores *s = e->scores;
    if (s->confusion || !x->label || !labels_fit(x) || !scores_decide(x))
        return;
    s->classes = lng_score_classes(x->columns);
    s->confusion = lng_alloc_n(e->arena, (size_t)s->classes, (size_t)s->classes * sizeof *s->confusion);
    lng_confusion(x->score, x->label, e->count, x->columns, s->confusion);
}

static bool finish(evaluation *e)
{
    const size_t metrics = e->model->metrics;
    const double n = (double)e->count;
    e->scores->loss = e->loss_sum / n;
    for (size_t i = 0; i <= metrics; i++) {
        const gather *g = &e->collective[i];
        const lng_scored x = examples_of(g, e->count);
        if (i < metrics) {
            e->scores->mean[i] = e->mean_sum[i] / n;
            e->scores->interval[i] = e->model->metric[i].rate ? lng_wilson(e->mean_sum[i], n) : LNG_NO_INTERVAL;
        }
        if (!g->score)
            continue;
        if (i < metrics && !measure(e, &x, i))
            return false;
        count_confusion(e, &x);
        if (e->fully)
            e->scores->examples[i] = x;
    }
    return true;
}

static bool evaluate(void *context)
{
    evaluation *e = context;
    e->scores->mean = LNG_NEW_N(e->arena, e->model->metrics, double);
    e->scores->interval = LNG_NEW_N(e->arena, e->model->metrics, lng_interval);
    e->scores->measure = LNG_NEW_N(e->arena, e->model->metrics, lng_measure);
    if (e->fully)
        e->scores->examples = LNG_NEW_N(e->arena, e->model->metrics + 1, lng_scored);
    begin(e);
    return run(e) && finish(e);
}

static const char evaluating[] = "evaluating the model";

static bool evaluate_with_scratch(void *context)
{
    evaluation *e = context;
    return lng_attempt(e->scratch, evaluate, e, e->errors, evaluating);
}

static bool begin_and_run(lng_session *s, lng_arena *arena, const lng_range *range, bool fully, lng_scores *scores,
                          lng_errors *errors)
{
    evaluation e = {.session = s,
                    .model = s->subject.model,
                    .runner = lng_session_runner(s, LNG_EVALUATE),
                    .range = range,
                    .count = range->count,
                    .fully = fully,
                    .arena = arena,
                    .scratch = lng_arena_new(),
                    .scores = scores,
                    .errors = errors};
    LNG_ASSERT(e.model && e.runner && range->first >= 0 && range->count > 0 && range->count <= range->part->count - range->first);
    *scores = (lng_scores){.loss = NAN};
    if (lng_attempt(arena, evaluate_with_scratch, &e, errors, evaluating))
        scores->count = range->count;
    lng_arena_free(e.scratch);
    return scores->count > 0;
}

bool lng_evaluate(lng_session *s, lng_arena *arena, const lng_range *range, lng_scores *scores, lng_errors *errors)
{
    return begin_and_run(s, arena, range, false, scores, errors);
}

bool lng_evaluate_fully(lng_session *s, lng_arena *arena, const lng_range *range, lng_scores *scores, lng_errors *errors)
{
    return begin_and_run(s, arena, range, true, scores, errors);
}
