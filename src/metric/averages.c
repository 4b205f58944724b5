/* Averages of figures by class (metric.h). */
#include "metric/inside.h"

void lng_averages(const lng_scored *e, bool needs_others, lng_measure *m)
{
    double sum = 0, weighted = 0, weight = 0;
    for (int64_t c = 0; c < m->columns; c++) {
        const int64_t n = m->examples[lng_example_class(e, c)];
        sum += m->per_class[c];
        if (n == 0 || (needs_others && n == e->count))
            continue;
        weighted += m->per_class[c] * (double)n;
        weight += (double)n;
    }
    m->figure[LNG_MACRO] = m->columns ? sum / (double)m->columns : (double)NAN;
    m->figure[LNG_WEIGHTED] = weight > 0 ? weighted / weight : (double)NAN;
}
