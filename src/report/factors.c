/* Figures by factor (factors.h). The scores of a group's examples are gathered, and measured like those of a split. */
#include "report/factors.h"
#include "report/quantity.h"
#include "report/table.h"
#include <math.h>
#include <string.h>

static const lng_column_spec *columns_of(const lng_drawn *d, size_t field)
{
    const lng_column_spec *learned = d->data->learned ? d->data->learned[field] : NULL;
    return learned ? learned : d->model->field[field].columns;
}

static bool is_factor(const lng_drawn *d, size_t field)
{
    return d->model->field[field].columns && d->model->field[field].columns->factor;
}

/* The examples whose field has this value. */
static lng_scored chosen(lng_arena *a, const lng_scored *e, const lng_array *x, int64_t first, int64_t value)
{
    const size_t row = (size_t)e->columns;
    float *score = LNG_NEW_N(a, (size_t)e->count * row, float),
          *target = e->target ? LNG_NEW_N(a, (size_t)e->count * row, float) : NULL;
    int32_t *label = e->label ? LNG_NEW_N(a, (size_t)e->count, int32_t) : NULL;
    lng_scored to = {0, e->columns, score, label, target};
    for (int64_t i = 0; i < e->count; i++) {
        if ((int64_t)lng_array_at(x, first + i) != value)
            continue;
        memcpy(score + (size_t)to.count * row, e->score + (size_t)i * row, row * sizeof *score);
        if (target)
            memcpy(target + (size_t)to.count * row, e->target + (size_t)i * row, row * sizeof *target);
        if (label)
            label[to.count] = e->label[i];
        to.count++;
    }
    return to;
}

static void measure_accuracy(const lng_scored *e, lng_group *g)
{
    int64_t right = 0;
    if (!e->label || e->count == 0 || (e->columns == 1 && !lng_are_probabilities(e)))
        return;
    for (int64_t i = 0; i < e->count; i++)
        right += lng_predicted(e->score + i * e->columns, e->columns) == e->label[i];
    g->accuracy = (double)right / (double)e->count;
    g->interval = lng_wilson((double)right, (double)e->count);
}

static lng_group group_of(lng_arena *a, const lng_drawn *d, size_t field, int64_t value)
{
    const lng_model *m = d->model;
    const lng_column_spec *c = columns_of(d, field);
    const lng_range r = lng_split_range(d->data, d->split);
    const lng_array *x = &r.part->array[field];
    const lng_scored *scored = lng_drawn_scored(d);
    lng_group g = {.name = c->word && value < c->words ? c->word[value] : "other",
                   .accuracy = (double)NAN,
                   .interval = LNG_NO_INTERVAL,
                   .figure = LNG_NEW_N(a, m->metrics + 1, double)};
    for (int64_t i = 0; i < r.count; i++)
        g.examples += (int64_t)lng_array_at(x, r.first + i) == value;
    if (scored) {
        const lng_scored e = chosen(a, scored, x, r.first, value);
        measure_accuracy(&e, &g);
    }
    for (size_t k = 0; k < m->metrics; k++) {
        lng_measure measure;
        g.figure[k] = (double)NAN;
        if (!m->metric[k].collective || !d->scores->examples[k].score || g.examples == 0)
            continue;
        const lng_scored e = chosen(a, &d->scores->examples[k], x, r.first, value);
        if (lng_measure_compute(a, m->metric[k].collective, &e, false, &measure))
            g.figure[k] = measure.figure[0];
    }
    return g;
}

const lng_factor *lng_factors_of(lng_arena *a, const lng_drawn *d, size_t *count)
{
    const lng_model *m = d->model;
    lng_factor *list = LNG_NEW_N(a, m->fields + 1, lng_factor);
    *count = 0;
    for (size_t i = 0; i < m->fields && d->scores; i++) {
        if (!is_factor(d, i))
            continue;
        lng_factor *f = &list[(*count)++];
        f->field = m->field[i].name;
        f->groups = (size_t)m->field[i].classes;
        f->group = LNG_NEW_N(a, f->groups + 1, lng_group);
        for (size_t k = 0; k < f->groups; k++)
            f->group[k] = group_of(a, d, i, (int64_t)k);
    }
    return *count ? list : NULL;
}

static bool has_accuracy(const lng_factor *f)
{
    for (size_t i = 0; i < f->groups; i++)
        if (!isnan(f->group[i].accuracy))
            return true;
    return false;
}

size_t lng_factor_row(lng_arena *a, const lng_drawn *d, const lng_factor *f, const lng_group *g, const char *cell[LNG_FACTOR_CELLS])
{
    const lng_model *m = d->model;
    size_t n = 0;
    cell[n++] = g ? g->name : f->field;
    cell[n++] = g ? lng_count(a, g->examples) : "examples";
    if (has_accuracy(f)) {
        cell[n++] = !g ? "accuracy" : isnan(g->accuracy) ? "" : lng_fixed(a, g->accuracy, 4);
        cell[n++] = g ? lng_interval_text(a, g->interval, 4) : "95 % interval";
    }
    for (size_t k = 0; k < m->metrics && n < LNG_FACTOR_CELLS; k++)
        if (m->metric[k].collective)
            cell[n++] = g ? isnan(g->figure[k]) ? "" : lng_fixed(a, g->figure[k], 4) : lng_model_figure(a, &m->metric[k], 0);
    return n;
}
