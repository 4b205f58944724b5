/* The figures that have a form for terminals: learning curves as charts, the confusion matrix as a table. */
#include "report/chart.h"
#include "report/report.h"
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

static void confusion(const lng_drawn *d, lng_text *out, lng_look look)
{
    lng_confusion_text(d->model, d->data, d->split, d->scores, out, look);
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
