/* The table of collective metrics. */
#include "metric/metric.h"
#include <string.h>

const lng_metric lng_metrics[] = {
    {"auc", "area under the ROC curve of each class against the rest, exact, ties counting half: auc(scores, labels)", 2},
};
const size_t lng_metric_count = sizeof lng_metrics / sizeof *lng_metrics;

const lng_metric *lng_metric_find(const char *name)
{
    for (size_t i = 0; i < lng_metric_count; i++)
        if (!strcmp(lng_metrics[i].name, name))
            return &lng_metrics[i];
    return NULL;
}
