/* The model card, section by section: what the file says in `card`, then what the run knows. A section of which neither knows anything says
 * so. */
#include "report/card.h"
#include "config.h"
#include "report/factors.h"
#include "report/quantity.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

const lng_card_part lng_card_parts[] = {
    {"authors", "Authors"},    {"version", "Version"}, {"date", "Date"},       {"license", "License"}, {"citation", "Citation"},
    {"contact", "Contact"},    {"intended_use", NULL}, {"out_of_scope", NULL}, {"factors", NULL},      {"training_data", NULL},
    {"evaluation_data", NULL}, {"ethics", NULL},       {"caveats", NULL},
};
const size_t lng_card_part_count = sizeof lng_card_parts / sizeof *lng_card_parts;

static const char *text_of(const lng_model *m, const char *section, const char *key)
{
    const lng_doc *text = lng_doc_get(lng_doc_get(m->expanded, section), key);
    return text && text->kind == LNG_DOC_SCALAR ? text->text : NULL;
}

const char *lng_card_text(const lng_model *m, const lng_card_part *part)
{
    return text_of(m, "card", part->key);
}

/* What the file says under a key of `card`; that it says nothing, if nothing else stands here. */
static void told(const lng_sheet *s, const char *key, bool alone)
{
    const char *text = text_of(s->report->model, "card", key);
    if (text)
        lng_sheet_paragraph(s, text);
    else if (alone)
        lng_sheet_paragraph(s, lng_format(s->arena, "Not stated: the model file has no card.%s.", key));
}

static void fact(const lng_sheet *s, const char *name, const char *value)
{
    if (value)
        lng_sheet_fact(s, name, value);
}

/* ---- details ---- */
static void layers(const lng_sheet *s)
{
    const lng_model *m = s->report->model;
    char shape[LNG_SHAPE_TEXT];
    lng_sheet_head(s, "Layers", (const char *const[]){"layer", "block", "output", "parameters"}, 4);
    for (size_t i = 0; i < m->layers; i++)
        lng_sheet_row(s,
                      (const char *const[]){m->layer[i].name, m->layer[i].block ? m->layer[i].block : "",
                                            lng_shape_text(shape, m->layer[i].shape), lng_count(s->arena, m->layer[i].parameters)},
                      4);
    lng_sheet_row(s, (const char *const[]){m->name, "", "", lng_count(s->arena, m->parameters)}, 4);
    lng_sheet_table_end(s);
}

static void details(const lng_sheet *s)
{
    const lng_model *m = s->report->model;
    const lng_history *h = s->report->history;
    lng_sheet_heading(s, "Model details");
    for (size_t i = 0; i < lng_card_part_count; i++)
        if (lng_card_parts[i].name)
            fact(s, lng_card_parts[i].name, lng_card_text(m, &lng_card_parts[i]));
    fact(s, "Parameters", lng_count(s->arena, m->parameters));
    fact(s, "Loss", text_of(s->report->model, "train", "loss"));
    fact(s, "Optimizer", text_of(s->report->model, "train", "optimizer"));
    if (h)
        fact(s, "Training",
             lng_format(s->arena, "%zu epoch%s in batches of %d, seed %" PRIu64, h->epochs, h->epochs == 1 ? "" : "s", m->batch,
                        m->seed));
    fact(s, "Digest of the formula", lng_format(s->arena, "%016" PRIx64, m->digest));
    fact(s, "Software", "lngraph " PACKAGE_VERSION);
    lng_sheet_facts_end(s);
    if (s->page)
        lng_sheet_see(s, "model", "Layers and parameters");
    else
        layers(s);
}

/* ---- factors and metrics ---- */
static void factors(const lng_sheet *s, const lng_factor *f, size_t n)
{
    lng_sheet_heading(s, "Factors");
    told(s, "factors", n == 0);
    for (size_t i = 0; i < n; i++)
        lng_sheet_paragraph(s, lng_format(s->arena, "Evaluated for each %s alone.", f[i].field));
}

static size_t columns_of(const lng_report *r, const lng_scores *of[LNG_SPLITS], const char *head[LNG_SPLITS + 2],
                         const char *corner)
{
    size_t n = 1;
    head[0] = corner;
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i)) {
            of[n - 1] = r->split[i];
            head[n++] = lng_split_name((lng_split)i);
        }
    return n;
}

