/* report.json and history.csv, for programs to read. A metric that the model file does not name is absent; an undefined one is null. */
#include "config.h"
#include "base/assert.h"
#include "base/json.h"
#include "report/quantity.h"
#include "report/report.h"
#include <math.h>
#include <string.h>

static void write_by_class(lng_json *j, const char *label, const lng_metric *metric, const lng_measure *m)
{
    lng_json_object(j, label);
    for (int f = 0; f < lng_metric_figures(metric); f++)
        lng_json_number(j, lng_figure_name(metric, f), m->figure[f]);
    lng_json_array(j, "per_class");
    for (int64_t c = 0; c < m->columns; c++)
        lng_json_number(j, NULL, m->per_class[c]);
    lng_json_end_array(j);
    lng_json_array(j, "absent");
    for (int64_t c = 0; c < m->classes; c++)
        if (m->examples[c] == 0)
            lng_json_int(j, NULL, c);
    lng_json_end_array(j);
    lng_json_end(j);
}

static void write_split(lng_json *j, const lng_model *m, const char *name, const lng_scores *s)
{
    lng_json_object(j, name);
    lng_json_number(j, "loss", s->loss);
    for (size_t k = 0; k < m->metrics; k++) {
        const lng_metric *collective = m->metric[k].collective;
        if (collective && collective->by_class)
            write_by_class(j, m->metric[k].label, collective, &s->measure[k]);
        else
            lng_json_number(j, m->metric[k].label, collective ? s->measure[k].figure[0] : s->mean[k]);
    }
    lng_json_end(j);
}

static void write_interval(lng_json *j, const char *name, lng_interval i)
{
    if (!lng_has_interval(i))
        return;
    lng_json_array(j, name);
    lng_json_number(j, NULL, i.low);
    lng_json_number(j, NULL, i.high);
    lng_json_end_array(j);
}

static void write_intervals(lng_json *j, const lng_quantities *q, const char *name, const lng_scores *s)
{
    lng_json_object(j, name);
    for (size_t k = 0; k < q->count; k++)
        write_interval(j, q->at[k].name, lng_quantity_interval(&q->at[k], s));
    lng_json_end(j);
}

/* Rows are labels, columns predictions; of the splits that have one. */
static void write_confusion(lng_json *j, const char *name, const lng_scores *s)
{
    if (!s->confusion)
        return;
    lng_json_array(j, name);
    for (int64_t y = 0; y < s->classes; y++) {
        lng_json_array(j, NULL);
        for (int64_t x = 0; x < s->classes; x++)
            lng_json_int(j, NULL, s->confusion[y * s->classes + x]);
        lng_json_end_array(j);
    }
    lng_json_end_array(j);
}

static void write_requirements(lng_json *j, const lng_report *r)
{
    lng_arena *a = j->text.arena;
    lng_json_array(j, "requirements");
    for (size_t i = 0; i < r->model->requirements; i++) {
        const lng_requirement *q = &r->model->requirement[i];
        double value;
        const bool met = lng_requirement_met(a, r, q, &value);
        lng_json_object(j, NULL);
        lng_json_string(j, "figure", lng_format(a, "%s.%s", q->split, q->quantity));
        lng_json_string(j, "required", q->text);
        lng_json_number(j, "value", value);
        lng_json_int(j, "met", met);
        lng_json_end(j);
    }
    lng_json_end_array(j);
}

static void write_data(lng_json *j, const lng_data *data)
{
    lng_json_object(j, "data");
    lng_json_string(j, "name", data->name);
    lng_json_int(j, "train", data->train_count);
    lng_json_int(j, "validation", data->validation_count);
    lng_json_int(j, "test", data->test.count);
    lng_json_end(j);
}

/* What predict compares its examples with. */
static void write_inputs(lng_json *j, const lng_report *r)
{
    lng_json_object(j, "inputs");
    for (size_t i = 0; i < r->data->train.fields; i++) { /* all of the model's, or none */
        if (r->model->field[i].dtype != LNG_F32)
            continue;
        const lng_stats stats = lng_array_stats(&r->data->train.array[i], r->data->train_count);
        lng_json_object(j, r->model->field[i].name);
        lng_json_number(j, "least", stats.least);
        lng_json_number(j, "most", stats.most);
        lng_json_number(j, "light", stats.light);
        lng_json_number(j, "offset", stats.offset);
        lng_json_number(j, "extent", stats.extent);
        lng_json_end(j);
    }
    lng_json_end(j);
}

