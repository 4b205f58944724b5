/* The quantities of a split (quantity.h). */
#include "report/quantity.h"
#include "base/printable.h"
#include "lang/meaning.h"
#include "report/table.h"
#include <math.h>
#include <string.h>

#define MEAN_DECIMALS       4
#define COLLECTIVE_DECIMALS 5
#define MOST_NAME           40 /* bytes */

static void add(lng_quantities *q, lng_quantity one)
{
    q->at[q->count++] = one;
}

static void add_collective(lng_arena *a, lng_quantities *q, const lng_model_metric *m, size_t metric)
{
    for (int f = 0; f < lng_metric_figures(m->collective); f++) {
        const char *figure = lng_figure_name(m->collective, f);
        add(q, (lng_quantity){.name = figure ? lng_format(a, "%s.%s", m->label, figure) : m->label,
                              .words = figure ? lng_format(a, "%s %s", m->label, figure) : m->label,
                              .collective = m->collective,
                              .metric = metric,
                              .figure = f,
                              .decimals = COLLECTIVE_DECIMALS});
    }
}

lng_quantities lng_quantities_of(lng_arena *a, const lng_model *m)
{
    lng_quantities q = {LNG_NEW_N(a, 1 + m->metrics * LNG_FIGURES, lng_quantity), 0};
    add(&q, (lng_quantity){.name = "loss", .words = "loss", .metric = SIZE_MAX, .decimals = MEAN_DECIMALS});
    for (size_t k = 0; k < m->metrics; k++) {
        const char *label = m->metric[k].label;
        if (m->metric[k].collective)
            add_collective(a, &q, &m->metric[k], k);
        else
            add(&q, (lng_quantity){.name = label, .words = label, .metric = k, .decimals = MEAN_DECIMALS});
    }
    return q;
}

double lng_quantity_value(const lng_quantity *q, const lng_scores *s)
{
    if (q->metric == SIZE_MAX)
        return s->loss;
    return q->collective ? s->measure[q->metric].figure[q->figure] : s->mean[q->metric];
}

lng_interval lng_quantity_interval(const lng_quantity *q, const lng_scores *s)
{
    if (q->metric == SIZE_MAX)
        return LNG_NO_INTERVAL;
    return q->collective ? s->measure[q->metric].interval[q->figure] : s->interval[q->metric];
}

const char *lng_interval_text(lng_arena *a, lng_interval i, int decimals)
{
    return lng_has_interval(i) ? lng_format(a, "%s to %s", lng_fixed(a, i.low, decimals), lng_fixed(a, i.high, decimals)) : "";
}

const char *lng_quantity_interval_text(lng_arena *a, const lng_quantity *q, const lng_scores *s)
{
    return lng_interval_text(a, lng_quantity_interval(q, s), q->decimals);
}

bool lng_published_applies(const lng_model *m, const lng_data *data)
{
    return m->published_count > 0 && (!m->published_data || strcmp(m->published_data, data->name) == 0);
}

const lng_published *lng_published_find(const lng_model *m, const char *split, const char *quantity)
{
    for (size_t i = 0; i < m->published_count; i++)
        if (strcmp(m->published[i].split, split) == 0 && strcmp(m->published[i].metric, quantity) == 0)
            return &m->published[i];
    return NULL;
}

const char *lng_class_words(lng_arena *a, const lng_model *model, const lng_data *data, int64_t classes, int64_t class)
{
    const lng_meaning m = lng_meaning_of(a, model, data->learned);
    char *text = lng_alloc(a, MOST_NAME);
    lng_printable(text, MOST_NAME, lng_meaning_name(a, &m, classes, class));
    return text;
}
