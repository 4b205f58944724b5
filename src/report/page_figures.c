/* The page's numbers: the headline, the verdict, the splits side by side, and each class. */
#include "report/page.h"
#include "report/quantity.h"
#include <math.h>
#include <string.h>

/* ---- the headline ---- */
static void card(const lng_page *p, const char *name, const char *value, const char *below)
{
    lng_page_put(p, "<div class=\"card\"><span class=\"dim\">");
    lng_page_say(p, name);
    lng_page_put(p, "</span><b>");
    lng_page_say(p, value);
    lng_page_put(p, "</b><span class=\"dim\">");
    lng_page_say(p, below);
    lng_page_put(p, "</span></div>\n");
}

void lng_page_headline(const lng_page *p)
{
    const lng_report *r = p->report;
    const lng_scores *s = p->drawn.scores;
    lng_arena *a = p->arena;
    const lng_doc *about = lng_doc_get(r->model->expanded, "about");
    lng_page_put(p, "<h1>");
    lng_page_say(p, lng_format(a, "%s on %s", r->model->name, r->data->name));
    lng_page_put(p, "</h1>\n<p class=\"dim\">");
    lng_page_say(p, about ? about->text : lng_format(a, "%s parameters", lng_count(a, r->model->parameters)));
    lng_page_put(p, "</p>\n<div class=\"cards\">\n");
    const lng_quantities q = lng_quantities_of(a, r->model);
    for (size_t i = 0; s && i < q.count; i++)
        if (q.at[i].figure == 0) { /* of averages, the first */
            const char *interval = lng_quantity_interval_text(a, &q.at[i], s);
            card(p, lng_format(a, "%s, %s", q.at[i].words, lng_split_name(p->drawn.split)),
                 lng_fixed(a, lng_quantity_value(&q.at[i], s), q.at[i].decimals),
                 *interval ? lng_format(a, "95 %%: %s", interval) : "");
        }
    if (s)
        card(p, lng_format(a, "%s examples", lng_split_name(p->drawn.split)), lng_count(a, s->count),
             p->drawn.split == LNG_TRAIN ? "that it was trained on" : lng_held_out_note(a, r, p->drawn.split));
    lng_page_put(p, "</div>\n");
    if (r->history && r->history->interrupted)
        lng_page_put(p, "<p class=\"note\">The run was interrupted before its last epoch.</p>\n");
    const char *guesses = lng_guess_note(a, r);
    if (guesses) {
        lng_page_put(p, "<p class=\"note\">");
        lng_page_say(p, guesses);
        lng_page_put(p, "</p>\n");
    }
}

/* ---- the verdict ---- */
void lng_page_verdict(const lng_page *p)
{
    const lng_model *m = p->report->model;
    lng_arena *a = p->arena;
    if (m->requirements == 0)
        return;
    lng_page_section(p, "verdict", "Requirements");
    lng_page_table(p, "Requirements", (const char *const[]){"figure", "required", "is", "verdict"}, 4);
    for (size_t i = 0; i < m->requirements; i++) {
        const lng_requirement *q = &m->requirement[i];
        double value;
        const bool met = lng_requirement_met(a, p->report, q, &value);
        lng_page_put(p, "<tr><th scope=\"row\">");
        lng_page_say(p, lng_format(a, "%s.%s", q->split, q->quantity));
        lng_page_put(p, "</th><td>");
        lng_page_say(p, q->text);
        lng_page_put(p, "</td><td>");
        lng_page_say(p, isnan(value) ? "undefined" : lng_format(a, "%.6g", value));
        lng_page_put(p, met ? "</td><td class=\"met\">met</td></tr>\n" : "</td><td class=\"unmet\">not met</td></tr>\n");
    }
    lng_page_table_end(p);
    lng_page_section_end(p);
}

/* ---- splits side by side ---- */
static size_t head_of(const lng_report *r, const char *head[LNG_SPLITS + 2], const char *last)
{
    size_t n = 1;
    head[0] = "";
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            head[n++] = lng_split_name((lng_split)i);
    head[n++] = last;
    return n;
}

static void examples_row(const lng_page *p)
{
    const lng_report *r = p->report;
    const char *cell[LNG_SPLITS + 2] = {"examples"};
    size_t n = 1;
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            cell[n++] = lng_count(p->arena, r->split[i]->count);
    cell[n++] = "";
    lng_page_row(p, cell, n);
}

