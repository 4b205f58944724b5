/* Which weights a run keeps, and when it stops: `keep` and `stop` of the section train. */
#include "lang/compile.h"
#include "metric/metric.h"
#include <string.h>

static const char form[] = "`keep` is last, or best(validation.FIGURE) with `loss` or a metric: best(validation.loss)";

/* "auc.macro" of validation.auc.macro; NULL: the expression is nothing like it. */
static const char *figure_text(lng_arena *arena, const lng_expr *e)
{
    if (e->kind != LNG_EXPR_FIELD)
        return NULL;
    if (e->item[0]->kind == LNG_EXPR_NAME)
        return strcmp(e->item[0]->name, "validation") == 0 ? e->name : NULL;
    const char *head = figure_text(arena, e->item[0]);
    return head ? lng_path(arena, head, e->name) : NULL;
}

/* Losses fall, standard metrics rise; the table says it of metrics over the whole set. */
static lng_better better(const lng_compiler *c, size_t metric)
{
    const lng_expr *e = c->metric[metric];
    const lng_metric *collective = c->model->metric[metric].collective;
    lng_block *b = NULL;
    const lng_op *op;
    if (metric < c->terms)
        return LNG_LOWER_IS_BETTER;
    if (collective)
        return collective->lower ? LNG_LOWER_IS_BETTER : LNG_HIGHER_IS_BETTER;
    if (e->kind != LNG_EXPR_CALL || !lng_library_find(c->library, NULL, e->name, &b, &op) || !b || !b->group)
        return LNG_UNKNOWN_BETTER;
    return strcmp(b->group, "losses") == 0    ? LNG_LOWER_IS_BETTER
           : strcmp(b->group, "metrics") == 0 ? LNG_HIGHER_IS_BETTER
                                              : LNG_UNKNOWN_BETTER;
}

static bool unknown_figure(lng_compiler *c, const lng_expr *e, const char *text)
{
    const lng_model *m = c->model;
    lng_nearest near = {.wrong = text};
    lng_text all = lng_text_new(c->arena);
    lng_text_add(&all, "loss");
    lng_nearest_offer(&near, "loss");
    for (size_t i = 0; i < m->metrics; i++)
        for (int k = 0; k < lng_model_figures(&m->metric[i]); k++) {
            const char *name = lng_model_figure(c->arena, &m->metric[i], k);
            lng_text_add(&all, ", %s", name);
            lng_nearest_offer(&near, name);
        }
    lng_error(c->errors, LNG_E_UNKNOWN_NAME, lng_expr_place(e), "there is no figure `%.60s` of the validation", text);
    if (near.best)
        lng_error_hint(c->errors, "did you mean `%s`?", near.best);
    lng_error_hint(c->errors, "the figures are %s; metrics are listed in `report`", all.at);
    return false;
}

static bool find_figure(lng_compiler *c, const lng_expr *e, const char *text)
{
    lng_keeping *keep = &c->model->keep;
    keep->metric = -1;
    if (strcmp(text, "loss") == 0)
        return true;
    for (size_t i = 0; i < c->model->metrics; i++) {
        const lng_model_metric *m = &c->model->metric[i];
        for (int k = 0; k < lng_model_figures(m); k++)
            if (strcmp(text, lng_model_figure(c->arena, m, k)) == 0) {
                keep->metric = (int)i;
                keep->figure = k;
                return true;
            }
    }
    return unknown_figure(c, e, text);
}

static bool keep_best(lng_compiler *c, const lng_expr *e)
{
    lng_keeping *keep = &c->model->keep;
    const bool lowest = strcmp(e->name, "lowest") == 0, highest = strcmp(e->name, "highest") == 0;
    const char *text = e->items == 1 && e->values == 1 ? figure_text(c->arena, e->item[0]) : NULL;
    if (!text || (!lowest && !highest && strcmp(e->name, "best") != 0))
        return lng_error(c->errors, LNG_E_TYPE, lng_expr_place(e), "%s", form);
    if (!find_figure(c, e->item[0], text))
        return false;
    const lng_better way = lowest || keep->metric < 0 ? LNG_LOWER_IS_BETTER : c->model->metric[keep->metric].better;
    keep->text = lng_format(c->arena, "validation.%s", text);
    keep->lower = !highest && way == LNG_LOWER_IS_BETTER;
    if (highest || way != LNG_UNKNOWN_BETTER)
        return true;
    lng_error(c->errors, LNG_E_ARGUMENTS, lng_expr_place(e), "whether more or less of `%s` is better is not known", text);
    lng_error_hint(c->errors, "say highest(validation.%s) or lowest(validation.%s)", text, text);
    return false;
}

bool lng_compile_keep(lng_compiler *c, const lng_doc *train)
{
    const lng_section *section = lng_section_find(&lng_section_train, "stop")->section;
    const lng_doc *keep = lng_doc_get(train, "keep"), *stop = lng_doc_get(train, "stop");
    const lng_expr *e = keep ? lng_expr_read(c->arena, keep, c->errors) : NULL;
    for (size_t i = 0; i < c->model->metrics; i++)
        c->model->metric[i].better = better(c, i);
    if (keep && !e)
        return false;
    if (e && e->kind == LNG_EXPR_CALL && !keep_best(c, e))
        return false;
    if (e && e->kind != LNG_EXPR_CALL && (e->kind != LNG_EXPR_NAME || strcmp(e->name, "last") != 0))
        return lng_error(c->errors, LNG_E_TYPE, lng_expr_place(e), "%s", form);
    const lng_doc *waits = stop ? stop : lng_doc_get(train, "plateau");
    if (!c->model->keep.text && waits) {
        lng_error(c->errors, LNG_E_MISSING_KEY, waits->place, "`%s` waits for an improvement of what `keep` looks at",
                  stop ? "stop" : "plateau");
        lng_error_hint(c->errors, "add `keep: best(validation.loss)`, or another figure");
        return false;
    }
    if (c->model->keep.text && !lng_doc_get(lng_doc_get(c->doc, "data"), "validation") &&
        c->model->data.part[LNG_PART_VALIDATION].files == 0) {
        lng_error(c->errors, LNG_E_MISSING_KEY, keep->place, "there is no validation set to find the best weights by");
        lng_error_hint(c->errors, "add `validation: {last: 0.1}` to `data`");
        return false;
    }
    return !stop || (stop->kind == LNG_DOC_MAPPING && lng_section_int(section, stop, "patience", &c->model->keep.patience));
}