static void published(const lng_sheet *s, const lng_quantity *q, size_t n)
{
    const lng_report *r = s->report;
    const char *cell[LNG_SPLITS + 2] = {lng_format(s->arena, "%s, published", q->words)};
    bool any = false;
    size_t k = 1;
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i)) {
            const lng_published *f = lng_published_find(r->model, lng_split_name((lng_split)i), q->name);
            any = any || f;
            cell[k++] = f ? lng_fixed(s->arena, f->value, q->decimals) : "";
        }
    cell[k] = "";
    if (any && lng_published_applies(r->model, r->data))
        lng_sheet_row(s, cell, n);
}

static void figures(const lng_sheet *s)
{
    lng_arena *a = s->arena;
    const lng_scores *of[LNG_SPLITS];
    const char *cell[LNG_SPLITS + 2];
    size_t n = columns_of(s->report, of, cell, "figure");
    const size_t splits = n - 1;
    const lng_quantities q = lng_quantities_of(a, s->report->model);
    if (splits == 0)
        return;
    cell[n++] = lng_format(a, "95 %% interval, %s", cell[splits]);
    lng_sheet_head(s, "Figures", cell, n);
    cell[0] = "examples";
    for (size_t i = 0; i < splits; i++)
        cell[i + 1] = lng_count(a, of[i]->count);
    cell[n - 1] = "";
    lng_sheet_row(s, cell, n);
    for (size_t k = 0; k < q.count; k++) {
        cell[0] = q.at[k].words;
        for (size_t i = 0; i < splits; i++)
            cell[i + 1] = lng_fixed(a, lng_quantity_value(&q.at[k], of[i]), q.at[k].decimals);
        cell[n - 1] = lng_quantity_interval_text(a, &q.at[k], of[splits - 1]);
        lng_sheet_row(s, cell, n);
        published(s, &q.at[k], n);
    }
    lng_sheet_table_end(s);
}

static void notes(const lng_sheet *s)
{
    const lng_model *m = s->report->model;
    for (size_t k = 0; k < m->metrics; k++)
        for (int i = 0; i < LNG_SPLITS; i++) {
            const char *note = lng_absent_note(s->arena, s->report, k, i);
            if (note)
                lng_sheet_paragraph(s, note);
        }
    if (m->published_source && lng_published_applies(m, s->report->data))
        lng_sheet_paragraph(s, lng_format(s->arena, "Published: %s.", m->published_source));
}

static void metrics(const lng_sheet *s)
{
    const lng_model *m = s->report->model;
    bool decides = false; /* between classes, or yes and no */
    lng_sheet_heading(s, "Metrics");
    for (size_t k = 0; k < m->metrics; k++) {
        const lng_metric *c = m->metric[k].collective;
        fact(s, m->metric[k].label,
             c                   ? c->about
             : m->metric[k].rate ? "the fraction of the examples of which it is true"
                                 : "the mean over the examples");
        decides = decides || m->metric[k].rate || (c && c->takes != LNG_TAKES_NUMBERS);
    }
    if (decides)
        fact(s, "What is predicted", "the class with the highest score; of a single score or of several labels, yes above 0.5");
    if (decides)
        fact(s, "Uncertainty", "95 % intervals over the choice of the examples: Wilson's of rates, DeLong's of AUC");
    lng_sheet_facts_end(s);
    if (s->page)
        lng_sheet_see(s, "splits", "Figures of the splits");
    else
        figures(s);
    notes(s);
}

/* ---- data ---- */
static void counts(const lng_sheet *s, bool training)
{
    const lng_data *d = s->report->data;
    lng_arena *a = s->arena;
    if (training)
        lng_sheet_paragraph(s, lng_format(a, "%s: %s examples to train on, %s held out for validation.", d->name,
                                          lng_count(a, d->train_count), lng_count(a, d->validation_count)));
    else
        lng_sheet_paragraph(s, d->test.count ? lng_format(a, "%s test examples, %s.", lng_count(a, d->test.count),
                                                          lng_held_out_note(a, s->report, LNG_TEST))
                                             : "There is no test set: figures are of the examples for validation.");
}

static const char *kind_of(const lng_sheet *s, size_t field)
{
    const lng_data_field *f = &s->report->model->field[field];
    if (f->dtype == LNG_F32 || f->whole)
        return lng_field_kind(f);
    return lng_format(s->arena, "%s, 0 to %lld", lng_field_kind(f), (long long)f->classes - 1);
}

