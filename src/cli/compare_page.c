/* The page of compare: its tables, and the learning and ROC curves of all runs in one figure each. All comes from the runs' reports. */
#include "cli/compare.h"
#include "report/page.h"
#include <math.h>

#define WIDTH  640
#define HEIGHT 300
#define SIDE   380

static double nth(const lng_json_value *list, size_t i)
{
    return list->item[i].kind == LNG_JSON_NUMBER ? list->item[i].number : (double)NAN;
}

/* ---- learning curves ---- */
typedef struct curve {
    double *x, *y;
    size_t n;
} curve;

static curve loss_of(lng_arena *a, const lng_run *run, const char *part)
{
    const lng_json_value *h = lng_json_get(run->report, "history");
    curve c = {0};
    if (!h || h->kind != LNG_JSON_ARRAY)
        return c;
    c.x = LNG_NEW_N(a, h->count, double);
    c.y = LNG_NEW_N(a, h->count, double);
    for (size_t i = 0; i < h->count; i++) {
        const lng_json_value *figures = lng_report_at(&h->item[i], (const char *const[]){part, NULL});
        const double y = lng_report_number(figures, "loss");
        if (isnan(y))
            continue;
        c.x[c.n] = lng_report_number(&h->item[i], "epoch");
        c.y[c.n++] = y;
    }
    return c;
}

static void widen(const curve *c, double *last, double *low, double *high)
{
    for (size_t i = 0; i < c->n; i++) {
        *last = c->x[i] > *last ? c->x[i] : *last;
        *low = c->y[i] < *low ? c->y[i] : *low;
        *high = c->y[i] > *high ? c->y[i] : *high;
    }
}

static void draw_losses(const lng_comparison *c, const lng_page *p, const char *part)
{
    curve *all = LNG_NEW_N(p->arena, c->runs, curve);
    double last = 2, low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < c->runs; i++) {
        all[i] = loss_of(p->arena, &c->run[i], part);
        widen(&all[i], &last, &low, &high);
    }
    if (low > high)
        return;
    lng_round_range(&low, &high);
    lng_page_put(p, "<figure>\n");
    lng_canvas canvas =
        lng_canvas_begin(p->out, lng_format(p->arena, "loss-%s", part), WIDTH, HEIGHT, lng_format(p->arena, "The %s loss", part),
                         lng_format(p->arena, "The %s loss of %zu runs, epoch by epoch.", part, c->runs), false);
    const lng_plot plot = {&canvas, 80, 16, WIDTH - 100, HEIGHT - 70, 1, last, low, high, true};
    lng_plot_axes(&plot, "epoch", lng_format(p->arena, "%s loss", part));
    for (size_t i = 0; i < c->runs; i++) {
        lng_plot_curve(&plot, (int)i, all[i].x, all[i].y, all[i].n);
        if (all[i].n == 1)
            lng_plot_dot(&plot, (int)i, all[i].x[0], all[i].y[0], c->run[i].folder);
        lng_plot_legend(&plot, true, false, (int)c->runs, (int)i, (int)i, c->run[i].folder);
    }
    lng_canvas_end(&canvas);
    lng_page_put(p, "</figure>\n");
}

/* ---- ROC: of all pairs of an example and a class, the last ranking of a report ---- */
static curve roc_of(lng_arena *a, const lng_run *run)
{
    const lng_json_value *rankings = lng_report_at(run->report, (const char *const[]){"judged", "rankings", NULL});
    curve c = {0};
    if (!rankings || rankings->kind != LNG_JSON_ARRAY || rankings->count == 0)
        return c;
    const lng_json_value *r = &rankings->item[rankings->count - 1],
                         *hits = lng_report_at(r, (const char *const[]){"true_positives", NULL}),
                         *alarms = lng_report_at(r, (const char *const[]){"false_positives", NULL});
    if (!hits || !alarms || hits->kind != LNG_JSON_ARRAY || alarms->kind != LNG_JSON_ARRAY || hits->count != alarms->count)
        return c;
    c.x = LNG_NEW_N(a, hits->count + 1, double); /* from (0, 0) */
    c.y = LNG_NEW_N(a, hits->count + 1, double);
    for (size_t i = 0; i < hits->count; i++) {
        c.x[i + 1] = nth(alarms, i) / lng_report_number(r, "negatives");
        c.y[i + 1] = nth(hits, i) / lng_report_number(r, "positives");
    }
    c.n = hits->count + 1;
    return c;
}

