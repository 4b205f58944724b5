/* The best weights so far (kept.h). */
#include "train/kept.h"
#include "train/inside.h"
#include <math.h>
#include <string.h>

static size_t bytes(const lng_store *s)
{
    return s->floats * sizeof *s->at;
}

bool lng_kept_open(lng_kept *k, const lng_session *s, lng_errors *errors)
{
    const lng_model *m = s->subject.model;
    *k = (lng_kept){.model = m, .store = s->store};
    if (!m->keep.text)
        return true;
    k->weights = lng_block_new(bytes(s->store));
    return k->weights || lng_error(errors, LNG_E_MEMORY, lng_nowhere, "out of memory: the best weights");
}

void lng_kept_close(lng_kept *k)
{
    lng_block_free(k->weights);
    k->weights = NULL;
}

void lng_kept_set(lng_kept *k, const lng_best *best, const float *weights)
{
    if (!k->weights)
        return;
    k->best = *best;
    if (weights)
        memcpy(k->weights, weights, bytes(k->store));
}

static double figure_of(const lng_model *m, const lng_scores *s)
{
    const lng_keeping *keep = &m->keep;
    if (s->count == 0)
        return NAN;
    if (keep->metric < 0)
        return s->loss;
    return m->metric[keep->metric].collective ? s->measure[keep->metric].figure[keep->figure] : s->mean[keep->metric];
}

void lng_kept_look(lng_kept *k, int epoch, const lng_scores *s)
{
    if (!k->weights)
        return;
    const double figure = figure_of(k->model, s);
    const bool better = k->model->keep.lower ? figure < k->best.figure : figure > k->best.figure;
    k->best.since++;
    if (isnan(figure) || (k->best.epoch > 0 && !better))
        return;
    k->best = (lng_best){.figure = figure, .epoch = epoch};
    memcpy(k->weights, k->store->at, bytes(k->store));
}

void lng_kept_slow_down(const lng_kept *k)
{
    const lng_keeping *keep = &k->model->keep;
    float *rate = keep->slower_patience > 0 ? lng_store_find(k->store, LNG_PLATEAU, NULL) : NULL;
    if (rate && k->best.since > 0 && k->best.since % keep->slower_patience == 0)
        *rate *= (float)keep->slower;
}

int lng_kept_restore(const lng_kept *k)
{
    if (k->weights && k->best.epoch > 0)
        memcpy(k->store->at, k->weights, bytes(k->store));
    return k->weights ? k->best.epoch : 0;
}
