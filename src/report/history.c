/* history.csv, for programs to read. */
#include "report/quantity.h"
#include "report/report.h"
#include <math.h>
#include <string.h>

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

static bool has(const lng_model *m, const char *output)
{
    return lng_graph_find_output(m->train, output) != NULL;
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
    if (has(m, LNG_LEARNING_RATE))
        csv_name(out, "", LNG_LEARNING_RATE, "");
    for (size_t k = 0; k < q->count; k++)
        csv_quantity(out, m, &q->at[k]);
    lng_text_add(out, ",gradient_norm,seconds,train_seconds\n");
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
        if (has(m, LNG_LEARNING_RATE))
            csv_number(out, e->rate);
        for (size_t k = 0; k < q.count; k++)
            csv_number(out, e->validation.count ? lng_quantity_value(&q.at[k], &e->validation) : NAN);
        csv_number(out, e->norm);
        csv_number(out, e->seconds);
        csv_number(out, e->train_seconds);
        lng_text_add(out, "\n");
    }
}
