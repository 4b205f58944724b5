/* report.json and history.csv, for programs to read. A metric that the model file does not name is absent; an undefined one is null. */
#include "config.h"
#include "base/assert.h"
#include "base/json.h"
#include "report/report.h"
#include <math.h>
#include <string.h>

static void write_auc(lng_json *j, const char *label, const lng_auc *auc)
{
    const bool counted = auc->columns > 0;
    lng_json_object(j, label);
    lng_json_number(j, "macro", counted ? auc->macro : NAN);
    lng_json_number(j, "weighted", counted ? auc->weighted : NAN);
    lng_json_number(j, "micro", counted ? auc->micro : NAN);
    lng_json_array(j, "per_class");
    for (int64_t c = 0; c < auc->columns; c++)
        lng_json_number(j, NULL, auc->per_class[c]);
    lng_json_end_array(j);
    lng_json_array(j, "absent");
    for (int64_t c = 0; c < lng_score_classes(auc->columns); c++)
        if (auc->positives[c] == 0)
            lng_json_int(j, NULL, c);
    lng_json_end_array(j);
    lng_json_end(j);
}

static void write_split(lng_json *j, const lng_model *m, const char *name, const lng_scores *s)
{
    lng_json_object(j, name);
    lng_json_number(j, "loss", s->loss);
    for (size_t k = 0; k < m->metrics; k++)
        if (m->metric[k].collective)
            write_auc(j, m->metric[k].label, &s->auc[k]);
        else
            lng_json_number(j, m->metric[k].label, s->mean[k]);
    lng_json_end(j);
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
    for (size_t i = 0; i < r->model->fields; i++) {
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
    lng_json_int(&j, "parameters", r->model->parameters);
    write_data(&j, r->data);
    write_inputs(&j, r);
    lng_json_object(&j, "splits");
    for (int i = 0; i < LNG_SPLITS; i++)
        if (r->split[i] && r->split[i]->count > 0)
            write_split(&j, r->model, lng_split_name((lng_split)i), r->split[i]);
    lng_json_end(&j);
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

static void csv_head(const lng_model *m, lng_text *out)
{
    lng_text_add(out, "epoch,examples,loss");
    for (size_t k = 0; k < m->metrics; k++)
        if (!m->metric[k].collective)
            csv_name(out, "", m->metric[k].label, "");
    if (has_norm(m))
        csv_name(out, "", LNG_GRADIENT_NORM, "");
    lng_text_add(out, ",validation_loss");
    for (size_t k = 0; k < m->metrics; k++) {
        const char *label = m->metric[k].label;
        if (!m->metric[k].collective)
            csv_name(out, "validation_", label, "");
        else {
            csv_name(out, "validation_", label, "_macro");
            csv_name(out, "validation_", label, "_weighted");
            csv_name(out, "validation_", label, "_micro");
        }
    }
    lng_text_add(out, ",seconds,train_seconds\n");
}

static void csv_validation(const lng_model *m, const lng_scores *s, lng_text *out)
{
    csv_number(out, s->count ? s->loss : NAN);
    for (size_t k = 0; k < m->metrics; k++) {
        if (!m->metric[k].collective) {
            csv_number(out, s->count ? s->mean[k] : NAN);
            continue;
        }
        const lng_auc *auc = s->count && s->auc[k].columns ? &s->auc[k] : NULL;
        csv_number(out, auc ? auc->macro : NAN);
        csv_number(out, auc ? auc->weighted : NAN);
        csv_number(out, auc ? auc->micro : NAN);
    }
}

void lng_history_csv(const lng_model *m, const lng_history *h, lng_text *out)
{
    csv_head(m, out);
    for (size_t i = 0; i < h->epochs; i++) {
        const lng_epoch *e = &h->epoch[i];
        lng_text_add(out, "%d,%lld", e->epoch, (long long)e->examples);
        csv_number(out, e->loss);
        for (size_t k = 0; k < m->metrics; k++)
            if (!m->metric[k].collective)
                csv_number(out, e->metric[k]);
        if (has_norm(m))
            csv_number(out, e->norm);
        csv_validation(m, &e->validation, out);
        csv_number(out, e->seconds);
        csv_number(out, e->train_seconds);
        lng_text_add(out, "\n");
    }
}
