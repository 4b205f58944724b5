/* The figures that have a form for terminals: learning curves as charts, the confusion matrix as a table. */
#include "report/chart.h"
#include <string.h>

#define CHART_ROWS 10

static void curves(const lng_drawn *d, lng_text *out, lng_look look)
{
    lng_curves c;
    lng_curves_of(out->arena, d, &c);
    for (size_t i = 0; i < c.panels; i++) {
        const lng_panel *p = &c.panel[i];
        const lng_chart chart = {.title = p->name,
                                 .x = c.epoch,
                                 .y = {p->training, p->validation},
                                 .name = {"training", "validation"},
                                 .n = c.rows,
                                 .columns = (look.width > 40 ? look.width : 80) - LNG_CHART_LEFT - 1,
                                 .rows = CHART_ROWS};
        lng_chart_write(&chart, out, look);
        lng_text_add(out, "\n");
    }
    lng_text_add(out, "least %s loss: epoch %.0f\n", c.panel[0].validation ? "validation" : "training", c.epoch[c.best]);
}

/* A count, bold on the diagonal, and a mistake in color if it is more than a hundredth of its row. */
static void put_count(lng_text *out, lng_look look, int width, int64_t n, int64_t row, bool right)
{
    const bool often = !right && n * 100 >= row && n > 0;
    const char *text = n > 0 || right ? lng_format(out->arena, "%lld", (long long)n) : ".";
    const char *on = right ? "\033[1;36m" : often ? "\033[1;35m" : n == 0 ? "\033[2m" : "";
    lng_text_add(out, "%s%*s%s", look.colour ? on : "", width, text, look.colour && *on ? "\033[0m" : "");
}

static int name_width(lng_arena *a, const lng_drawn *d, int most)
{
    int width = 1;
    for (int64_t k = 0; k < d->scores->classes; k++) {
        const int n = lng_text_width(lng_class_text(a, d, k));
        width = n > width ? n : width;
    }
    return width < most ? width : most;
}

/* A name in so many columns, cut if it is longer. */
static void put_name(lng_text *out, const char *name, int width)
{
    int n = lng_text_width(name);
    lng_text_add(out, "%*s", n < width ? width - n : 0, "");
    for (n = 0; *name; name++) {
        n += ((unsigned char)*name & 0xc0) != 0x80;
        if (n > width)
            return;
        lng_text_put(out, name, 1);
    }
}

static void confusion(const lng_drawn *d, lng_text *out, lng_look look)
{
    const lng_scores *s = d->scores;
    lng_arena *a = out->arena;
    int64_t most = 0;
    for (int64_t i = 0; i < s->classes * s->classes; i++)
        most = s->confusion[i] > most ? s->confusion[i] : most;
    const int names = name_width(a, d, 20), digits = (int)strlen(lng_format(a, "%lld", (long long)most));
    const int head = name_width(a, d, 8), cell = 1 + (head > digits ? head : digits);
    lng_text_add(out, "%sconfusion, %s%s (rows: label, columns: prediction)\n%*s", lng_style_on(look, LNG_BOLD),
                 lng_split_name(d->split), lng_style_off(look, LNG_BOLD), names + 2, "");
    for (int64_t k = 0; k < s->classes; k++)
        put_name(out, lng_class_text(a, d, k), cell);
    lng_text_add(out, "\n");
    for (int64_t y = 0; y < s->classes; y++) {
        int64_t row = 0;
        for (int64_t x = 0; x < s->classes; x++)
            row += s->confusion[y * s->classes + x];
        put_name(out, lng_class_text(a, d, y), names);
        lng_text_add(out, look.utf8 ? " │" : " |");
        for (int64_t x = 0; x < s->classes; x++)
            put_count(out, look, cell, s->confusion[y * s->classes + x], row, x == y);
        lng_text_add(out, "\n");
    }
}

static const struct {
    const char *name;
    void (*write)(const lng_drawn *, lng_text *, lng_look);
} forms[] = {{"curves", curves}, {"confusion", confusion}};

bool lng_figure_text(const lng_figure *f, const lng_drawn *d, lng_text *out, lng_look look)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, f->name) == 0) {
            forms[i].write(d, out, look);
            return true;
        }
    return false;
}