static void quantity_row(const lng_page *p, const lng_quantity *q)
{
    const lng_report *r = p->report;
    const char *cell[LNG_SPLITS + 2] = {q->words};
    size_t n = 1;
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i))
            cell[n++] = lng_fixed(p->arena, lng_quantity_value(q, r->split[i]), q->decimals);
    cell[n++] = lng_quantity_interval_text(p->arena, q, p->drawn.scores);
    lng_page_row(p, cell, n);
}

static void published_row(const lng_page *p, const lng_quantity *q)
{
    const lng_report *r = p->report;
    const char *cell[LNG_SPLITS + 2];
    size_t n = 1;
    bool any = false;
    cell[0] = "published";
    for (int i = 0; i < LNG_SPLITS; i++)
        if (lng_report_split(r, i)) {
            const lng_published *f = lng_published_find(r->model, lng_split_name((lng_split)i), q->name);
            any = any || f;
            cell[n++] = f ? lng_fixed(p->arena, f->value, q->decimals) : "";
        }
    cell[n++] = "";
    if (any && lng_published_applies(r->model, r->data))
        lng_page_row(p, cell, n);
}

static void absent(const lng_page *p)
{
    for (size_t k = 0; k < p->report->model->metrics; k++)
        for (int i = 0; i < LNG_SPLITS; i++) {
            const char *note = lng_absent_note(p->arena, p->report, k, i);
            if (!note)
                continue;
            lng_page_put(p, "<p>");
            lng_page_say(p, note);
            lng_page_put(p, "</p>\n");
        }
}

void lng_page_splits(const lng_page *p)
{
    const lng_report *r = p->report;
    lng_arena *a = p->arena;
    const char *head[LNG_SPLITS + 2];
    const lng_quantities q = lng_quantities_of(a, r->model);
    if (!p->drawn.scores)
        return;
    const size_t n = head_of(r, head, lng_format(a, "95 %% interval, %s", lng_split_name(p->drawn.split)));
    lng_page_section(p, "splits", "Results");
    lng_page_table(p, "Figures of the splits", head, n);
    examples_row(p);
    for (size_t k = 0; k < q.count; k++) {
        quantity_row(p, &q.at[k]);
        published_row(p, &q.at[k]);
    }
    lng_page_table_end(p);
    absent(p);
    if (r->model->published_source && lng_published_applies(r->model, r->data)) {
        lng_page_put(p, "<p class=\"dim\">Published: ");
        lng_page_say(p, r->model->published_source);
        lng_page_put(p, ".</p>\n");
    }
    lng_page_section_end(p);
}

/* ---- classes, the worst first ---- */
#define MOST_CLASSES 200 /* that are listed */

void lng_page_classes(const lng_page *p)
{
    lng_arena *a = p->arena;
    const lng_found *found = lng_found_of(a, p->report);
    const lng_class_row *row = found->class;
    const size_t n = found->classes;
    if (!row)
        return;
    const lng_scored *e = lng_drawn_scored(&p->drawn);
    lng_page_section(p, "classes", "Classes, the worst first");
    lng_page_table(p, "Figures by class",
                   (const char *const[]){"class", "examples", "precision", "recall", "95 % interval", "F1", "AUC"}, 7);
    for (size_t i = 0; i < n && i < MOST_CLASSES; i++) {
        const lng_class_row *r = &row[i];
        lng_page_row(p,
                     (const char *const[]){e->label ? lng_class_text(a, &p->drawn, r->class)
                                                    : lng_class_words(a, p->report->model, p->report->data, e->columns, r->class),
                                           lng_count(a, r->examples), lng_fixed(a, r->figure[LNG_PRECISION], 4),
                                           lng_fixed(a, r->figure[LNG_RECALL], 4), lng_interval_text(a, r->recall, 4),
                                           lng_fixed(a, r->figure[LNG_F1], 4), lng_fixed(a, r->figure[LNG_AUC], 5)},
                     7);
    }
    lng_page_table_end(p);
    if (n > MOST_CLASSES)
        lng_page_say(p, lng_format(a, "The other %zu classes are not listed.", n - MOST_CLASSES));
    lng_page_section_end(p);
}
