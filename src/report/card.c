/* MODEL_CARD.md: what the file says in `card`, and what the run knows. */
#include "config.h"
#include "base/printable.h"
#include "report/card.h"
#include "report/quantity.h"
#include <inttypes.h>
#include <string.h>

const lng_card_part lng_card_parts[] = {
    {"Details", "authors", "Authors"},
    {"Details", "version", "Version"},
    {"Details", "date", "Date"},
    {"Details", "license", "License"},
    {"Details", "citation", "Citation"},
    {"Details", "contact", "Contact"},
    {"Intended use", "intended_use", NULL},
    {"Uses out of scope", "out_of_scope", NULL},
    {"Factors", "factors", NULL},
    {"Training data", "training_data", NULL},
    {"Evaluation data", "evaluation_data", NULL},
    {"Ethical considerations", "ethics", NULL},
    {"Caveats and recommendations", "caveats", NULL},
};
const size_t lng_card_part_count = sizeof lng_card_parts / sizeof *lng_card_parts;

const char *lng_card_text(const lng_model *m, const lng_card_part *part)
{
    const lng_doc *text = lng_doc_get(lng_doc_get(m->expanded, "card"), part->key);
    return text && text->kind == LNG_DOC_SCALAR ? text->text : NULL;
}

/* ---- Markdown ---- */
/* A backslash before whatever Markdown or HTML could take for more than a character. */
static void say(lng_text *out, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        if (text[i] == '\n') { /* as a space: a table's row, or an item, is one line */
            lng_text_put(out, " ", 1);
            i++;
            continue;
        }
        const lng_cell cell = lng_cell_at(text + i, n - i);
        if (cell.bytes == 1 && strchr("\\`*_{}[]<>()#+!|&~", cell.text[0]))
            lng_text_put(out, "\\", 1);
        lng_text_put(out, cell.text, (size_t)cell.bytes);
        i += cell.taken;
    }
}

static void row(lng_text *out, const char *const *cell, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lng_text_add(out, i ? " | " : "| ");
        say(out, cell[i]);
    }
    lng_text_add(out, " |\n");
}

static void rule(lng_text *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        lng_text_add(out, i ? "---|" : "|---|");
    lng_text_add(out, "\n");
}

static void heading(lng_text *out, const char *title)
{
    lng_text_add(out, "\n## %s\n\n", title);
}

/* What the file says under this title; whether it says anything. */
static bool part(const lng_report *r, lng_text *out, const char *title)
{
    bool any = false;
    for (size_t i = 0; i < lng_card_part_count; i++) {
        const lng_card_part *p = &lng_card_parts[i];
        const char *text = strcmp(p->title, title) == 0 ? lng_card_text(r->model, p) : NULL;
        if (!text)
            continue;
        if (!any)
            heading(out, title);
        any = true;
        lng_text_add(out, p->name ? "- %s: " : "%s", p->name ? p->name : "");
        say(out, text);
        lng_text_add(out, "\n");
    }
    return any;
}

/* ---- what the run knows ---- */
static void details(const lng_report *r, lng_text *out)
{
    const lng_model *m = r->model;
    lng_arena *a = out->arena;
    if (!part(r, out, "Details"))
        heading(out, "Details");
    lng_text_add(out, "- Parameters: %s\n- Seed: %" PRIu64 "\n- Digest of the formula: `%016" PRIx64 "`\n- Made by lngraph %s\n",
                 lng_count(a, m->parameters), m->seed, m->digest, PACKAGE_VERSION);
}

static void layers(const lng_report *r, lng_text *out)
{
    const lng_model *m = r->model;
    char shape[LNG_SHAPE_TEXT];
    heading(out, "Architecture");
    row(out, (const char *const[]){"layer", "block", "output", "parameters"}, 4);
    rule(out, 4);
    for (size_t i = 0; i < m->layers; i++)
        row(out,
            (const char *const[]){m->layer[i].name, m->layer[i].block ? m->layer[i].block : "",
                                  lng_shape_text(shape, m->layer[i].shape), lng_count(out->arena, m->layer[i].parameters)},
            4);
}

static size_t columns_of(const lng_report *r, const lng_scores *s[LNG_SPLITS], const char *head[LNG_SPLITS + 2], const char *corner)
{
    size_t n = 1;
    head[0] = corner;
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i)) {
            s[n - 1] = r->split[i];
            head[n++] = lng_split_name((lng_split)i);
        }
    return n;
}