static void draw_roc(const lng_comparison *c, const lng_page *p)
{
    curve *all = LNG_NEW_N(p->arena, c->runs, curve);
    size_t any = 0;
    for (size_t i = 0; i < c->runs; i++) {
        all[i] = roc_of(p->arena, &c->run[i]);
        any += all[i].n;
    }
    if (!any)
        return;
    lng_page_put(p, "<figure>\n");
    lng_canvas canvas = lng_canvas_begin(
        p->out, "roc", SIDE + 86, SIDE + 60, "ROC curves",
        lng_format(p->arena, "The ROC curves of %zu runs, of all pairs of an example and a class.", c->runs), false);
    const lng_plot plot = {&canvas, 70, 12, SIDE, SIDE, 0, 1, 0, 1, false};
    lng_plot_axes(&plot, "false positive rate", "true positive rate");
    lng_canvas_line(&canvas, "axis", plot.left, plot.top + SIDE, plot.left + SIDE, plot.top);
    for (size_t i = 0; i < c->runs; i++) {
        lng_plot_curve(&plot, (int)i, all[i].x, all[i].y, all[i].n);
        lng_plot_legend(&plot, true, true, (int)c->runs, (int)i, (int)i, c->run[i].folder);
    }
    lng_canvas_end(&canvas);
    lng_page_put(p, "</figure>\n");
}

/* ---- tables ---- */
static const char **head_of(const lng_comparison *c, const char *corner)
{
    const char **head = LNG_NEW_N(c->command->arena, c->runs + 1, const char *);
    head[0] = corner;
    for (size_t i = 0; i < c->runs; i++)
        head[i + 1] = c->run[i].folder;
    return head;
}

static void figures(const lng_comparison *c, const lng_page *p)
{
    const lng_map *names = lng_run_figure_names(p->arena, c->run, c->runs, false);
    const char **cell = head_of(c, "figure");
    lng_page_section(p, "figures", lng_format(p->arena, "Figures of the %s examples", c->split));
    lng_page_table(p, "Figures", cell, c->runs + 1);
    for (size_t k = 0; k < lng_map_count(names); k++) {
        cell[0] = lng_map_key(names, k);
        for (size_t i = 0; i < c->runs; i++)
            cell[i + 1] = lng_compare_figure(p->arena, c, i, cell[0]);
        lng_page_row(p, cell, c->runs + 1);
    }
    lng_page_table_end(p);
    for (size_t i = 0; i < c->contrasts; i++) {
        const lng_contrast *x = &c->contrast[i];
        lng_page_put(p, "<p>");
        lng_page_say(p, lng_format(p->arena, "%s of %s less that of %s: %+.4f, %s (%s).", x->figure, c->run[0].folder,
                                   c->run[x->other].folder, x->paired.difference, lng_chance_text(p->arena, x->paired.p), x->test));
        lng_page_put(p, "</p>\n");
    }
    lng_page_section_end(p);
}

static void differences(const lng_comparison *c, const lng_page *p)
{
    const char **cell = head_of(c, "key");
    lng_page_section(p, "differences", "What differs in the models");
    if (c->differences) {
        lng_page_put(p, "<div class=\"words\">\n");
        lng_page_table(p, "Keys that differ", cell, c->runs + 1);
    } else
        lng_page_put(p, "<p>Nothing.</p>\n");
    for (size_t k = 0; k < c->differences; k++) {
        cell[0] = c->difference[k].key;
        for (size_t i = 0; i < c->runs; i++)
            cell[i + 1] = c->difference[k].value[i] ? c->difference[k].value[i] : "";
        lng_page_row(p, cell, c->runs + 1);
    }
    if (c->differences) {
        lng_page_table_end(p);
        lng_page_put(p, "</div>\n");
    }
    lng_page_section_end(p);
}

void lng_compare_page(const lng_comparison *c, lng_text *out)
{
    const lng_page page = {.out = out, .arena = out->arena}, *p = &page;
    lng_page_begin(p, "Runs side by side");
    lng_page_put(p, "<h1>Runs side by side</h1>\n");
    figures(c, p);
    lng_page_section(p, "curves", "Learning, and ROC");
    lng_page_put(p, "<div class=\"figures\">\n");
    draw_losses(c, p, "train");
    draw_losses(c, p, "validation");
    draw_roc(c, p);
    lng_page_put(p, "</div>\n");
    lng_page_section_end(p);
    differences(c, p);
    lng_page_end(p);
}