void lng_report_json(const lng_report *r, lng_text *out)
{
    lng_json j = lng_json_new(out->arena, 2);
    const lng_history *h = r->history;
    LNG_ASSERT(r->model->seed <= INT64_MAX); /* of a model file */
    lng_json_object(&j, NULL);
    lng_json_int(&j, "format", 1);
    lng_json_string(&j, "lngraph", PACKAGE_VERSION);
    lng_json_string(&j, "model", r->model->name);
    lng_json_int(&j, "seed", (int64_t)r->model->seed);
    lng_json_int(&j, "threads", r->threads);
    if (h)
        lng_json_int(&j, "epochs", (int64_t)h->epochs);
    if (h && h->kept)
        lng_json_int(&j, "kept_epoch", h->kept);
    lng_json_int(&j, "parameters", r->model->parameters);
    write_data(&j, r->data);
    write_inputs(&j, r);
    lng_json_object(&j, "splits");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            write_split(&j, r->model, lng_split_name((lng_split)i), r->split[i]);
    lng_json_end(&j);
    const lng_quantities q = lng_quantities_of(out->arena, r->model);
    lng_json_object(&j, "intervals");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            write_intervals(&j, &q, lng_split_name((lng_split)i), r->split[i]);
    lng_json_end(&j);
    lng_json_object(&j, "confusion");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            write_confusion(&j, lng_split_name((lng_split)i), r->split[i]);
    lng_json_end(&j);
    write_requirements(&j, r);
    if (h) {
        lng_json_object(&j, "timing");
        lng_json_number(&j, "train_seconds", h->train_seconds);
        lng_json_number(&j, "train_images_per_second", h->train_seconds > 0 ? (double)h->examples / h->train_seconds : NAN);
        lng_json_end(&j);
    }
    lng_json_end(&j);
    lng_text_put(out, j.text.at, j.text.length);
    lng_text_put(out, "\n", 1);
}

/* ---- history.csv ---- */
static void csv_name(lng_text *out, const char *prefix, const char *label, const char *suffix)
{
    const bool quote = strpbrk(label, ",\"\n\r") != NULL;
    lng_text_add(out, quote ? ",\"%s" : ",%s", prefix);
    for (const char *p = label; *p; p++)
        lng_text_add(out, *p == '"' ? "\"\"" : "%c", *p);
    lng_text_add(out, quote ? "%s\"" : "%s", suffix);
}

static void csv_number(lng_text *out, double value)
{
    char buffer[LNG_NUMBER_SIZE];
    lng_text_add(out, ",%s", isfinite(value) ? lng_number(buffer, value) : "");
}

static bool has_norm(const lng_model *m)
{
    return lng_graph_find_output(m->train, LNG_GRADIENT_NORM) != NULL;
}

/* "validation_auc_macro" */
static void csv_quantity(lng_text *out, const lng_model *m, const lng_quantity *q)
{
    const char *figure = q->collective ? lng_figure_name(q->collective, q->figure) : NULL;
    const char *label = q->metric == SIZE_MAX ? q->name : m->metric[q->metric].label;
    csv_name(out, "validation_", label, figure ? lng_format(out->arena, "_%s", figure) : "");
}

static void csv_head(const lng_model *m, const lng_quantities *q, lng_text *out)
{
    lng_text_add(out, "epoch,examples,loss");
    for (size_t k = 0; k < m->metrics; k++)
        if (!m->metric[k].collective)
            csv_name(out, "", m->metric[k].label, "");
    if (has_norm(m))
        csv_name(out, "", LNG_GRADIENT_NORM, "");
    for (size_t k = 0; k < q->count; k++)
        csv_quantity(out, m, &q->at[k]);
    lng_text_add(out, ",seconds,train_seconds\n");
}

void lng_history_csv(const lng_model *m, const lng_history *h, lng_text *out)
{
    const lng_quantities q = lng_quantities_of(out->arena, m);
    csv_head(m, &q, out);
    for (size_t i = 0; i < h->epochs; i++) {
        const lng_epoch *e = &h->epoch[i];
        lng_text_add(out, "%d,%lld", e->epoch, (long long)e->examples);
        csv_number(out, e->loss);
        for (size_t k = 0; k < m->metrics; k++)
            if (!m->metric[k].collective)
                csv_number(out, e->metric[k]);
        if (has_norm(m))
            csv_number(out, e->norm);
        for (size_t k = 0; k < q.count; k++)
            csv_number(out, e->validation.count ? lng_quantity_value(&q.at[k], &e->validation) : NAN);
        csv_number(out, e->seconds);
        csv_number(out, e->train_seconds);
        lng_text_add(out, "\n");
    }
}