static void dictionary(const lng_sheet *s)
{
    const lng_model *m = s->report->model;
    const lng_stats *stats = lng_found_of(s->arena, s->report)->stats;
    char shape[LNG_SHAPE_TEXT], low[LNG_NUMBER_SIZE], high[LNG_NUMBER_SIZE];
    lng_sheet_head(s, "Data dictionary", (const char *const[]){"field", "shape", "kind", "least", "most"}, 5);
    for (size_t i = 0; i < m->fields; i++) {
        const bool numbers = m->field[i].dtype == LNG_F32 || m->field[i].whole;
        const double least = numbers ? stats[i].least : 0, most = numbers ? stats[i].most : (double)m->field[i].classes - 1;
        lng_sheet_row(s,
                      (const char *const[]){m->field[i].name, lng_shape_text(shape, m->field[i].shape), kind_of(s, i),
                                            lng_number(low, least), lng_number(high, most)},
                      5);
    }
    lng_sheet_table_end(s);
}

static void data(const lng_sheet *s)
{
    const char *about = s->report->model->data.about;
    lng_sheet_heading(s, "Evaluation data");
    told(s, "evaluation_data", false);
    counts(s, false);
    lng_sheet_heading(s, "Training data");
    told(s, "training_data", false);
    if (about)
        lng_sheet_paragraph(s, lng_format(s->arena, "%s: %s.", s->report->data->name, about));
    counts(s, true);
    if (s->page)
        lng_sheet_see(s, "data", "Samples, fields and counts");
    else
        dictionary(s);
}

/* ---- quantitative analyses ---- */
static void by_class(const lng_sheet *s)
{
    lng_arena *a = s->arena;
    const lng_scores *of[LNG_SPLITS];
    const char *cell[LNG_SPLITS + 2];
    const size_t n = columns_of(s->report, of, cell, "class");
    for (size_t k = 0; n > 1 && k < s->report->model->metrics; k++) {
        const lng_measure *m = &of[n - 2]->measure[k];
        if (m->columns == 0)
            continue;
        columns_of(s->report, of, cell, lng_format(a, "%s by class", s->report->model->metric[k].label));
        lng_sheet_head(s, cell[0], cell, n);
        for (int64_t c = 0; c < m->columns; c++) {
            cell[0] = lng_class_words(a, s->report->model, s->report->data, m->classes, lng_measure_class(m, c));
            for (size_t i = 0; i + 1 < n; i++)
                cell[i + 1] = lng_fixed(a, of[i]->measure[k].per_class[c], 5);
            lng_sheet_row(s, cell, n);
        }
        lng_sheet_table_end(s);
    }
}

static void by_factor(const lng_sheet *s, const lng_factor *f)
{
    const char *cell[LNG_FACTOR_CELLS];
    const size_t n = lng_factor_row(s->arena, s->drawn, f, NULL, cell);
    lng_sheet_head(s, lng_format(s->arena, "Figures by %s", f->field), cell, n);
    for (size_t i = 0; i < f->groups; i++) {
        lng_factor_row(s->arena, s->drawn, f, &f->group[i], cell);
        lng_sheet_row(s, cell, n);
    }
    lng_sheet_table_end(s);
}

static void analyses(const lng_sheet *s, const lng_factor *f, size_t n)
{
    lng_sheet_heading(s, "Quantitative analyses");
    if (s->page)
        lng_sheet_see(s, s->drawn->scores && lng_figure_applies(lng_figure_find("confusion"), s->drawn) ? "classes" : "splits",
                      "Figures of the examples");
    else
        by_class(s);
    for (size_t i = 0; i < n; i++)
        by_factor(s, &f[i]);
}

/* ---- the card ---- */
void lng_card_sheet(const lng_sheet *s)
{
    size_t n = 0;
    const lng_factor *f = lng_factors_of(s->arena, s->drawn, &n);
    details(s);
    lng_sheet_heading(s, "Intended use");
    told(s, "intended_use", true);
    lng_sheet_heading(s, "Uses out of scope");
    told(s, "out_of_scope", true);
    factors(s, f, n);
    metrics(s);
    data(s);
    analyses(s, f, n);
    lng_sheet_heading(s, "Ethical considerations");
    told(s, "ethics", true);
    lng_sheet_heading(s, "Caveats and recommendations");
    told(s, "caveats", true);
}

void lng_card_write(const lng_report *r, lng_text *out)
{
    const lng_drawn drawn = lng_report_drawn(r, out->arena);
    const lng_sheet sheet = {r, &drawn, NULL, out, out->arena}, *s = &sheet;
    const lng_doc *about = lng_doc_get(r->model->expanded, "about");
    lng_text_add(out, "# ");
    lng_text title = lng_text_new(out->arena);
    lng_text_add(&title, "Model card: %s", r->model->name);
    lng_sheet_paragraph(s, title.at);
    if (about)
        lng_sheet_paragraph(s, about->text);
    lng_card_sheet(s);
}
