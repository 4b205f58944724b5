/* What scores predict, how surely, and counts of (actual, predicted). */
#include "metric/metric.h"
#include "base/assert.h"
#include <math.h>
#include <string.h>

int64_t lng_predicted(const float *score, int64_t columns)
{
    int64_t best = columns == 1 && score[0] > 0.5f;
    for (int64_t c = 1; c < columns; c++)
        if (score[c] > score[best] || (isnan(score[best]) && !isnan(score[c])))
            best = c;
    return best;
}

double lng_confidence(const float *probability, int64_t columns, int64_t predicted)
{
    if (columns > 1)
        return (double)probability[predicted];
    return predicted ? (double)probability[0] : 1 - (double)probability[0];
}

bool lng_are_probabilities(const lng_scored *e)
{
    for (int64_t i = 0; i < e->count * e->columns; i++)
        if (!(e->score[i] >= 0 && e->score[i] <= 1))
            return false;
    return true;
}

void lng_confusion(const float *scores, const int32_t *labels, int64_t n, int64_t columns, int64_t *counts)
{
    LNG_ASSERT(n >= 0 && columns > 0);
    const int64_t classes = lng_score_classes(columns);
    memset(counts, 0, (size_t)(classes * classes) * sizeof *counts);
    for (int64_t i = 0; i < n; i++)
        if (labels[i] >= 0 && labels[i] < classes)
            counts[labels[i] * classes + lng_predicted(scores + i * columns, columns)]++;
}