static void metrics(const lng_report *r, lng_text *out)
{
    lng_arena *a = out->arena;
    const lng_scores *s[LNG_SPLITS];
    const char *cell[LNG_SPLITS + 2];
    size_t n = columns_of(r, s, cell, "figure");
    const size_t splits = n - 1;
    const lng_quantities q = lng_quantities_of(a, r->model);
    if (splits == 0)
        return;
    heading(out, "Metrics");
    cell[n++] = lng_format(a, "95 %% interval, %s", cell[splits]);
    row(out, cell, n);
    rule(out, n);
    cell[0] = "examples";
    for (size_t i = 0; i < splits; i++)
        cell[i + 1] = lng_count(a, s[i]->count);
    cell[n - 1] = "";
    row(out, cell, n);
    for (size_t k = 0; k < q.count; k++) {
        cell[0] = q.at[k].words;
        for (size_t i = 0; i < splits; i++)
            cell[i + 1] = lng_fixed(a, lng_quantity_value(&q.at[k], s[i]), q.at[k].decimals);
        cell[n - 1] = lng_quantity_interval_text(a, &q.at[k], s[splits - 1]);
        row(out, cell, n);
    }
    for (size_t k = 0; k < r->model->metrics; k++)
        for (int i = 0; i < LNG_SPLITS; i++) {
            const char *note = lng_absent_note(a, r, k, i);
            if (note) {
                lng_text_add(out, "\n");
                say(out, note);
                lng_text_add(out, "\n");
            }
        }
    if (r->model->published_source && lng_published_applies(r->model, r->data)) {
        lng_text_add(out, "\nPublished for comparison: ");
        say(out, r->model->published_source);
        lng_text_add(out, ".\n");
    }
}

static void by_class(const lng_report *r, lng_text *out)
{
    lng_arena *a = out->arena;
    const lng_scores *s[LNG_SPLITS];
    const char *cell[LNG_SPLITS + 2];
    const size_t n = columns_of(r, s, cell, "class");
    for (size_t k = 0; n > 1 && k < r->model->metrics; k++) {
        const lng_measure *m = &s[n - 2]->measure[k];
        if (m->columns == 0)
            continue;
        heading(out, lng_format(a, "Quantitative analysis: %s by class", r->model->metric[k].collective->name));
        columns_of(r, s, cell, "class");
        row(out, cell, n);
        rule(out, n);
        for (int64_t c = 0; c < m->columns; c++) {
            cell[0] = lng_class_words(a, r->model, r->data, m->classes, lng_measure_class(m, c));
            for (size_t i = 0; i + 1 < n; i++)
                cell[i + 1] = lng_fixed(a, s[i]->measure[k].per_class[c], 5);
            row(out, cell, n);
        }
    }
}

static void dictionary(const lng_report *r, lng_text *out)
{
    const lng_model *m = r->model;
    char shape[LNG_SHAPE_TEXT];
    heading(out, "Data dictionary");
    say(out, lng_format(out->arena, "%s: %s training, %s validation and %s test examples.", r->data->name,
                        lng_count(out->arena, r->data->train_count), lng_count(out->arena, r->data->validation_count),
                        lng_count(out->arena, r->data->test.count)));
    lng_text_add(out, "\n\n");
    row(out, (const char *const[]){"field", "shape", "kind"}, 3);
    rule(out, 3);
    for (size_t i = 0; i < m->fields; i++)
        row(out,
            (const char *const[]){m->field[i].name, lng_shape_text(shape, m->field[i].shape),
                                  m->field[i].dtype == LNG_F32
                                      ? "numbers"
                                      : lng_format(out->arena, "class, 0 to %lld", (long long)m->field[i].classes - 1)},
            3);
}

void lng_card_write(const lng_report *r, lng_text *out)
{
    const lng_doc *about = lng_doc_get(r->model->expanded, "about");
    lng_text_add(out, "# Model card: ");
    say(out, r->model->name);
    lng_text_add(out, "\n\n");
    if (about)
        say(out, about->text);
    lng_text_add(out, "\n");
    details(r, out);
    part(r, out, "Intended use");
    part(r, out, "Uses out of scope");
    part(r, out, "Factors");
    layers(r, out);
    metrics(r, out);
    by_class(r, out);
    part(r, out, "Training data");
    part(r, out, "Evaluation data");
    dictionary(r, out);
    part(r, out, "Ethical considerations");
    part(r, out, "Caveats and recommendations");
}
