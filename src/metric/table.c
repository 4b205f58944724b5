/* The table of metrics of a whole set. */
#include "metric/inside.h"
#include <string.h>

const lng_metric *const lng_metrics[] = {
    &lng_metric_auc,       &lng_metric_average_precision,
    &lng_metric_precision, &lng_metric_recall,
    &lng_metric_f1,        &lng_metric_kappa,
    &lng_metric_matthews,  &lng_metric_log_loss,
    &lng_metric_brier,     &lng_metric_calibration_error,
    &lng_metric_max_error, &lng_metric_r2,
    &lng_metric_rmse,      &lng_metric_spearman,
};
const size_t lng_metric_count = sizeof lng_metrics / sizeof *lng_metrics;

const lng_metric *lng_metric_find(const char *name)
{
    for (size_t i = 0; i < lng_metric_count; i++)
        if (!strcmp(lng_metrics[i]->name, name))
            return lng_metrics[i];
    return NULL;
}

int lng_metric_figures(const lng_metric *metric)
{
    return metric->by_class ? LNG_FIGURES : 1;
}

const char *lng_figure_name(const lng_metric *metric, int figure)
{
    static const char *const name[LNG_FIGURES] = {[LNG_MACRO] = "macro", [LNG_WEIGHTED] = "weighted", [LNG_MICRO] = "micro"};
    return metric->by_class ? name[figure] : NULL;
}
