/* The page of a sweep: the settings, the best first, and for each key that is a number, what the figure is at its values. */
#include "cli/sweep.h"
#include "report/page.h"
#include <math.h>
#include <string.h>

#define WIDTH  460
#define HEIGHT 300

static bool number_of(const char *text, double *x)
{
    return lng_parse_double(text, strlen(text), x);
}

/* Whether the key has several values, all numbers. */
static bool is_numeric(const lng_sweep *s, size_t key)
{
    double x;
    for (size_t i = 0; i < s->trials; i++)
        if (!number_of(s->trial[i].value[key], &x))
            return false;
    return s->key[key].values > 1;
}

static void widen(double x, double *low, double *high)
{
    *low = x < *low ? x : *low;
    *high = x > *high ? x : *high;
}

/* A dot for each setting. The axis is that of powers of ten where the range is drawn so. */
static void draw_key(const lng_sweep *s, const lng_sweep_table *t, const lng_page *p, size_t key)
{
    lng_arena *a = p->arena;
    const lng_sweep_key *k = &s->key[key];
    double *x = LNG_NEW_N(a, s->settings, double), low = (double)INFINITY, high = -low, bottom = low, top = high;
    size_t n = 0;
    for (size_t i = 0; i < s->settings; i++) {
        number_of(t->row[i].first->value[key], &x[i]);
        x[i] = k->by_ratio ? log10(x[i]) : x[i];
        if (isnan(t->row[i].mean))
            continue;
        widen(x[i], &low, &high);
        widen(t->row[i].mean, &bottom, &top);
        n++;
    }
    if (n == 0)
        return;
    lng_round_range(&low, &high);
    lng_round_range(&bottom, &top);
    const char *name = k->by_ratio ? lng_format(a, "log10 of %s", k->path) : k->path;
    lng_page_put(p, "<figure>\n");
    lng_canvas c =
        lng_canvas_begin(p->out, lng_format(a, "key-%zu", key), WIDTH, HEIGHT, lng_format(a, "%s by %s", t->figure, k->path),
                         lng_format(a, "The mean %s.%s of each of %zu settings, at its %s.", t->split, t->figure, n, name), false);
    const lng_plot plot = {&c, 80, 16, WIDTH - 100, HEIGHT - 70, low, high, bottom, top, false};
    lng_plot_axes(&plot, name, t->figure);
    for (size_t i = 0; i < s->settings; i++)
        if (!isnan(t->row[i].mean))
            lng_plot_dot(&plot, i > 0, x[i], t->row[i].mean,
                         lng_format(a, "%s: %s", t->row[i].first->name, lng_spread_text(a, t->row[i].mean, t->row[i].spread)));
    lng_canvas_end(&c);
    lng_page_put(p, "</figure>\n");
}

static void table(const lng_sweep *s, const lng_sweep_table *t, const lng_page *p)
{
    const char **cell = LNG_NEW_N(p->arena, s->keys + 4, const char *);
    size_t n = 0;
    cell[n++] = "place";
    for (size_t k = 0; k < s->keys; k++)
        cell[n++] = s->key[k].path;
    cell[n++] = lng_format(p->arena, "%s.%s", t->split ? t->split : "", t->figure);
    if (t->last)
        cell[n++] = lng_format(p->arena, "%s.%s", t->last, t->figure);
    cell[n++] = "runs";
    lng_page_table(p, "Figures of each setting", cell, n);
    for (size_t i = 0; i < s->settings; i++) {
        const lng_sweep_row *r = &t->row[i];
        n = 0;
        cell[n++] = lng_format(p->arena, "%zu", i + 1);
        for (size_t k = 0; k < s->keys; k++)
            cell[n++] = r->first->value[k];
        cell[n++] = lng_spread_text(p->arena, r->mean, r->spread);
        if (t->last)
            cell[n++] = lng_spread_text(p->arena, r->last_mean, r->last_spread);
        cell[n++] = r->failed ? lng_format(p->arena, "%zu, %zu failed", r->done, r->failed) : lng_format(p->arena, "%zu", r->done);
        lng_page_row(p, cell, n);
    }
    lng_page_table_end(p);
}

static void failures(const lng_sweep *s, const lng_page *p)
{
    bool any = false;
    for (size_t i = 0; i < s->trials; i++) {
        if (s->trial[i].state != LNG_TRIAL_FAILED)
            continue;
        if (!any)
            lng_page_section(p, "failures", "What failed");
        any = true;
        lng_page_put(p, "<p>");
        lng_page_say(p, lng_format(p->arena, "%s: %s", s->trial[i].name, s->trial[i].why));
        lng_page_put(p, "</p>\n");
    }
    if (any)
        lng_page_section_end(p);
}

void lng_sweep_page(const lng_sweep *s, const lng_sweep_table *t, lng_text *out)
{
    const lng_page page = {.out = out, .arena = out->arena}, *p = &page;
    const char *title = lng_format(p->arena, "A sweep of %s", s->base->name);
    lng_page_begin(p, title);
    lng_page_put(p, "<h1>");
    lng_page_say(p, title);
    lng_page_put(p, "</h1>\n");
    lng_page_section(p, "settings", "Settings, the best first");
    table(s, t, p);
    lng_page_section_end(p);
    lng_page_section(p, "keys", "By key");
    lng_page_put(p, "<div class=\"figures\">\n");
    for (size_t k = 0; k < s->keys; k++)
        if (is_numeric(s, k))
            draw_key(s, t, p, k);
    lng_page_put(p, "</div>\n");
    lng_page_section_end(p);
    failures(s, p);
    lng_page_end(p);
}
