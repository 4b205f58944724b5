/* The collective metrics: those that need all examples at once, and so cannot be a mean of a per-example value. */
#include "metric/metric.h"
#include <string.h>

const lng_metric lng_metrics[] = {
    {"auc", "area under the ROC curve, one class against the rest: exact, by ranks, ties half (scores, labels)", 2},
};
const size_t lng_metric_count = sizeof lng_metrics / sizeof *lng_metrics;

const lng_metric *lng_metric_find(const char *name)
{
    for (size_t i = 0; i < lng_metric_count; i++)
        if (!strcmp(lng_metrics[i].name, name))
            return &lng_metrics[i];
    return NULL;
}
