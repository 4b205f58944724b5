/* The table of figures, and what they have in common. */
#include "figure/inside.h"
#include "lang/meaning.h"
#include <string.h>

const lng_figure *const lng_figures[] = {
    &lng_figure_curves,       &lng_figure_confusion, &lng_figure_roc,         &lng_figure_pr,
    &lng_figure_calibration,  &lng_figure_coverage,  &lng_figure_predicted,   &lng_figure_residuals,
    &lng_figure_mistakes,     &lng_figure_outputs,   &lng_figure_samples,     &lng_figure_pixels,
    &lng_figure_architecture, &lng_figure_filters,   &lng_figure_activations, &lng_figure_embedding};
const size_t lng_figure_count = sizeof lng_figures / sizeof *lng_figures;

const lng_figure *lng_figure_find(const char *name)
{
    for (size_t i = 0; i < lng_figure_count; i++)
        if (!strcmp(lng_figures[i]->name, name))
            return lng_figures[i];
    return NULL;
}

bool lng_figure_applies(const lng_figure *f, const lng_drawn *d)
{
    if ((f->needs_data && !d->data) || (f->needs_history && !d->history) || (f->needs_scores && !d->scores) ||
        (f->needs_weights && !d->session))
        return false;
    return !f->lacks || !f->lacks(d);
}

const lng_scored *lng_drawn_scored(const lng_drawn *d)
{
    for (size_t i = 0; i <= d->model->metrics; i++) {
        const lng_scored *e = &d->scores->examples[i];
        const lng_metric *metric = i < d->model->metrics ? d->model->metric[i].collective : NULL;
        if (e->score && !(metric && metric->takes == LNG_TAKES_NUMBERS))
            return e;
    }
    return NULL;
}

const char *lng_lacks_scores(const lng_drawn *d)
{
    return lng_drawn_scored(d) ? NULL : "the model has no scores of a label, or of targets, in its metrics or its result";
}

const char *lng_lacks_probabilities(const lng_drawn *d)
{
    const lng_scored *e = lng_drawn_scored(d);
    if (!e)
        return lng_lacks_scores(d);
    return lng_are_probabilities(e) ? NULL : "the scores are not probabilities";
}

const char *lng_class_text(lng_arena *a, const lng_drawn *d, int64_t class)
{
    const lng_meaning m = lng_meaning_of(a, d->model, d->data ? d->data->learned : NULL);
    return lng_meaning_name(a, &m, m.names, class);
}
