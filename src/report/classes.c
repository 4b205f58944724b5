/* What a report says of each class: its figures, and how many examples it has. */
#include "report/facts.h"
#include <math.h>
#include <stdlib.h>

static int worst_first(const void *a, const void *b)
{
    const lng_class_row *x = a, *y = b;
    const double u = isnan(x->figure[LNG_F1]) ? 2 : x->figure[LNG_F1], v = isnan(y->figure[LNG_F1]) ? 2 : y->figure[LNG_F1];
    return u != v ? (u > v) - (u < v) : (x->class > y->class) - (x->class < y->class);
}

static bool predicts(const lng_drawn *d, const lng_scored *e)
{
    return e && (e->label ? d->scores->confusion != NULL : lng_figure_applies(lng_figure_find("calibration"), d));
}

const lng_class_row *lng_class_rows(lng_arena *a, const lng_drawn *d, size_t *n)
{
    static const char *const name[LNG_CLASS_FIGURES] = {"precision", "recall", "f1", "auc"};
    const lng_scored *e = d->scores ? lng_drawn_scored(d) : NULL;
    lng_measure m[LNG_CLASS_FIGURES];
    *n = 0;
    if (!predicts(d, e))
        return NULL;
    for (int k = 0; k < LNG_CLASS_FIGURES; k++)
        if (!lng_measure_compute(a, lng_metric_find(name[k]), e, k == LNG_RECALL, &m[k]))
            return NULL;
    lng_class_row *row = LNG_NEW_N(a, (size_t)e->columns, lng_class_row);
    *n = (size_t)e->columns;
    for (size_t c = 0; c < *n; c++) {
        row[c].class = lng_measure_class(&m[0], (int64_t)c);
        row[c].examples = m[0].examples[row[c].class];
        row[c].recall = m[LNG_RECALL].class_interval[c];
        for (int k = 0; k < LNG_CLASS_FIGURES; k++)
            row[c].figure[k] = m[k].per_class[c];
    }
    qsort(row, *n, sizeof *row, worst_first);
    return row;
}

const int64_t *lng_class_counts(lng_arena *a, const lng_report *r, lng_split split)
{
    const size_t field = lng_label_field(r->model);
    const int64_t classes = field == SIZE_MAX ? 0 : r->model->field[field].classes;
    const lng_range range = lng_split_range(r->data, split);
    if (classes < 1 || range.count == 0)
        return NULL;
    int64_t *count = LNG_NEW_N(a, (size_t)classes, int64_t);
    for (int64_t i = 0; i < range.count; i++) {
        const int64_t label = (int64_t)lng_array_at(&range.part->array[field], range.first + i);
        if (label >= 0 && label < classes)
            count[label]++;
    }
    return count;
}
